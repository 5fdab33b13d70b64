import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MessageChannel, Worker } from 'node:worker_threads';
import { hostClock } from '../../board-clock';

const INPUT_BYTES = 1 << 20;
/** Places in the shared state, as the worker names them. */
const WRITTEN = 0;
const ANSWERED = 2;
const STATE_LENGTH = 4;
const CTRL_C = 3;
/**
 * Node 20 may abort when a thread is ended that V8 still compiles for in the background, and what Python prints runs through a hot loop.
 * So it rests first, as `harness/ports/end-thread.ts` has it.
 */
const REST_MS = 250;

/** Paths and contents of a flash file system. */
export type Files = Readonly<Record<string, Uint8Array | string>>;

/** What Python asks of its board; each call stops the interpreter until it is answered. */
export interface PythonBoard {
  sleepMs(durationMs: number, signal: AbortSignal): unknown;
  ticksMs(): number;
  /** Seconds since 1970 as far as the board knows. Whole numbers reach Python as 32 bits. */
  unixS(): number;
  /** Asks a time server and sets the clock. Returns '' or what went wrong, such as `ETIMEDOUT`. */
  setClock(signal: AbortSignal): string | Promise<string>;
  /** The address in the network; empty without one. */
  isConnected(): string;
  join(ssid: string, password: string): unknown;
  /** Returns JSON: `{status, body}` or `{error}` with an errno's name. */
  post(
    url: string,
    headers: string,
    body: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): string | Promise<string>;
}

export interface InterpreterOptions {
  readonly files?: Files;
  readonly board?: PythonBoard;
  /** False: a firmware that knows raw-paste mode and refuses it. Default: true. */
  readonly hasRawPaste?: boolean;
  readonly onOutput: (bytes: Buffer) => void;
  /** `machine.reset`: the interpreter has stopped; the files are what the flash holds. */
  readonly onRestart?: (files: Files) => void;
}

/** A board without network, whose clock is the host's; who sleeps there sleeps until Ctrl-C. */
const bareBoard: PythonBoard = {
  sleepMs: (_, signal) => new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
  ticksMs: () => Math.trunc(performance.now()),
  unixS: () => Math.trunc(hostClock.unixMs() / 1000),
  setClock: () => 'ETIMEDOUT',
  isConnected: () => '',
  join: () => undefined,
  post: () => JSON.stringify({ error: 'EHOSTUNREACH' }),
};

type FromWorker =
  | { readonly type: 'output'; readonly bytes: Uint8Array }
  | { readonly type: 'restart'; readonly files: Files }
  | { readonly type: 'call'; readonly name: keyof PythonBoard; readonly values: readonly never[] };

const shimFolder = join(__dirname, 'shims');
const shims: Files = Object.fromEntries(
  readdirSync(shimFolder).map((name) => [`/.frozen-shims/${name}`, readFileSync(join(shimFolder, name))]),
);

/** A running MicroPython: keys go in, what it prints comes out. `micropython.mjs` is its port to WebAssembly. */
export class Interpreter {
  private readonly input = new Uint8Array(new SharedArrayBuffer(INPUT_BYTES));
  private readonly state = new Int32Array(new SharedArrayBuffer(STATE_LENGTH * 4));
  private readonly replies = new MessageChannel();
  private readonly worker: Worker;
  private call: AbortController | undefined;
  private isOpen = true;

  constructor(private readonly options: InterpreterOptions) {
    const { files = {}, hasRawPaste = true } = options;
    this.worker = new Worker(join(__dirname, 'interpreter-worker.cjs'), {
      workerData: {
        input: this.input,
        state: this.state,
        replies: this.replies.port2,
        files,
        shims,
        hasRawPaste,
      },
      transferList: [this.replies.port2],
    });
    this.worker.on('message', (message: FromWorker) => this.read(message));
  }

  /** Keys as they come off the wire. Ctrl-C cuts what Python waits for. */
  type(bytes: Uint8Array): void {
    const written = Atomics.load(this.state, WRITTEN);
    bytes.forEach((byte, index) => (this.input[(written + index) % INPUT_BYTES] = byte));
    Atomics.store(this.state, WRITTEN, written + bytes.length);
    Atomics.notify(this.state, WRITTEN);
    if (bytes.includes(CTRL_C)) this.call?.abort();
  }

  /** It says and asks nothing more. Its thread ends by itself soon, and keeps no process alive. */
  close(): void {
    this.isOpen = false;
    this.call?.abort();
    this.replies.port1.close();
    this.worker.unref();
    hostClock.after(REST_MS, () => void this.worker.terminate());
  }

  private read(message: FromWorker): void {
    if (!this.isOpen) return;
    if (message.type === 'output') this.options.onOutput(Buffer.from(message.bytes));
    else if (message.type === 'restart') this.options.onRestart?.(message.files);
    else void this.answer(message.name, message.values);
  }

  private async answer(name: keyof PythonBoard, values: readonly never[]): Promise<void> {
    const { board = bareBoard } = this.options;
    const call = new AbortController();
    this.call = call;
    let reply: unknown;
    try {
      const methods = board as unknown as Readonly<Record<string, (...given: readonly unknown[]) => unknown>>;
      reply = { result: await methods[name]?.(...values, call.signal) };
    } catch (cause) {
      reply = { error: cause instanceof Error ? cause.message : String(cause) };
    }
    if (this.call === call) this.call = undefined;
    if (!this.isOpen) return;
    this.replies.port1.postMessage(reply);
    Atomics.store(this.state, ANSWERED, 1);
    Atomics.notify(this.state, ANSWERED);
  }
}
