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

/** What a board tells unasked. */
interface Told {
  readonly event: string;
  readonly error?: string;
  readonly kind?: string;
}

/** Sound that a board lost on its way to (`underrun`) or from (`overrun`) its sound server. */
export type SoundXrun = 'underrun' | 'overrun';

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
  private soundLost: string | undefined;
  private readonly soundListeners = new Set<(reason: string) => void>();
  private readonly xrunListeners = new Set<(kind: SoundXrun) => void>();

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

  /** Calls back once, when the board has lost the sound server that it is in; at once when it already has. */
  onSoundLost(listener: (reason: string) => void): Cancel {
    if (this.soundLost !== undefined) listener(this.soundLost);
    else this.soundListeners.add(listener);
    return () => void this.soundListeners.delete(listener);
  }

  /** Calls back each time that the board has lost sound on its way to or from its sound server. */
  onSoundXrun(listener: (kind: SoundXrun) => void): Cancel {
    this.xrunListeners.add(listener);
    return () => void this.xrunListeners.delete(listener);
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
    const value = readLine(line);
    if (isTold(value)) {
      this.hearOf(value);
      return;
    }
    const answer = isAnswer(value) ? value : undefined;
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

  /** Events of other kinds are those of a later version: nothing waits for them. */
  private hearOf({ event, error = 'no reason given', kind }: Told): void {
    if (event === 'sound-xrun' && (kind === 'underrun' || kind === 'overrun'))
      for (const listener of this.xrunListeners) listener(kind);
    if (event !== 'sound-lost' || this.soundLost !== undefined) return;
    this.soundLost = error;
    for (const listener of this.soundListeners) listener(error);
    this.soundListeners.clear();
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

function readLine(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    // No JSON is no answer; the caller says what came instead.
    return undefined;
  }
}

const isAnswer = (value: unknown): value is Answer => {
  const { id, ok } = (value ?? {}) as Partial<Answer>;
  return typeof id === 'number' && typeof ok === 'boolean';
};

const isTold = (value: unknown): value is Told => typeof ((value ?? {}) as Partial<Told>).event === 'string';
