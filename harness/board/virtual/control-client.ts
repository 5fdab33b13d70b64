import { connect, type Socket } from 'node:net';
import { ReadlineParser } from '@serialport/parser-readline';
import { BoardError } from '../../errors';
import type { Cancel, Clock } from '../../ports';

/** Where something listens on this machine. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What a virtual board says about itself. */
export interface VirtualBoardState {
  /** Boots since the process started. */
  readonly boot: number;
  /** False after a panic. */
  readonly running: boolean;
  readonly session: string;
}

const ANSWER_TIMEOUT_MS = 5000;

interface Answer {
  readonly id: number;
  readonly ok: boolean;
  readonly error?: string;
  readonly state?: VirtualBoardState;
}

interface Pending {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
  readonly cancelTimeout: Cancel;
}

/**
 * Client of a virtual board's control port: one JSON object a line each way, as docs/virtual-board.md says. Lines here are
 * always whole, so `@serialport/parser-readline` takes them apart.
 * @throws BoardError `HIL_VIRTUAL_BOARD_FAILED` from every operation that is refused, not answered, or cut off.
 */
export class ControlClient {
  private readonly pending = new Map<number, Pending>();
  private lastId = 0;
  private ended: BoardError | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly clock: Clock,
  ) {
    const lines = socket.pipe(new ReadlineParser({ delimiter: '\n' }));
    lines.on('data', (line: string) => this.take(line));
    socket.on('error', (cause) => this.end(failed('its control port failed', cause)));
    socket.on('close', () => this.end(failed('its control port has gone')));
  }

  static open({ host, port }: Endpoint, clock: Clock): Promise<ControlClient> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, host);
      const refuse = (cause: Error): void =>
        reject(failed(`its control port ${host}:${port} did not open`, cause));
      socket.once('error', refuse);
      socket.once('connect', () => {
        socket.off('error', refuse);
        resolve(new ControlClient(socket, clock));
      });
    });
  }

  async reset(): Promise<void> {
    await this.ask({ op: 'reset' });
  }

  /** A reset with GPIO0 low: the ROM waits for a download until the next reset. */
  async resetToDownload(): Promise<void> {
    await this.ask({ op: 'reset', gpio0: 'low' });
  }

  async setFault(name: string, on: boolean): Promise<void> {
    await this.ask({ op: 'fault', name, on });
  }

  async unplug(): Promise<void> {
    await this.ask({ op: 'unplug' });
  }

  async state(): Promise<VirtualBoardState> {
    const { state } = await this.ask({ op: 'state' });
    if (state === undefined) throw failed('it answered without its state');
    return state;
  }

  close(): void {
    this.end(failed('its control port was closed'));
    this.socket.destroy();
  }

  private ask(request: Readonly<Record<string, unknown>> & { readonly op: string }): Promise<Answer> {
    if (this.ended !== undefined) return Promise.reject(this.ended);
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve, reject) => {
      const cancelTimeout = this.clock.after(ANSWER_TIMEOUT_MS, () => {
        this.pending.delete(id);
        reject(failed(`it did not answer "${request.op}" within ${ANSWER_TIMEOUT_MS} ms`));
      });
      this.pending.set(id, { resolve, reject, cancelTimeout });
      this.socket.write(`${JSON.stringify({ id, ...request })}\n`);
    });
  }

  private take(line: string): void {
    const answer = readAnswer(line);
    if (answer === undefined) {
      this.end(failed(`its control port sent ${JSON.stringify(line.slice(0, 200))}, which is no answer`));
      return;
    }
    const pending = this.pending.get(answer.id);
    if (pending === undefined) return;
    this.pending.delete(answer.id);
    pending.cancelTimeout();
    if (answer.ok) pending.resolve(answer);
    else pending.reject(failed(`it refused: ${answer.error ?? 'no reason given'}`));
  }

  private end(error: BoardError): void {
    if (this.ended !== undefined) return;
    this.ended = error;
    for (const { reject, cancelTimeout } of this.pending.values()) {
      cancelTimeout();
      reject(error);
    }
    this.pending.clear();
  }
}

const failed = (what: string, cause?: Error): BoardError =>
  new BoardError('HIL_VIRTUAL_BOARD_FAILED', `The virtual board failed: ${what}.`, {}, cause && { cause });

function readAnswer(line: string): Answer | undefined {
  try {
    const value = JSON.parse(line) as Partial<Answer> | null;
    return typeof value?.id === 'number' && typeof value.ok === 'boolean' ? (value as Answer) : undefined;
  } catch {
    // No JSON is no answer; the caller says what came instead.
    return undefined;
  }
}
