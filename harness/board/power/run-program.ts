import { spawn } from 'node:child_process';
import { BoardError } from '../../errors';
import type { Argv, Clock } from '../../ports';

/** What of a program's complaint goes into an error. */
const STDERR_CHARACTERS = 500;
/** A program that has ended hands over what it wrote within this time; something that it left behind may keep the pipe open. */
const DRAIN_MS = 200;

export interface ProgramOptions {
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** Kills it at once when it aborts, with everything that it started. Default: nothing does ahead of its time. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a program by its arguments, without a shell, and waits for its end. One that takes too long is killed with everything that it
 * started.
 * @throws BoardError `HIL_POWER_FAILED` with the end of what it wrote to stderr, or to stdout where that is empty.
 */
export async function runProgram(argv: Argv, { timeoutMs, clock, signal }: ProgramOptions): Promise<void> {
  const [program, ...args] = argv;
  const written = { stdout: '', stderr: '' };
  // A group of its own, so that a script is killed together with what it waits for.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      written[stream] = (written[stream] + text).slice(-STDERR_CHARACTERS);
    });
  }
  const end = { isKilled: false };
  const cancelTimeout = clock.after(timeoutMs, () => {
    end.isKilled = true;
    killGroup(child.pid);
  });
  const kill = (): void => killGroup(child.pid);
  signal?.addEventListener('abort', kill);
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', (cause) => resolve(`did not start: ${cause.message}`));
    child.once('exit', (code, killedBy) => {
      // Its number may be another's from here on.
      signal?.removeEventListener('abort', kill);
      const fate = code === 0 ? undefined : `ended with ${killedBy ?? `exit code ${code ?? 'unknown'}`}`;
      const cancelDrain = clock.after(DRAIN_MS, () => resolve(fate));
      child.once('close', () => {
        cancelDrain();
        resolve(fate);
      });
    });
  });
  cancelTimeout();
  for (const stream of ['stdout', 'stderr'] as const) child[stream].destroy();
  if (failure === undefined) return;
  const what = end.isKilled ? `did not end within ${timeoutMs} ms` : failure;
  const said = (written.stderr.trim() === '' ? written.stdout : written.stderr).trim();
  const complaint = said === '' ? 'it wrote nothing' : `it wrote ${JSON.stringify(said.split('\n').at(-1))}`;
  const message = `The program ${JSON.stringify(argv.join(' '))} that switches the power ${what}; ${complaint}.`;
  throw new BoardError('HIL_POWER_FAILED', message, { argv, stderr: written.stderr });
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended at this very moment.
  }
}
