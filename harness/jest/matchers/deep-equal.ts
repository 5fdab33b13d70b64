import { isDeepStrictEqual } from 'node:util';

/** True when two JSON values are equal, whichever realm made them. */
export const deepEqual = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a ?? null)), JSON.parse(JSON.stringify(b ?? null)));
