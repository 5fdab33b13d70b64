import { holmAdjusted } from './holm';
import { failTailOfAll, FEWEST_TURNS, looks, type Look } from './looks';
import { commonPairs, PairedShift } from './paired-shift';
import { RankShift, type ArmTurn } from './rank-shift';
import type { ShiftEstimate } from './shift-estimate';

/** measurement.md section 8: fewer say nothing of how sessions differ. */
export const FEWEST_SESSIONS = 5;

export type ShiftOutcome = 'pass' | 'fail' | 'inconclusive' | 'not-judged';

/** One measure of two arms, with as many turns of the candidate as its last look has. */
export interface Comparison {
  readonly shift: ShiftEstimate;
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

/**
 * The same of arms that were played in pairs of blocks. Looks count whole pairs, of both arms alike; those beyond the last look wait.
 */
export function comparePairs(reference: readonly ArmTurn[], candidate: readonly ArmTurn[]): Comparison {
  const pairs = commonPairs(reference, candidate);
  const count = (arm: readonly ArmTurn[], name: string): number =>
    arm.filter(({ pair }) => pair === name).length;
  let turns = 0;
  // How many there are when each pair is over, of the arm that has fewer.
  const played = pairs.map((name) => (turns += Math.min(count(reference, name), count(candidate, name))));
  const look = looks.findLast((one) => one.turns <= turns);
  const used = new Set(
    look === undefined ? pairs : pairs.slice(0, played.findIndex((n) => n >= look.turns) + 1),
  );
  const of = (arm: readonly ArmTurn[]): ArmTurn[] =>
    arm.filter(({ pair }) => pair !== undefined && used.has(pair));
  const shift = new PairedShift(of(reference), of(candidate));
  const enough = shift.sessions.candidate >= FEWEST_SESSIONS;
  return { shift, look: enough ? look : undefined, waiting: candidate.length - shift.turns.candidate };
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
