import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { systemClock } from '../../ports';

/** What a command came to. */
export interface CommandEnd {
  /** Undefined: a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where commands are run, and with what state of their own. */
export interface CommandPlace {
  /** Folder with `dist`. */
  readonly root: string;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A command of Earshot as a process, whose lines can be waited for. */
export class RunningCommand {
  readonly ended: Promise<CommandEnd>;
  /** All that was said, by line. */
  readonly lines: string[] = [];
  private readonly stdout: string[] = [];
  private readonly stderr: string[] = [];
  private readonly listeners = new Set<() => void>();
  private readonly child: ChildProcess;

  constructor(args: readonly string[], { root, folder, environment }: CommandPlace) {
    const program = join(root, 'dist/harness/cli/main.js');
    const child = spawn(process.execPath, [program, ...args], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    for (const [stream, kept] of [
      [child.stdout, this.stdout],
      [child.stderr, this.stderr],
    ] as const)
      createInterface({ input: stream }).on('line', (line) => {
        kept.push(line);
        this.lines.push(line);
        for (const listener of this.listeners) listener();
      });
    this.ended = once(child, 'close').then(([exitCode]: (number | null)[]) => ({
      exitCode: exitCode ?? undefined,
      stdout: this.stdout.join('\n'),
      stderr: this.stderr.join('\n'),
    }));
    void this.ended.then(() => {
      for (const listener of this.listeners) listener();
    });
  }

  /**
   * The first line, said or to be said, that is as asked for, behind so many lines; with when it was heard.
   * @throws Error when the process ends without it.
   */
  async line(
    wanted: RegExp,
    behind = 0,
  ): Promise<{ readonly text: string; readonly at: number; readonly atMs: number }> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const at = this.lines.findIndex((line, index) => index >= behind && wanted.test(line));
        const text = this.lines[at];
        if (text === undefined) return;
        this.listeners.delete(look);
        resolve({ text, at, atMs: systemClock.nowMs() });
      };
      this.listeners.add(look);
      look();
      void this.ended.then(({ exitCode }) => {
        const said = this.lines.slice(-10).join('\n');
        reject(new Error(`it ended with ${exitCode} and never said ${wanted.source}: ${said}`));
      });
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async end(signal: NodeJS.Signals): Promise<CommandEnd> {
    this.signal(signal);
    return this.ended;
  }
}
