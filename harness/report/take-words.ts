import { isSoundTurn, type TakeFault, type TakeQuality } from '../measurement';
import type { TurnRecord } from '../ports';
import type { FinishedRun } from '../run';

const faultWords: Readonly<Record<TakeFault, string>> = {
  'no-capture': 'no capture',
  lag: 'the rig was late',
  xrun: 'the rig lost sound',
  'no-loopback': 'the prompt is not on the loopback',
};

const dB = (name: string, value: number | undefined): readonly string[] =>
  value === undefined ? [] : [`${name} ${value.toFixed(0)} dB over the noise`];

/** Channels with flat tops, by their role. */
function clippingInWords({ clipping }: TakeQuality, roles: readonly string[]): string {
  const clipped = clipping.flatMap(({ clippedSamples }, index) =>
    clippedSamples === 0 ? [] : [`${roles[index] ?? 'a channel'} clipped in ${clippedSamples} samples`],
  );
  return clipped.length === 0 ? 'nothing clipped' : clipped.join(', ');
}

/** The quality stamp of a capture in one line. */
export function takeInWords(take: TakeQuality, { capture }: Pick<TurnRecord, 'capture'>): string {
  const { spoiltBy, promptSnrDb, replySnrDb, xruns, lostSamples } = take;
  const lost = lostSamples === undefined ? '' : ` (${lostSamples} samples lost)`;
  const lag = capture === undefined ? [] : [`lag ${capture.maxLagMs.toFixed(1)} ms`];
  return [
    spoiltBy.length === 0 ? 'good' : `bad: ${spoiltBy.map((fault) => faultWords[fault]).join(', ')}`,
    ...dB('prompt', promptSnrDb),
    ...dB('reply', replySnrDb),
    ...(capture === undefined ? [] : [clippingInWords(take, capture.roles)]),
    xruns === 1 ? `1 xrun${lost}` : `${xruns} xruns${lost}`,
    ...lag,
  ].join('; ');
}

/** What stands beside the figures of a run when the rig spoilt takes; nothing when it did not. */
export function takeNotes({ turns }: Pick<FinishedRun, 'turns'>): readonly string[] {
  const stamps = turns.filter(isSoundTurn).flatMap(({ measurement }) => measurement.take ?? []);
  const bad = stamps.filter(({ spoiltBy }) => spoiltBy.length > 0);
  if (bad.length === 0) return [];
  const reasons = (Object.keys(faultWords) as TakeFault[]).flatMap((fault) => {
    const count = bad.filter(({ spoiltBy }) => spoiltBy.includes(fault)).length;
    return count === 0 ? [] : [`${faultWords[fault]} (${count})`];
  });
  const are = bad.length === 1 ? 'was spoilt by the rig and is' : 'were spoilt by the rig and are';
  return [`${bad.length} of ${stamps.length} takes ${are} in no number: ${reasons.join(', ')}.`];
}
