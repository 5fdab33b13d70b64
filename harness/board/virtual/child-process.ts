import type { ChildProcess } from 'node:child_process';
import { BoardError } from '../../errors';
import type { Cancel, Clock } from '../../ports';

const STDERR_TAIL_CHARACTERS = 2000;
const TERM_GRACE_MS = 2000;

/** How a child ended. */
export interface ChildExit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child that is watched from its start: its errors are kept, its exit is told to whoever asks, also later. */
export class WatchedChild {
  private stderr = '';
  private exited: ChildExit | undefined;
  private startFailure: Error | undefined;
  private readonly listeners = new Set<(exit: ChildExit) => void>();

  constructor(
    readonly process: ChildProcess,
    private readonly clock: Clock,
  ) {
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_TAIL_CHARACTERS);
    });
    // A full pipe would stop the child.
    process.stdout?.resume();
    process.once('error', (cause) => {
      this.startFailure = cause;
      if (process.pid === undefined) this.finish({ exitCode: null, signal: null });
    });
    // Not `exit`: what the child wrote last is in the pipes until `close`.
    process.once('close', (exitCode, signal) => this.finish({ exitCode, signal }));
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Calls back once, when the child has ended; at once when it already has. */
  onExit(listener: (exit: ChildExit) => void): Cancel {
    if (this.exited !== undefined) listener(this.exited);
    else this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  failure(what: string): BoardError {
    const stderrTail = this.stderr.trim();
    const lastLine = stderrTail.split('\n').at(-1) ?? '';
    const said = lastLine === '' ? '' : `; it last wrote ${JSON.stringify(lastLine)}`;
    const options = this.startFailure === undefined ? undefined : { cause: this.startFailure };
    const facts = { pid: this.pid ?? null, stderrTail };
    return new BoardError('HIL_VIRTUAL_BOARD_FAILED', `The virtual board ${what}${said}.`, facts, options);
  }

  /** Ends the child for good: asked first, killed when it does not go. Resolves when it has ended. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      const cancelKill = this.clock.after(TERM_GRACE_MS, () => void this.process.kill('SIGKILL'));
      this.onExit(() => {
        cancelKill();
        resolve();
      });
      if (this.exited === undefined) this.process.kill('SIGTERM');
    });
  }

  private finish(exit: ChildExit): void {
    if (this.exited !== undefined) return;
    this.exited = exit;
    for (const listener of this.listeners) listener(exit);
    this.listeners.clear();
  }
}
