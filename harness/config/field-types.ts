import { z } from 'zod';

/** Any text that is not empty. */
export const text = z.string().min(1);

/** A name that is safe in file names and on command lines: `virtual-1`. */
export const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i, 'expected letters, digits, dots and hyphens, at most 64');

/** A refinement of a list: every entry has a `key` of its own. The later one of two is named, with `message`. */
export const uniqueBy =
  <K extends string>(key: K, message: string) =>
  (entries: readonly Readonly<Record<K, string>>[], context: z.core.$RefinementCtx): void => {
    const taken = new Set<string>();
    for (const [index, entry] of entries.entries()) {
      if (taken.has(entry[key])) context.addIssue({ code: 'custom', path: [index, key], message });
      taken.add(entry[key]);
    }
  };

/** A share as a file holds it, "5%" or "0.5 %", parsed to 0 to 1. A bare number is refused, because it does not say of what. */
export function percent() {
  return z
    .string({
      error: ({ input }) =>
        typeof input === 'number' ? `a sign is missing: write ${input}%` : 'write a share such as 5%',
    })
    .transform((written, context) => {
      const [, amount] = /^(\d+(?:\.\d+)?) ?%$/.exec(written) ?? [];
      const share = Number(amount) / 100;
      if (share >= 0 && share <= 1) return share;
      context.addIssue({
        code: 'custom',
        message: amount === undefined ? 'write a share such as 5%' : 'expected 0% to 100%',
      });
      return z.NEVER;
    });
}
