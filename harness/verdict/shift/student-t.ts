/**
 * P(T > t) of Student's t with a whole number of degrees of freedom, by its finite series (Abramowitz and Stegun 26.7.3, 26.7.4).
 * @param t - Any number, infinities included.
 * @param degrees - At least 1.
 */
export function studentTail(t: number, degrees: number): number {
  if (t === Infinity) return 0;
  if (t === -Infinity) return 1;
  const angle = Math.atan(Math.abs(t) / Math.sqrt(degrees));
  const cosine = Math.cos(angle);
  const odd = degrees % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degrees === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  const within = odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
  const tail = Math.max(0, (1 - within) / 2);
  return t >= 0 ? tail : 1 - tail;
}

/** The t that is exceeded with this probability, 0 < `tail` < 1. */
export function studentQuantile(tail: number, degrees: number): number {
  let low = -1;
  let high = 1;
  while (studentTail(low, degrees) < tail) low *= 2;
  while (studentTail(high, degrees) > tail) high *= 2;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (studentTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
