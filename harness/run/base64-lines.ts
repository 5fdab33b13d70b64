/** A line that is Base64 and nothing else, as a core dump is printed; shorter ones hold nothing that could be told from chance. */
const LINE = /^[A-Za-z0-9+/]{20,}={0,2}(?=\r?$)/gm;
/** Of a secret that a line end cuts, so many bytes are known again: by chance once in four thousand million lines. */
const SHORTEST_PART = 4;
const FILL = '*';

/**
 * Overwrites secrets in lines of Base64, those that begin in the line before or go on in the next one included. Each line stays as long as it
 * was and Base64, so that what it is part of can still be decoded.
 * @returns A function that leaves all other text alone.
 */
export function maskedBase64Lines(secrets: readonly string[]): (text: string) => string {
  const sought = secrets.map((secret) => Buffer.from(secret, 'utf8'));
  if (sought.length === 0) return (text) => text;
  return (text) =>
    text.replace(LINE, (line) => {
      if (line.length % 4 !== 0) return line;
      const bytes = Buffer.from(line, 'base64');
      return sought.filter((secret) => overwritten(bytes, secret)).length === 0
        ? line
        : bytes.toString('base64');
    });
}

/** True where there was something of the secret in these bytes. */
function overwritten(bytes: Buffer, secret: Buffer): boolean {
  if (bytes.length < secret.length && secret.includes(bytes)) {
    bytes.fill(FILL);
    return true;
  }
  let isFound = false;
  const fill = (from: number, to: number): void => {
    bytes.fill(FILL, from, to);
    isFound = true;
  };
  for (let at = bytes.indexOf(secret); at >= 0; at = bytes.indexOf(secret, at + secret.length))
    fill(at, at + secret.length);
  for (let part = Math.min(secret.length - 1, bytes.length); part >= SHORTEST_PART; part -= 1) {
    if (bytes.subarray(-part).equals(secret.subarray(0, part))) fill(bytes.length - part, bytes.length);
    if (bytes.subarray(0, part).equals(secret.subarray(-part))) fill(0, part);
  }
  return isFound;
}
