/** Bytes of telnet (RFC 854): IAC begins a command, and is doubled where it is data. */
export const IAC = 255;
export const DONT = 254;
export const DO = 253;
export const WONT = 252;
export const WILL = 251;
const SB = 250;
const SE = 240;

export interface TelnetListener {
  data(bytes: Buffer): void;
  /** WILL, WONT, DO or DONT, and for which option. */
  negotiation(verb: number, option: number): void;
  /** What stands between SB and SE, the option first. */
  subnegotiation(bytes: Buffer): void;
}

const LONGEST_SUBNEGOTIATION = 256;

/** Reads a telnet stream byte by byte. */
export class TelnetReader {
  private next: (byte: number) => void = (byte) => this.plain(byte);
  private data: number[] = [];
  private inside: number[] = [];

  constructor(private readonly listener: TelnetListener) {}

  push(bytes: Uint8Array): void {
    for (const byte of bytes) this.next(byte);
    this.flush();
  }

  private flush(): void {
    if (this.data.length > 0) this.listener.data(Buffer.from(this.data));
    this.data = [];
  }

  private readonly plain = (byte: number): void => {
    if (byte === IAC) this.next = this.command;
    else this.data.push(byte);
  };

  private readonly command = (byte: number): void => {
    this.next = this.plain;
    if (byte === IAC) {
      this.data.push(byte);
    } else if (byte === SB) {
      this.inside = [];
      this.next = this.subnegotiated;
    } else if (byte >= WILL) {
      this.next = (option) => {
        this.next = this.plain;
        this.flush();
        this.listener.negotiation(byte, option);
      };
    }
  };

  private readonly subnegotiated = (byte: number): void => {
    if (byte === IAC) this.next = this.commandInside;
    else if (this.inside.length < LONGEST_SUBNEGOTIATION) this.inside.push(byte);
  };

  private readonly commandInside = (byte: number): void => {
    this.next = this.subnegotiated;
    if (byte === IAC) {
      this.inside.push(byte);
    } else if (byte === SE) {
      this.next = this.plain;
      this.flush();
      this.listener.subnegotiation(Buffer.from(this.inside));
    }
  };
}

/** The same with every IAC doubled. */
export const doubled = (bytes: Uint8Array): Buffer =>
  Buffer.from([...bytes].flatMap((byte) => (byte === IAC ? [IAC, IAC] : [byte])));

export const optionBytes = (verb: number, option: number): Buffer => Buffer.of(IAC, verb, option);

export const subnegotiationBytes = (bytes: readonly number[]): Buffer =>
  Buffer.concat([Buffer.of(IAC, SB), doubled(Buffer.from(bytes)), Buffer.of(IAC, SE)]);
