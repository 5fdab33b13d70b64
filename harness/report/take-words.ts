import { isSoundTurn, type TakeFault, type TakeQuality } from '../measurement';
import type { TurnRecord } from '../ports';
import type { FinishedRun } from '../run';
import { en, type Messages } from './language';

/** Channels with flat tops, by their role. */
function clippingInWords({ clipping }: TakeQuality, roles: readonly string[], words: Messages): string {
  const { take } = words;
  const clipped = clipping.flatMap(({ clippedSamples }, index) =>
    clippedSamples === 0 ? [] : [take.clipped(roles[index] ?? take.aChannel, clippedSamples)],
  );
  return clipped.length === 0 ? take.nothingClipped : clipped.join(words.list);
}

/** The quality stamp of a capture in one line. */
export function takeInWords(
  quality: TakeQuality,
  { capture }: Pick<TurnRecord, 'capture'>,
  words: Messages = en,
): string {
  const { spoiltBy, promptSnrDb, replySnrDb, xruns, lostSamples } = quality;
  const { take, takeFaults } = words;
  const faults = spoiltBy.map((fault) => takeFaults[fault]).join(words.list);
  return [
    spoiltBy.length === 0 ? take.good : take.bad(faults),
    ...(promptSnrDb === undefined ? [] : [take.overNoise('prompt', promptSnrDb.toFixed(0))]),
    ...(replySnrDb === undefined ? [] : [take.overNoise('reply', replySnrDb.toFixed(0))]),
    ...(capture === undefined ? [] : [clippingInWords(quality, capture.roles, words)]),
    take.xruns(xruns, lostSamples),
    ...(capture === undefined ? [] : [take.lag(capture.maxLagMs.toFixed(1))]),
  ].join(words.clause);
}

/** What stands beside the figures of a run when the rig spoilt takes; nothing when it did not. */
export function takeNotes({ turns }: Pick<FinishedRun, 'turns'>, words: Messages = en): readonly string[] {
  const stamps = turns.filter(isSoundTurn).flatMap(({ measurement }) => measurement.take ?? []);
  const bad = stamps.filter(({ spoiltBy }) => spoiltBy.length > 0);
  if (bad.length === 0) return [];
  const reasons = (Object.keys(words.takeFaults) as TakeFault[]).flatMap((fault) => {
    const count = bad.filter(({ spoiltBy }) => spoiltBy.includes(fault)).length;
    return count === 0 ? [] : [`${words.takeFaults[fault]} (${count})`];
  });
  return [words.notes.badTakes(bad.length, stamps.length, reasons.join(words.list))];
}
