import { createHash, timingSafeEqual } from 'node:crypto';

/** A token that is shorter could be guessed by trying. */
export const SHORTEST_TOKEN = 16;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether it is the token, in a time that does not tell how much of it is right. */
export const isToken = (given: string | undefined, token: string): boolean =>
  given !== undefined && timingSafeEqual(digest(given), digest(token));
