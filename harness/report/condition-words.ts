import type { PlayedConditions, PromptConditions } from '../ports';
import { en, type Messages } from './language';

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value}`;

/** What was asked of a prompt, in one line; undefined: nothing. */
export function conditionsInWords(
  { gainDb, snrDb, rt60Ms }: PromptConditions,
  words: Messages = en,
): string | undefined {
  const parts = [
    ...(gainDb === undefined ? [] : [`${signed(gainDb)} dB`]),
    ...(snrDb === undefined ? [] : [words.conditions.noise(snrDb)]),
    ...(rt60Ms === undefined ? [] : [words.conditions.room(rt60Ms)]),
  ];
  return parts.length === 0 ? undefined : parts.join(words.list);
}

/** The same of a prompt that was played, with its levels at the output. */
export function playedInWords(conditions: PlayedConditions, words: Messages = en): string {
  const { speechLevelDbFs, noiseLevelDbFs } = conditions;
  const levels = [
    ...(speechLevelDbFs === undefined ? [] : [words.conditions.speech(speechLevelDbFs.toFixed(1))]),
    ...(noiseLevelDbFs === undefined ? [] : [words.conditions.noiseLevel(noiseLevelDbFs.toFixed(1))]),
  ];
  return [conditionsInWords(conditions, words) ?? words.conditions.asIs, ...levels].join(words.clause);
}
