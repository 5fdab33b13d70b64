import type { PlayedConditions, PromptConditions } from '../ports';

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value}`;

/** What was asked of a prompt, in one line; undefined: nothing. */
export function conditionsInWords({ gainDb, snrDb, rt60Ms }: PromptConditions): string | undefined {
  const parts = [
    ...(gainDb === undefined ? [] : [`${signed(gainDb)} dB`]),
    ...(snrDb === undefined ? [] : [`noise at ${snrDb} dB SNR`]),
    ...(rt60Ms === undefined ? [] : [`room of ${rt60Ms} ms`]),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The same of a prompt that was played, with its levels at the output. */
export function playedInWords(conditions: PlayedConditions): string {
  const { speechLevelDbFs, noiseLevelDbFs } = conditions;
  const levels = [
    ...(speechLevelDbFs === undefined ? [] : [`speech ${speechLevelDbFs.toFixed(1)} dBFS`]),
    ...(noiseLevelDbFs === undefined ? [] : [`noise ${noiseLevelDbFs.toFixed(1)} dBFS`]),
  ];
  return [conditionsInWords(conditions) ?? 'as it is', ...levels].join('; ');
}
