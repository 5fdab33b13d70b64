import type { Duplex } from 'node:stream';

/** A line may hold a whole turn record; anything longer is not ours. */
const LONGEST_LINE_BYTES = 16 << 20;

/** Writes one value as one line of JSON. */
export function writeJsonLine(stream: Duplex, value: unknown): void {
  if (!stream.destroyed) stream.write(`${JSON.stringify(value)}\n`);
}

/** Reads lines of JSON, however the stream splits them. A line that is too long or no JSON ends the stream with an error. */
export function readJsonLines(stream: Duplex, take: (value: unknown) => void): void {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = Buffer.concat([...pending, rest.subarray(0, end)]).toString();
      pending = [];
      pendingBytes = 0;
      rest = rest.subarray(end + 1);
      try {
        take(JSON.parse(line));
      } catch (cause) {
        stream.destroy(new Error(`RPC line of ${line.length} characters is not JSON`, { cause }));
        return;
      }
    }
    pendingBytes += rest.length;
    if (pendingBytes > LONGEST_LINE_BYTES) {
      stream.destroy(new Error(`RPC line exceeds ${LONGEST_LINE_BYTES} bytes`));
      return;
    }
    if (rest.length > 0) pending.push(rest);
  });
}
