/**
 * The text of a JSON string that may have been cut in the middle of an escape or of a character.
 * @param inner - What stands between the quotes.
 */
export function unescaped(inner: string): string {
  for (let length = inner.length; length >= Math.max(0, inner.length - 6); length -= 1) {
    const whole = stringOf(inner.slice(0, length));
    if (whole !== undefined) return whole.replace(/\ufffd+$/, '');
  }
  return inner;
}

function stringOf(inner: string): string | undefined {
  try {
    const value: unknown = JSON.parse(`"${inner}"`);
    return typeof value === 'string' ? value : undefined;
  } catch {
    // Cut: the caller tries less of it.
    return undefined;
  }
}
