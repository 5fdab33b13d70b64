import { holmAdjusted } from './holm';
import { failTailOfAll, FEWEST_TURNS, looks, type Look } from './looks';
import { RankShift, type ArmTurn } from './rank-shift';

/** measurement.md section 8: fewer say nothing of how sessions differ. */
export const FEWEST_SESSIONS = 5;

export type ShiftOutcome = 'pass' | 'fail' | 'inconclusive' | 'not-judged';

/** One measure of two arms, with as many turns of the candidate as its last look has. */
export interface Comparison {
  readonly shift: RankShift;
  /** Undefined: too few turns, or sessions. */
  readonly look: Look | undefined;
  /** Turns of the candidate that the next look is for. */
  readonly waiting: number;
}

/**
 * Turns in prompts that only one arm has say nothing, and are not counted. Those of the candidate beyond its last look wait for the next;
 * those of the reference all count.
 */
export function compareArms(reference: readonly ArmTurn[], candidate: readonly ArmTurn[]): Comparison {
  const known = new Set(reference.map(({ stratum }) => stratum));
  const alike = candidate.filter(({ stratum }) => known.has(stratum));
  const look = looks.findLast(({ turns }) => turns <= alike.length);
  const shift = new RankShift(reference, alike.slice(0, look?.turns));
  const { turns, sessions } = shift;
  const enough =
    turns.reference >= FEWEST_TURNS && Math.min(sessions.reference, sessions.candidate) >= FEWEST_SESSIONS;
  return { shift, look: enough ? look : undefined, waiting: alike.length - turns.candidate };
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
