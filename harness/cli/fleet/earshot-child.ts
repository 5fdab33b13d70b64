import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { ChildLauncher, Clock } from '../../ports';
import { INTERRUPT } from './unit-order';

/** What a child left. */
export interface ChildEnd {
  /** Undefined: a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** Its last lines on stderr. */
  readonly tail: string;
}

export interface ChildOptions {
  readonly launch: ChildLauncher;
  readonly clock: Clock;
  /** Aborted: it is to end. */
  readonly signal: AbortSignal;
  /** Takes what it says on stderr, by line. Default: nobody. */
  readonly onLine?: (line: string) => void;
}

/** A run closes its bench within ten seconds; one that has not by then is told to leave everything as it is, and then killed. */
const PATIENCE_MS = 12_000;
const LAST_PATIENCE_MS = 3_000;
const TAIL_LINES = 20;

/** Runs this program with other arguments, to its end; resolves when the process is gone. Never rejects. */
export async function runChild(
  command: readonly string[],
  { launch, clock, signal, onLine = () => undefined }: ChildOptions,
): Promise<ChildEnd> {
  const child = launch(command);
  const stdout: Buffer[] = [];
  const tail: string[] = [];
  child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
  if (child.stderr !== null)
    createInterface({ input: child.stderr }).on('line', (line) => {
      tail.push(line);
      if (tail.length > TAIL_LINES) tail.shift();
      onLine(line);
    });
  const ended = new Promise<number | undefined>((resolve) => {
    child.on('close', (code) => resolve(code ?? undefined));
    child.on('error', (error) => {
      tail.push(error.message);
      if (child.pid === undefined) resolve(undefined);
    });
  });
  const steps: (() => void)[] = [];
  const end = (): void => {
    interrupt(child);
    steps.push(
      clock.after(PATIENCE_MS, () => interrupt(child)),
      clock.after(PATIENCE_MS + LAST_PATIENCE_MS, () => child.kill('SIGKILL')),
    );
  };
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const exitCode = await ended;
  signal.removeEventListener('abort', end);
  for (const cancel of steps) cancel();
  return { exitCode, stdout: Buffer.concat(stdout).toString('utf8'), tail: tail.join('\n') };
}

/** Units hear messages, the other commands signals. */
function interrupt(child: ChildProcess): void {
  if (child.connected) child.send(INTERRUPT, () => undefined);
  child.kill('SIGTERM');
}

/** Of what a command said, the sentence that matters. */
export function lastWords(tail: string): string {
  const lines = tail.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => line.includes('HIL_')) ?? lines.at(-1) ?? 'ended without a word';
}
