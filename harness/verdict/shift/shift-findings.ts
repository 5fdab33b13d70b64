import type { Finding } from '../../ports';
import type { ShiftResult } from './judge-shifts';

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

/** True where a comparison that was asked for says nothing yet: a measure is between its bounds, or none could be judged. */
export const isUndecided = (shifts: readonly ShiftResult[]): boolean =>
  shifts.some(({ outcome }) => outcome === 'inconclusive') ||
  shifts.every(({ outcome }) => outcome === 'not-judged');
