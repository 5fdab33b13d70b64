import { holmAdjusted } from './holm';
import { failTailOfAll, looks, type Look } from './looks';
import { RankShift, type ArmTurn } from './rank-shift';

/** measurement.md section 8: fewer say nothing of how sessions differ. */
export const FEWEST_SESSIONS = 5;

export type ShiftOutcome = 'pass' | 'fail' | 'inconclusive' | 'not-judged';

/** One measure of two arms, with as many turns of the candidate as its last look has. */
export interface Comparison {
  readonly shift: RankShift;
  /** Undefined: too few turns, or sessions. */
  readonly look: Look | undefined;
}

/** Turns of the candidate beyond its last look wait for the next; those of the reference all count. */
export function compareArms(reference: readonly ArmTurn[], candidate: readonly ArmTurn[]): Comparison {
  const look = looks.findLast(({ turns }) => turns <= candidate.length);
  if (look === undefined) return { shift: new RankShift(reference, candidate), look };
  const shift = new RankShift(reference, candidate.slice(0, look.turns));
  const enough = Math.min(shift.sessions.reference, shift.sessions.candidate) >= FEWEST_SESSIONS;
  return { shift, look: enough ? look : undefined };
}

/** What comes of several measures of the same two arms, in their order: `judgeShifts` states the rule and how often it errs. */
export function decide(comparisons: readonly Comparison[], marginMs: number): ShiftOutcome[] {
  const judged = comparisons.filter(({ look }) => look !== undefined);
  // What a look may spend differs; as shares of that, probabilities of different looks can be put side by side.
  const adjusted = holmAdjusted(
    judged.map(({ shift, look }) =>
      look === undefined ? 1 : Math.min(1, (shift.pOver(marginMs) / look.failTail) * failTailOfAll),
    ),
  );
  const failed = new Set(judged.filter((_, index) => (adjusted[index] ?? 1) <= failTailOfAll));
  return comparisons.map((comparison) => {
    const { shift, look } = comparison;
    if (look === undefined) return 'not-judged';
    if (failed.has(comparison)) return 'fail';
    return shift.pUnder(marginMs) <= look.passTail ? 'pass' : 'inconclusive';
  });
}
