import type { ChildProcess } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { HilError, type Facts, type WireError } from '../errors';
import type { ChildLauncher, Clock, Finding } from '../ports';
import type { HostInit, HostMessage, HostOrder, HostStart } from './host-messages';

/** A host may take this long to close a bench before it is killed. */
const CLOSE_WITHIN_MS = 10_000;

/** What came first says what went wrong; what it led to may go on for hours. */
const MOST_UNRECORDED = 1_000;

/** The host process, seen from its parent. */
export interface HostProcess {
  /** Where suites connect; rejects with what did not open. */
  readonly ready: Promise<string>;
  /** Absolute path of the run folder; undefined until it exists. */
  readonly runPath: string | undefined;
  /** Findings that the run folder could not take, the first 1000 of them, oldest first; grows. */
  readonly unrecorded: readonly Finding[];
  /** Resolves when the process has ended, with the reason if it was not told to. */
  readonly ended: Promise<HilError | undefined>;
  /** Answers a wish that it told of. */
  answer(id: number, granted: boolean): void;
  /** Ends the run; resolves when the process is gone, with what of its bench did not close. */
  close(): Promise<HilError | undefined>;
  /** Ends the process at once: what it was writing is left as it is. */
  kill(): void;
}

/** A fresh address for the suites: a socket in the temporary folder, or a named pipe on Windows. */
export function newRpcAddress(): string {
  const name = `earshot-${process.pid}-${randomBytes(4).toString('hex')}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

/** Failure of the host as the parent's error, with the code of its cause. */
export class HostFailure extends HilError {
  constructor(readonly wire: WireError) {
    super(wire.code, wire.message, wire.facts);
  }
}

/** Starts a host process and hands on what it tells. */
export function launchHost(
  launch: ChildLauncher,
  clock: Clock,
  init: HostInit,
  onMessage: (message: HostMessage) => void,
): HostProcess {
  const child: ChildProcess = launch(['host-child']);
  let runPath: string | undefined;
  const unrecorded: Finding[] = [];
  let closing = false;
  /** What did not open, or did not close. */
  let failure: HilError | undefined;
  const errorTail: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => {
    errorTail.push(chunk.toString());
    while (errorTail.length > 50) errorTail.shift();
  });
  child.stdout?.resume();

  let resolveReady: (address: string) => void;
  let rejectReady: (error: HilError) => void;
  const ready = new Promise<string>((resolve, reject) => {
    resolveReady = resolve;
    rejectReady = reject;
  });
  ready.catch(() => undefined); // Whoever needs the host awaits it; `ended` reports a death either way.

  child.on('message', (message: HostMessage) => {
    if (message.type === 'stored') runPath = message.runPath;
    if (message.type === 'ready') resolveReady(message.address);
    if (message.type === 'failed') {
      failure ??= new HostFailure(message.error);
      rejectReady(failure);
    }
    if (message.type === 'unrecorded' && unrecorded.length < MOST_UNRECORDED)
      unrecorded.push(message.finding);
    onMessage(message);
  });
  const ended = new Promise<HilError | undefined>((resolve) => {
    const end = (how: string, facts: Facts, cause?: unknown): void => {
      const message = `The host process ended ${closing ? 'as it was told' : 'by itself'} (${how}).`;
      const error = new HilError('HIL_HOST_DIED', message, facts, { cause });
      rejectReady(error); // Also when it was told to: whoever waits for it to open would wait for ever.
      resolve(closing ? undefined : error);
    };
    child.on('exit', (code, signal) =>
      end(signal ?? `exit code ${code}`, { code, signal, stderr: errorTail.join('').slice(-4_000) }),
    );
    // It did not start, or an order no longer reached it; in the second case its exit is on the way.
    child.on('error', (cause) => {
      if (child.pid === undefined) end(cause.message, {}, cause);
    });
  });
  const start: HostStart = { type: 'start', init };
  child.send(start);
  return {
    ready,
    ended,
    unrecorded,
    get runPath() {
      return runPath;
    },
    answer(id, granted) {
      const order: HostOrder = { type: 'answer', id, granted };
      if (child.connected) child.send(order);
    },
    async close() {
      closing = true;
      const order: HostOrder = { type: 'close' };
      if (child.connected) child.send(order);
      const cancel = clock.after(CLOSE_WITHIN_MS, () => {
        const message = `The bench did not close within ${CLOSE_WITHIN_MS} ms and was ended; what it held may be held still.`;
        failure ??= new HilError('HIL_HOST_DIED', message, { withinMs: CLOSE_WITHIN_MS });
        child.kill('SIGKILL');
      });
      await ended;
      cancel();
      return failure;
    },
    kill() {
      closing = true;
      child.kill('SIGKILL');
    },
  };
}
