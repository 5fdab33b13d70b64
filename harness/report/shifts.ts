import type { MeasureName } from '../measurement';
import { MOST_TURNS, shiftInWords, type ShiftResult, type Verdict } from '../verdict';
import { en, type Messages } from './language';

/** Titles of what `shiftRows` gives, in its order. */
export const shiftTitles = en.shifts.titles;

/** `+60.2 ms`; what missing answers decide has no number. */
function differenceInWords(valueMs: number, words: Messages): string {
  if (Number.isFinite(valueMs)) return shiftInWords(valueMs);
  return valueMs > 0 ? words.aboveEveryNumber : words.belowEveryNumber;
}

/** `+60.2 ms to +104.0 ms`. */
export const intervalInWords = (
  { lowerMs, upperMs }: NonNullable<ShiftResult['interval']>,
  words: Messages = en,
): string => words.to(differenceInWords(lowerMs, words), differenceInWords(upperMs, words));

/** One row for each measure that was compared; none where the run was held against nothing. */
export const shiftRows = ({ comparison }: Verdict, words: Messages = en): readonly (readonly string[])[] =>
  (comparison?.shifts ?? []).map(({ measure, outcome, estimateMs, interval, turns, sessions }) => [
    words.outcomes[outcome],
    words.measures[measure].title,
    estimateMs === undefined ? '–' : differenceInWords(estimateMs, words),
    interval === undefined ? '–' : intervalInWords(interval, words),
    words.shifts.against(turns.candidate, turns.reference),
    words.shifts.against(sessions.candidate, sessions.reference),
  ]);

/** Where the time of the headline measure went, the largest part first: `reply lead-in +78.0 ms, uplink +1.2 ms`. */
export function partsInWords({ comparison }: Verdict, words: Messages = en): string | undefined {
  const parts =
    comparison?.shifts.flatMap(
      (shift): readonly { measure: MeasureName; estimateMs: number }[] => shift.parts ?? [],
    ) ?? [];
  if (parts.length === 0) return undefined;
  return [...parts]
    .sort((a, b) => Math.abs(b.estimateMs) - Math.abs(a.estimateMs))
    .map(
      ({ measure, estimateMs }) => `${words.measures[measure].title} ${differenceInWords(estimateMs, words)}`,
    )
    .join(words.list);
}

/** How many turns would show a change that nobody wants to miss, by the spread of these; undefined where nothing was compared. */
export function powerInWords({ comparison }: Verdict, words: Messages = en): string | undefined {
  const shift = comparison?.shifts.find(({ turnsToDetect100Ms }) => turnsToDetect100Ms !== undefined);
  if (shift?.turnsToDetect100Ms === undefined) return undefined;
  return words.shifts.power(words.measures[shift.measure].title, shift.turnsToDetect100Ms, MOST_TURNS);
}
