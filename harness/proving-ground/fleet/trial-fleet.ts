import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TrialAgentOrder, TrialWord } from './trial-words';

/** A word with whose it is and when it was heard, on the clock that all processes share. */
export interface HeardWord {
  readonly bench: string;
  readonly atMs: number;
  readonly word: TrialWord;
}

type Wanted<W extends TrialWord['what']> = HeardWord & { readonly word: Extract<TrialWord, { what: W }> };

/** Processes of agents that can be killed, stopped and started anew, and what they say. */
export class TrialFleet {
  readonly heard: HeardWord[] = [];
  /** What they said on stderr, for whoever looks into a trial that failed. */
  readonly said: string[] = [];
  private readonly processes = new Map<string, ChildProcess>();
  private readonly listeners = new Set<(heard: HeardWord) => void>();

  /** @param root - Folder with `dist`. */
  constructor(
    private readonly root: string,
    private readonly nowMs: () => number,
  ) {}

  async start(order: TrialAgentOrder): Promise<void> {
    const { bench } = order;
    const program = join(this.root, 'dist/harness/proving-ground/fleet/trial-agent.js');
    const child = spawn(process.execPath, [program, JSON.stringify(order)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.processes.set(bench, child);
    const ready = this.next(bench, 'ready');
    createInterface({ input: child.stderr }).on('line', (line) => this.said.push(`${bench}: ${line}`));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const heard = { bench, atMs: this.nowMs(), word: JSON.parse(line) as TrialWord };
      this.heard.push(heard);
      for (const listener of this.listeners) listener(heard);
    });
    await ready;
  }

  /** The next word of its kind, of one bench or of any, that is as is asked. */
  next<W extends TrialWord['what']>(
    bench: string | undefined,
    what: W,
    isMeant: (heard: Wanted<W>) => boolean = () => true,
  ): Promise<Wanted<W>> {
    return new Promise((resolve) => {
      const listener = (heard: HeardWord): void => {
        if ((bench !== undefined && heard.bench !== bench) || heard.word.what !== what) return;
        const wanted = heard as Wanted<W>;
        if (!isMeant(wanted)) return;
        this.listeners.delete(listener);
        resolve(wanted);
      };
      this.listeners.add(listener);
    });
  }

  signal(bench: string, signal: NodeJS.Signals): void {
    this.processes.get(bench)?.kill(signal);
  }

  /** Resolves when the process is gone. */
  async end(bench: string, signal: NodeJS.Signals): Promise<void> {
    const child = this.processes.get(bench);
    if (child === undefined) return;
    this.processes.delete(bench);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  }

  async close(): Promise<void> {
    await Promise.all([...this.processes.keys()].map((bench) => this.end(bench, 'SIGKILL')));
  }
}
