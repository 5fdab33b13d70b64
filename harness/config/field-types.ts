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
