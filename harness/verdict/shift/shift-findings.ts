import type { Finding } from '../../ports';
import { FEWEST_SESSIONS } from './decide';
import type { ShiftResult } from './judge-shifts';
import { FEWEST_TURNS } from './looks';

/** Findings against the board for measures that became slower than the reference. */
export const findingsOfShifts = (shifts: readonly ShiftResult[], hostAtMs: number): Finding[] =>
  shifts
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ measure, marginMs, estimateMs, interval, turns, why }) => ({
      code: 'HIL_TURN_SLOWER_THAN_BASELINE',
      origin: 'board',
      message: why,
      facts: { measure, marginMs, estimateMs, ...interval, turns },
      hostAtMs,
    }));

/**
 * True where a measure was not judged for want of the candidate's turns alone: more of them would decide it. Where the reference has too few
 * itself, in the prompts that the candidate asked, nobody can.
 */
export const lacksTurns = ({ outcome, turns, sessions }: ShiftResult): boolean =>
  outcome === 'not-judged' && turns.reference >= FEWEST_TURNS && sessions.reference >= FEWEST_SESSIONS;

/** True where a comparison that was asked for says nothing yet: a measure is undecided or lacks turns, or none could be judged. */
export const isUndecided = (shifts: readonly ShiftResult[]): boolean =>
  shifts.some((shift) => shift.outcome === 'inconclusive' || lacksTurns(shift)) ||
  shifts.every(({ outcome }) => outcome === 'not-judged');
