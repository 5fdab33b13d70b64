import { createServer, type Server, type Socket } from 'node:net';
import type { BootStraps } from './boot-log';
import type { SessionState } from './dialect/application';
import type { FaultName } from './faults';
import { JsonLines } from './json-lines';
import type { ServerLinkState } from './sound/server/server-link';
import type { SoundCounts } from './webrtc/reply-stream';

const LINE_LIMIT_BYTES = 65_536;
const UNREAD_LIMIT_BYTES = 1 << 20;

/** What the board says about itself on the control port. */
export interface BoardState {
  /** Boots since power-on, 1 for the first. */
  readonly boot: number;
  /** False while the chip hangs: after a panic, or stopped in the ROM. */
  readonly running: boolean;
  /** True while the ROM waits for a download. */
  readonly downloading: boolean;
  readonly session: SessionState;
  readonly faults: readonly FaultName[];
  /** False after `unplug`. */
  readonly plugged: boolean;
  /** False while its power is off. */
  readonly powered: boolean;
  /** How replies arrived over RTP; absent without a session on WebRTC. */
  readonly sound?: SoundCounts;
  /** Of a board whose sound is in a sound server. */
  readonly soundLink?: ServerLinkState;
}

/** What a client is told unasked. */
export type ControlEvent =
  | { readonly event: 'sound-lost'; readonly error: string }
  | { readonly event: 'sound-xrun'; readonly kind: 'underrun' | 'overrun' };

/** What a bench can do to the board without its console. */
export interface BoardControl {
  /** Default: GPIO0 high, which boots what is in the flash. */
  reset(straps?: BootStraps): void;
  /** @throws RangeError for an unknown fault. */
  setFault(name: string, on: boolean): void;
  unplug(): void;
  /** Off: the chip is dead, whatever is pulled at its pins. On: it starts from power-on; nothing happens when it is on already. */
  setPower(on: boolean): void;
  state(): BoardState;
}

function perform(board: BoardControl, request: Readonly<Record<string, unknown>>): object {
  switch (request['op']) {
    case 'reset': {
      const { gpio0 = 'high' } = request;
      if (gpio0 !== 'low' && gpio0 !== 'high')
        throw new RangeError('reset takes \'gpio0\' as "low" or "high"');
      board.reset({ gpio0 });
      return {};
    }
    case 'fault': {
      const { name, on } = request;
      if (typeof name !== 'string' || typeof on !== 'boolean')
        throw new RangeError("fault needs 'name' (string) and 'on' (boolean)");
      board.setFault(name, on);
      return {};
    }
    case 'unplug':
      board.unplug();
      return {};
    case 'power': {
      const { on } = request;
      if (typeof on !== 'boolean') throw new RangeError("power needs 'on' (boolean)");
      board.setPower(on);
      return {};
    }
    case 'state':
      return { state: board.state() };
    default:
      throw new RangeError(
        `op ${JSON.stringify(request['op'])} is unknown; there are reset, fault, unplug, power, state`,
      );
  }
}

function answer(board: BoardControl, value: unknown): object {
  if (typeof value !== 'object' || value === null || value instanceof Error || Array.isArray(value))
    return { id: null, ok: false, error: 'a request is one JSON object a line' };
  const request = value as Readonly<Record<string, unknown>>;
  const id = request['id'] ?? null;
  try {
    return { id, ok: true, ...perform(board, request) };
  } catch (cause) {
    return { id, ok: false, error: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** The control port of docs/virtual-board.md: JSON lines on loopback, any number of clients, each answered in order. */
export class ControlServer {
  private readonly server: Server;
  private readonly clients = new Set<Socket>();
  private lasting: ControlEvent | undefined;

  constructor(private readonly board: BoardControl) {
    this.server = createServer((socket) => this.accept(socket));
  }

  /** Listens on a free port and gives it back. */
  listen(host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, host, () => resolve((this.server.address() as { port: number }).port));
    });
  }

  /** Tells every client; of what stays so those that come later, too. */
  tell(event: ControlEvent): void {
    if (event.event === 'sound-lost') this.lasting = event;
    for (const client of this.clients) client.write(`${JSON.stringify(event)}\n`);
  }

  close(): Promise<void> {
    for (const client of this.clients) client.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private accept(socket: Socket): void {
    this.clients.add(socket);
    const lines = new JsonLines(LINE_LIMIT_BYTES);
    socket.setNoDelay(true);
    socket.on('close', () => this.clients.delete(socket));
    // A client that vanishes is the end of its connection and nothing more.
    socket.on('error', () => socket.destroy());
    if (this.lasting !== undefined) socket.write(`${JSON.stringify(this.lasting)}\n`);
    socket.on('data', (bytes) => {
      try {
        for (const value of lines.push(bytes)) socket.write(`${JSON.stringify(answer(this.board, value))}\n`);
        if (socket.writableLength > UNREAD_LIMIT_BYTES) socket.destroy();
      } catch (cause) {
        const error = cause instanceof Error ? cause.message : String(cause);
        // Nothing that still arrives is kept.
        socket.removeAllListeners('data').resume();
        socket.end(`${JSON.stringify({ id: null, ok: false, error })}\n`, () => socket.destroy());
      }
    });
  }
}
