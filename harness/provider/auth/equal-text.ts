import { createHash, timingSafeEqual } from 'node:crypto';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two secrets are the same, in a time that does not tell how far they agree. */
export const equalText = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
