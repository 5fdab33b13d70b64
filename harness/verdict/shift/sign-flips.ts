/** Scores are compared as whole multiples of a share of the largest: the rounded ones are a test of their own, as exact as any. */
const STEPS = 64;

/**
 * How often a sum of these scores is as large as theirs when each keeps its sign or loses it with equal chance: the test of Fisher's
 * randomisation over pairs, all 2ⁿ outcomes counted.
 */
export function signFlipTail(scores: readonly number[]): number {
  const largest = scores.reduce((most, score) => Math.max(most, Math.abs(score)), 0);
  if (largest === 0) return 1;
  const whole = scores.map((score) => Math.round((score / largest) * STEPS)).filter((score) => score !== 0);
  const flipped = whole.reduce((sum, score) => sum + (score < 0 ? -score : 0), 0);
  // A sum is at least theirs where those that are negative add up to no more than theirs do.
  const shares = new Float64Array(flipped + 1);
  shares[0] = 1;
  for (const score of whole) {
    const size = Math.abs(score);
    for (let at = flipped; at >= 0; at -= 1) {
      shares[at] = ((shares[at] ?? 0) + (at >= size ? (shares[at - size] ?? 0) : 0)) / 2;
    }
  }
  return Math.min(
    1,
    shares.reduce((sum, share) => sum + share, 0),
  );
}
