import { z } from 'zod';

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };
const pattern = /^([+-]?\d+(?:\.\d+)?) ?([a-z]+)$/;
const howToWrite = 'write a duration such as 200ms, 1.5s or 2min';

/** Milliseconds of "200ms", "1.5s", "2min" or "1h", a single space before the unit allowed; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const [, amount, unit] = pattern.exec(text) ?? [];
  const unitMs = unit === undefined ? undefined : unitsMs[unit];
  // 1.1 s is 1100.0000000000002 ms otherwise; a nanosecond is finer than anything that a file says.
  return unitMs === undefined ? undefined : Number((Number(amount) * unitMs).toFixed(6));
}

/** "200ms", "1.5s", "2min": the shortest way to write a duration in a file; the inverse of `parseDuration`. */
export function formatDuration(durationMs: number): string {
  for (const [unit, unitMs] of [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1000],
  ] as const) {
    if (durationMs !== 0 && Number.isInteger(durationMs / unitMs)) return `${durationMs / unitMs}${unit}`;
  }
  return durationMs >= 1000 ? `${durationMs / 1000}s` : `${durationMs}ms`;
}

/**
 * A duration as a file holds it, parsed to milliseconds. A bare number is refused, because it does not say of what.
 * @param bounds - Inclusive; default 0 ms to one hour.
 */
export function duration(bounds: { readonly atLeastMs?: number; readonly atMostMs?: number } = {}) {
  const { atLeastMs = 0, atMostMs = 3_600_000 } = bounds;
  return z
    .string({
      error: ({ input }) => (typeof input === 'number' ? `a unit is missing: write ${input}ms` : howToWrite),
    })
    .transform((text, context) => {
      const durationMs = parseDuration(text);
      if (durationMs !== undefined && durationMs >= atLeastMs && durationMs <= atMostMs) return durationMs;
      context.addIssue({ code: 'custom', message: refusal(text, durationMs, atLeastMs, atMostMs) });
      return z.NEVER;
    });
}

function refusal(text: string, durationMs: number | undefined, atLeastMs: number, atMostMs: number): string {
  if (durationMs !== undefined) {
    return `expected ${formatDuration(atLeastMs)} to ${formatDuration(atMostMs)}`;
  }
  return /^[\d.]+$/.test(text) ? `a unit is missing: write ${text}ms` : howToWrite;
}
