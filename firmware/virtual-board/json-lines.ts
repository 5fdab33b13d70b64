/** Cuts a byte stream into JSON values, one a line, however the socket split it. */
export class JsonLines {
  private pending: Buffer = Buffer.alloc(0);

  constructor(private readonly limitBytes: number) {}

  /**
   * Values of the lines that are complete after these bytes, oldest first; an Error stands for a line that is not JSON.
   * Empty lines are left out.
   * @throws RangeError when a line without end is longer than the limit.
   */
  push(bytes: Buffer): unknown[] {
    this.pending = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes]);
    const values: unknown[] = [];
    for (let end = this.pending.indexOf(0x0a); end >= 0; end = this.pending.indexOf(0x0a)) {
      const line = this.pending.subarray(0, end).toString().trim();
      this.pending = this.pending.subarray(end + 1);
      if (line !== '') values.push(parse(line));
    }
    if (this.pending.length > this.limitBytes)
      throw new RangeError(`a line is longer than ${this.limitBytes} bytes`);
    return values;
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return new Error('not JSON');
  }
}
