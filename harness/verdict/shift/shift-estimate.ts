/** What two arms say of the shift between them. */
export interface ShiftEstimate {
  /** Of each arm, as far as they were compared. */
  readonly turns: { readonly reference: number; readonly candidate: number };
  /** Units that are drawn at random, in each arm. */
  readonly sessions: { readonly reference: number; readonly candidate: number };
  /** Of a Student variable that has as wide a spread. */
  readonly degrees: number;
  /** Whether there is anything to say. */
  readonly comparable: boolean;
  /** The median difference in ms; Infinity where missing answers decide it. */
  readonly estimateMs: number;
  /** Two one-sided bounds in ms, each wrong with this probability; infinite where the turns set none. */
  bounds(tail: number): { readonly lowerMs: number; readonly upperMs: number };
  /** Probability of turns that speak as loudly for a larger shift, were the shift no larger than this. */
  pOver(shiftMs: number): number;
  /** The same of a smaller shift, were it no smaller than this. */
  pUnder(shiftMs: number): number;
}

/** Bisection ends below any stated uncertainty. */
const RESOLUTION_MS = 1e-6;
const WIDEST_MS = 1e9;

/** The largest shift for which this holds of it and all smaller ones, in ms; infinite where it holds for all or for none. */
export function whereFalls(holds: (shiftMs: number) => boolean): number {
  if (holds(WIDEST_MS)) return Infinity;
  if (!holds(-WIDEST_MS)) return -Infinity;
  let low = -1;
  let high = 1;
  while (!holds(low)) low *= 2;
  while (holds(high)) high *= 2;
  while (high - low > RESOLUTION_MS) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (holds(middle)) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
