/** Milliseconds with about three significant digits: 0.0021, 12.3, 1230. */
export const readableMs = (ms: number): string => {
  const size = Math.abs(ms);
  if (size >= 100) return ms.toFixed(0);
  if (size >= 10) return ms.toFixed(1);
  return ms.toFixed(size >= 1 ? 2 : size >= 0.1 ? 3 : 4);
};

/** A share of 0 to 1 in percent. */
export const readablePercent = (share: number): string => `${(100 * share).toFixed(share === 1 ? 0 : 1)} %`;
