import { measures, type MeasureName } from '../measurement';
import { MOST_TURNS, shiftInWords, type ShiftResult, type Verdict } from '../verdict';
import { outcomeInWords } from './wording';

/** Titles of what `shiftRows` gives, in its order. */
export const shiftTitles = ['outcome', 'measure', 'shift', '95 % interval', 'turns', 'sessions'] as const;

/** `+60.2 ms to +104.0 ms`. */
export const intervalInWords = ({ lowerMs, upperMs }: NonNullable<ShiftResult['interval']>): string =>
  `${shiftInWords(lowerMs)} to ${shiftInWords(upperMs)}`;

/** One row for each measure that was compared; none where the run was held against nothing. */
export const shiftRows = ({ comparison }: Verdict): readonly (readonly string[])[] =>
  (comparison?.shifts ?? []).map(({ measure, outcome, estimateMs, interval, turns, sessions }) => [
    outcomeInWords[outcome],
    measures[measure].title,
    estimateMs === undefined ? '–' : shiftInWords(estimateMs),
    interval === undefined ? '–' : intervalInWords(interval),
    `${turns.candidate} against ${turns.reference}`,
    `${sessions.candidate} against ${sessions.reference}`,
  ]);

/** Where the time of the headline measure went, the largest part first: `reply lead-in +78.0 ms, uplink +1.2 ms`. */
export function partsInWords({ comparison }: Verdict): string | undefined {
  const parts =
    comparison?.shifts.flatMap(
      (shift): readonly { measure: MeasureName; estimateMs: number }[] => shift.parts ?? [],
    ) ?? [];
  if (parts.length === 0) return undefined;
  return [...parts]
    .sort((a, b) => Math.abs(b.estimateMs) - Math.abs(a.estimateMs))
    .map(({ measure, estimateMs }) => `${measures[measure].title} ${shiftInWords(estimateMs)}`)
    .join(', ');
}

/** How many turns would show a change that nobody wants to miss, by the spread of these; undefined where nothing was compared. */
export function powerInWords({ comparison }: Verdict): string | undefined {
  const shift = comparison?.shifts.find(({ turnsToDetect100Ms }) => turnsToDetect100Ms !== undefined);
  if (shift?.turnsToDetect100Ms === undefined) return undefined;
  const { turnsToDetect100Ms: turns, measure } = shift;
  const beyond = turns > MOST_TURNS ? `, more than the ${MOST_TURNS} that are asked for` : '';
  return `by the spread of these turns, +100 ms of ${measures[measure].title} is found in 95 % of cases with ${turns} turns${beyond}`;
}
