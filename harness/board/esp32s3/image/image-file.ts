import { ConfigError, type Facts } from '../../../errors';

/** Bytes of a file with the name that messages give it. */
export interface ImageFile {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The error for a file that is not whole, or not of the kind expected. `what` goes on from the file's name. */
export const malformed = (name: string, what: string, facts: Facts = {}, cause?: unknown): ConfigError =>
  new ConfigError('HIL_IMAGE_MALFORMED', `${name} ${what}.`, { file: name, ...facts }, { cause });

/** The error for a file whose bytes do not add up to what it says of itself. */
export const corrupt = (name: string, what: string, facts: Facts): ConfigError =>
  new ConfigError('HIL_IMAGE_CORRUPT', `${name} ${what}.`, { file: name, ...facts });

/** Text of a field of fixed length, up to its first NUL; a full field has none. Bytes that are no UTF-8 become U+FFFD. */
export function fixedText(bytes: Buffer, at: number, lengthBytes: number): string {
  const field = bytes.subarray(at, at + lengthBytes);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}
