import { createHash } from 'node:crypto';

/** The file of a key: told apart by its hash, and by people by the rest. */
export const leaseFileOf = (key: string): string =>
  `${key.replace(/[^\w.-]+/g, '_').slice(0, 60)}-${createHash('sha256').update(key).digest('hex').slice(0, 12)}.lease`;
