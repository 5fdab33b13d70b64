const LIMIT_CHARACTERS = 65_536;

/** Payloads of the `data:` lines of a stream of server-sent events, with or without a blank behind the colon. */
export class DataLines {
  /** What was no event: all of a body that is plain JSON. */
  rest = '';
  private pending: Buffer = Buffer.alloc(0);

  /** Payloads of the lines that are complete after these bytes. */
  push(bytes: Buffer): string[] {
    this.pending = Buffer.concat([this.pending, bytes]);
    const end = this.pending.lastIndexOf(0x0a) + 1;
    const complete = this.pending.subarray(0, end).toString();
    this.pending = this.pending.subarray(end);
    return complete.split('\n').flatMap((line) => this.payloadOf(line));
  }

  /** The same for a last line without an end. */
  finish(): string[] {
    const line = this.pending.toString();
    this.pending = Buffer.alloc(0);
    return this.payloadOf(line);
  }

  private payloadOf(line: string): string[] {
    const payload = /^data: ?(.*?)\r?$/.exec(line)?.[1];
    if (payload === undefined && !line.startsWith(':'))
      this.rest = (this.rest + line).slice(0, LIMIT_CHARACTERS);
    return payload === undefined ? [] : [payload];
  }
}
