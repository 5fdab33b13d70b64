import { createServer, type Server, type Socket } from 'node:net';
import type { ModemLines, ModemWiring } from './modem-lines';
import { DO, DONT, doubled, optionBytes, subnegotiationBytes, TelnetReader, WILL, WONT } from './telnet';

const BINARY = 0;
const SUPPRESS_GO_AHEAD = 3;
const COM_PORT = 44;
/** Answers have the number of the request and this (RFC 2217). */
const ANSWER = 100;
const SIGNATURE = 0;
const SET_BAUDRATE = 1;
const SET_CONTROL = 5;
/** DATASIZE, PARITY, STOPSIZE; the masks of NOTIFY; PURGE_DATA: whatever is asked for is so. */
const GRANTED: readonly number[] = [2, 3, 4, 10, 11, 12];

const QUERY_FLOW = 0;
const NO_FLOW = 1;
const QUERY_BREAK = 4;
const BREAK_OFF = 6;
const QUERY_DTR = 7;
const DTR_ON = 8;
const DTR_OFF = 9;
const QUERY_RTS = 10;
const RTS_ON = 11;
const RTS_OFF = 12;

/** A CP2102N goes no further (its data sheet). */
const HIGHEST_BAUD = 3_000_000;
/** What a client that does not read may leave in the network. */
const UNREAD_LIMIT_BYTES = 1 << 20;

/** What the server stands in front of. */
export interface ServedPort {
  readonly wiring: ModemWiring;
  /** What the client sends to the board. */
  input(bytes: Buffer): void;
}

/**
 * An RFC 2217 server as ser2net is one, in front of the board's UART: one client at a time; opening the port asserts DTR and RTS,
 * and closing it lets both go, DTR first, as an operating system that hangs up does in the worst case. Loopback only.
 */
export class Rfc2217Server {
  private readonly server: Server;
  private client: Socket | undefined;
  private lines: ModemLines = { dtr: false, rts: false };
  private isUnplugged = false;
  private baudRate = 115_200;

  constructor(private readonly port: ServedPort) {
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket));
  }

  /** Listens on `port`, 0 for any free one, and gives back which. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => resolve((this.server.address() as { port: number }).port));
    });
  }

  /** What the board prints. With nobody there it is lost, as on any serial line. */
  write(bytes: Buffer): void {
    const { client } = this;
    if (client !== undefined && client.writableLength <= UNREAD_LIMIT_BYTES) client.write(doubled(bytes));
  }

  /** The port vanishes: its client is cut off, and nobody else is let in. */
  unplug(): void {
    this.setPresent(false);
  }

  /** The port goes away, or is there again, as native USB at a reset. */
  setPresent(isThere: boolean): void {
    this.isUnplugged = !isThere;
    if (!isThere) this.client?.destroy();
  }

  close(): Promise<void> {
    this.unplug();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.isUnplugged) {
      socket.destroy();
      return;
    }
    if (this.client !== undefined) {
      // What it says is read and dropped: unread, it would keep the connection, and with it the server, from ever ending.
      socket.resume();
      socket.end('Port already in use\r\n');
      return;
    }
    this.client = socket;
    socket.on('close', () => this.hangUp());
    this.setLines({ dtr: true, rts: true });
    const reader = new TelnetReader({
      data: (bytes) => this.port.input(bytes),
      negotiation: (verb, option) => this.negotiate(socket, verb, option),
      subnegotiation: (bytes) => this.obey(socket, bytes),
    });
    socket.on('data', (bytes: Buffer) => reader.push(bytes));
  }

  private hangUp(): void {
    this.client = undefined;
    this.setLines({ ...this.lines, dtr: false });
    this.setLines({ ...this.lines, rts: false });
  }

  private setLines(lines: ModemLines): void {
    this.lines = lines;
    this.port.wiring.set(lines);
  }

  /** Agrees to what a serial port needs, and says no to the rest; never begins by itself, so that nothing is agreed to twice. */
  private negotiate(socket: Socket, verb: number, option: number): void {
    const isKnown = [BINARY, SUPPRESS_GO_AHEAD, COM_PORT].includes(option);
    if (verb === WILL) socket.write(optionBytes(isKnown ? DO : DONT, option));
    else if (verb === DO) socket.write(optionBytes(isKnown && option !== COM_PORT ? WILL : WONT, option));
  }

  private obey(socket: Socket, bytes: Buffer): void {
    const [option, command = 0, ...value] = bytes;
    if (option !== COM_PORT) return;
    const answer = this.answerTo(command, value);
    if (answer !== undefined) socket.write(subnegotiationBytes([COM_PORT, command + ANSWER, ...answer]));
  }

  private answerTo(command: number, value: readonly number[]): readonly number[] | undefined {
    if (command === SIGNATURE) return [...Buffer.from('earshot virtual board')];
    if (command === SET_BAUDRATE) return this.setBaudRate(Buffer.from(value));
    if (command === SET_CONTROL) return this.control(value[0] ?? QUERY_FLOW);
    return GRANTED.includes(command) ? value : undefined;
  }

  /** The rate that holds from now on: the old one when the new one cannot be had. */
  private setBaudRate(value: Buffer): readonly number[] {
    const asked = value.length === 4 ? value.readUInt32BE() : 0;
    if (asked > 0 && asked <= HIGHEST_BAUD) this.baudRate = asked;
    const answer = Buffer.alloc(4);
    answer.writeUInt32BE(this.baudRate);
    return [...answer];
  }

  private control(value: number): readonly number[] | undefined {
    if (value === DTR_ON || value === DTR_OFF) this.setLines({ ...this.lines, dtr: value === DTR_ON });
    if (value === RTS_ON || value === RTS_OFF) this.setLines({ ...this.lines, rts: value === RTS_ON });
    if (value === QUERY_DTR) return [this.lines.dtr ? DTR_ON : DTR_OFF];
    if (value === QUERY_RTS) return [this.lines.rts ? RTS_ON : RTS_OFF];
    if (value === QUERY_FLOW) return [NO_FLOW];
    return [value === QUERY_BREAK ? BREAK_OFF : value];
  }
}
