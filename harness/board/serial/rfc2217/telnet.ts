/** Telnet's framing (RFC 854, RFC 855; device.md section 10): commands begin with IAC, and a data byte of that value is doubled. */
const IAC = 0xff;
const SB = 0xfa;
const SE = 0xf0;
/** `DONT` to `WILL`, by their bytes. */
const verbs = { will: 0xfb, wont: 0xfc, do: 0xfd, dont: 0xfe } as const;
export type TelnetVerb = keyof typeof verbs;

/** Options that matter to a serial port. */
export const telnetOption = { binary: 0, suppressGoAhead: 3, comPort: 44 } as const;

/** No message of RFC 2217 is longer than a signature; what is longer is no such message, and is left out. */
const SUBNEGOTIATION_LIMIT_BYTES = 1024;

export type TelnetEvent =
  | { readonly type: 'data'; readonly bytes: Buffer }
  | { readonly type: 'negotiation'; readonly verb: TelnetVerb; readonly option: number }
  | { readonly type: 'subnegotiation'; readonly option: number; readonly bytes: Buffer };

const verbOf = (byte: number): TelnetVerb | undefined =>
  (Object.keys(verbs) as TelnetVerb[]).find((verb) => verbs[verb] === byte);

/** Data with its IAC bytes doubled; the same buffer when it has none. */
export function escapeData(bytes: Buffer): Buffer {
  if (!bytes.includes(IAC)) return bytes;
  const escaped: number[] = [];
  for (const byte of bytes) {
    escaped.push(byte);
    if (byte === IAC) escaped.push(IAC);
  }
  return Buffer.from(escaped);
}

/** `IAC WILL 44` and the like. */
export const negotiation = (verb: TelnetVerb, option: number): Buffer => Buffer.of(IAC, verbs[verb], option);

/** `IAC SB option ... IAC SE`. */
export const subnegotiation = (option: number, bytes: Buffer): Buffer =>
  Buffer.concat([Buffer.of(IAC, SB, option), escapeData(bytes), Buffer.of(IAC, SE)]);

/** Takes a telnet stream apart, wherever its pieces were cut. Commands without an option (NOP, break) say nothing here. */
export class TelnetDecoder {
  private state: 'data' | 'command' | 'option' | 'subnegotiation' | 'subnegotiation-command' = 'data';
  private verb: TelnetVerb = 'wont';
  private collected: number[] = [];

  /** What the next bytes of the stream say, in order, data between commands in one piece: erased flash is all IACs. */
  push(bytes: Buffer): readonly TelnetEvent[] {
    const events: TelnetEvent[] = [];
    let data: Buffer[] = [];
    const flush = (): void => {
      if (data.length > 0) events.push({ type: 'data', bytes: Buffer.concat(data) });
      data = [];
    };
    let at = 0;
    while (at < bytes.length) {
      if (this.state === 'data') {
        const end = bytes.indexOf(IAC, at);
        const stop = end < 0 ? bytes.length : end;
        if (stop > at) data.push(bytes.subarray(at, stop));
        if (end >= 0) this.state = 'command';
        at = stop + 1;
      } else {
        const event = this.take(bytes[at] ?? 0);
        if (event?.type === 'data') data.push(event.bytes);
        else if (event !== undefined) {
          flush();
          events.push(event);
        }
        at += 1;
      }
    }
    flush();
    return events;
  }

  private take(byte: number): TelnetEvent | undefined {
    if (this.state === 'command') return this.takeCommand(byte);
    if (this.state === 'subnegotiation-command') return this.takeInsideSubnegotiation(byte);
    if (this.state === 'option') {
      this.state = 'data';
      return { type: 'negotiation', verb: this.verb, option: byte };
    }
    if (byte === IAC) this.state = 'subnegotiation-command';
    else this.collect(byte);
    return undefined;
  }

  private takeCommand(byte: number): TelnetEvent | undefined {
    this.state = 'data';
    if (byte === IAC) return { type: 'data', bytes: Buffer.of(IAC) };
    const verb = verbOf(byte);
    if (verb !== undefined) {
      this.verb = verb;
      this.state = 'option';
    } else if (byte === SB) {
      this.collected = [];
      this.state = 'subnegotiation';
    }
    return undefined;
  }

  private takeInsideSubnegotiation(byte: number): TelnetEvent | undefined {
    if (byte === IAC) {
      this.collect(IAC);
      this.state = 'subnegotiation';
      return undefined;
    }
    // SE ends it. Whatever else follows an IAC here is a mistake of the server, and ends it as well.
    this.state = 'data';
    const [option, ...rest] = this.collected;
    const isWhole = byte === SE && option !== undefined && rest.length < SUBNEGOTIATION_LIMIT_BYTES;
    return isWhole ? { type: 'subnegotiation', option, bytes: Buffer.from(rest) } : undefined;
  }

  private collect(byte: number): void {
    if (this.collected.length <= SUBNEGOTIATION_LIMIT_BYTES) this.collected.push(byte);
  }
}
