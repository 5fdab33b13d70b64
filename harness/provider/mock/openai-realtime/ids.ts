import { randomBytes } from 'node:crypto';

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An id as the service makes them: prefix, underscore, 20 base62 characters. */
export function newId(prefix: 'event' | 'sess' | 'item' | 'resp' | 'call' | 'conv' | 'rtc'): string {
  let id = `${prefix}_`;
  for (const byte of randomBytes(20)) id += letters.charAt(byte % letters.length);
  return id;
}
