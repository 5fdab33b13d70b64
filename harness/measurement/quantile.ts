/**
 * Quantile of ascending values by linear interpolation of order statistics (Hyndman and Fan, type 7: NumPy's and R's
 * default). Infinite values are kept: a quantile that touches one is infinite. NaN for no values.
 */
export function quantile(ascending: readonly number[], probability: number): number {
  const position = (ascending.length - 1) * probability;
  const low = ascending[Math.floor(position)] ?? NaN;
  const high = ascending[Math.ceil(position)] ?? NaN;
  return low === high ? low : low + (high - low) * (position - Math.floor(position));
}
