/** NUL in front: no text that was written by a person is exactly this. */
const POSITIVE = '\u0000+inf';
const NEGATIVE = '\u0000-inf';

const standIn = (_key: string, value: unknown): unknown =>
  value === Infinity ? POSITIVE : value === -Infinity ? NEGATIVE : value;

/**
 * JSON in which infinities stay numbers: `1e999` overflows to Infinity in every reader of IEEE doubles (`JSON.parse`, Python,
 * jq), where `JSON.stringify` would write null. A censored quantile and the level of digital silence need it. NaN is null.
 */
export function toJsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, standIn, indent)
    .replaceAll('"\\u0000+inf"', '1e999')
    .replaceAll('"\\u0000-inf"', '-1e999');
}
