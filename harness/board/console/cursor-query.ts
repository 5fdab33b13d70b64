const ESC = 0x1b;
/** `ESC[6n`: where is the cursor. */
const QUERY = Buffer.from('\x1b[6n');

/** Row 1, column 80: any answer ends the wait, and a wide terminal keeps smart mode from wrapping lines. */
export const CURSOR_ANSWER = Buffer.from('\x1b[1;80R');

/**
 * Counts cursor queries in a byte stream that arrives in pieces. A REPL in smart mode swallows what is typed until it got
 * an answer. The status query `ESC[5n` is not counted: its answer would switch smart mode on (device.md section 2.3).
 */
export class CursorQueryScanner {
  private matched = 0;

  /** How many queries end in these bytes. */
  push(bytes: Buffer): number {
    let position = this.matched > 0 ? 0 : bytes.indexOf(ESC);
    if (position < 0) return 0;
    let queries = 0;
    for (; position < bytes.length; position += 1) {
      const byte = bytes[position];
      if (byte === QUERY[this.matched]) this.matched += 1;
      else this.matched = byte === ESC ? 1 : 0;
      if (this.matched === QUERY.length) {
        queries += 1;
        this.matched = 0;
      }
    }
    return queries;
  }
}
