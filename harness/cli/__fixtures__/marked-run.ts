/** Runs whose processes can be told from all others, however deep they were started: each inherits a mark. Linux only. */
import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { readRun } from '../../run';
import { ending, startEarshot, temporaryReports, type Ended, type RunSummary } from './run-earshot';

const MARK = 'E2E_RUN_MARK';

/** What a process of a run is there for. */
export type Role = 'run' | 'host-child' | 'provider-child' | 'virtual-board' | 'jest-child';

const roles: readonly Role[] = ['run', 'host-child', 'provider-child', 'virtual-board', 'jest-child'];

/** A run that is going on. */
export interface MarkedRun {
  readonly parent: ChildProcess;
  /** Exit code and output, with the summary of `--json` parsed. */
  readonly ended: Promise<Ended & { readonly summary: RunSummary }>;
  /** Path of the run folder; resolves as soon as there is one. */
  readonly runPath: () => Promise<string>;
  /** Process ids of this run, by role. */
  readonly processes: () => ReadonlyMap<number, Role>;
  /** Process id of the one that plays this role; resolves as soon as there is one. */
  readonly pidOf: (role: Role) => Promise<number>;
  /** Resolves in the middle of the turn behind the first take that counts: a busy machine may spoil one or two ahead of it. */
  readonly secondTurn: () => Promise<void>;
  /** Resolves when the command has said something like this on its standard error, where progress goes with `--json`. */
  readonly says: (pattern: RegExp) => Promise<void>;
  /** Resolves when no process of the run is left. */
  readonly gone: () => Promise<void>;
}

/** Starts `earshot run --json`, in a process group of its own as a terminal would. */
export function startRun(args: readonly string[], env: NodeJS.ProcessEnv = {}): MarkedRun {
  const mark = randomUUID();
  const reports = temporaryReports();
  const parent = startEarshot(
    ['run', '--json', '--reports', reports, ...args],
    { ...env, [MARK]: mark },
    { detached: true },
  );
  let said = '';
  let over = false;
  const ended = ending(parent);
  void ended.then(() => (over = true));
  /** Waits for what only a running process can bring about. */
  const untilEnd = <T>(ask: () => T | undefined): Promise<T> =>
    until(() => {
      const answer = ask();
      if (answer === undefined && over) throw new Error(`The run ended before that. It said:\n${said}`);
      return answer;
    });
  parent.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const processes = (): ReadonlyMap<number, Role> => processesWith(`${MARK}=${mark}`);
  const runPath = (): Promise<string> =>
    untilEnd(() => {
      const [run] = existsSync(reports) ? readdirSync(reports).filter((name) => /^\d{8}T/.test(name)) : [];
      return run === undefined ? undefined : join(reports, run);
    });
  return {
    parent,
    ended: ended.then((ended) => ({
      ...ended,
      summary: JSON.parse(ended.stdout || '{}') as RunSummary,
    })),
    runPath,
    processes,
    pidOf: (role) => untilEnd(() => [...processes()].find(([, one]) => one === role)?.[0]),
    secondTurn: async () => {
      const path = await runPath();
      await untilEnd(() => {
        // Turns first: of one that is stored in between, the speech is told already.
        const turns = textOf(join(path, 'turns.jsonl'));
        if (countOf('"spoiltBy":[]', turns) === 0) return undefined;
        const events = textOf(join(path, 'events.jsonl'));
        return countOf('"speech-started"', events) > countOf('\n', turns) || undefined;
      });
    },
    says: async (pattern) => {
      await untilEnd(() => pattern.test(said) || undefined);
    },
    gone: async () => {
      await until(() => processes().size === 0 || undefined);
    },
  };
}

function processesWith(mark: string): ReadonlyMap<number, Role> {
  const found = new Map<number, Role>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      // A process that has ended and was not waited for yet has an empty environment, so it does not count.
      if (!readFileSync(`/proc/${name}/environ`, 'utf8').split('\0').includes(mark)) continue;
      const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
      const role = roles.find((one) => words.includes(one));
      if (role !== undefined) found.set(Number(name), role);
    } catch {
      // It ended while it was looked at, or is somebody else's.
    }
  }
  return found;
}

/** Runs to the end, and past the end of its last child. */
export async function runToTheEnd(
  args: readonly string[],
): Promise<Ended & { readonly summary: RunSummary }> {
  const started = startRun(args);
  const ended = await started.ended;
  expect([...started.processes().values()]).toEqual([]);
  return ended;
}

/** Codes of all findings of a run, each once. */
export const codesOf = ({ summary }: { readonly summary: RunSummary }): string[] => [
  ...new Set(summary.findings.map(({ code }) => code)),
];

const textOf = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
const countOf = (part: string, text: string): number => text.split(part).length - 1;

/** The turns of a stored run that count, in order: takes that a busy machine spoilt are there too. */
export const countedTurns = (path: string): readonly string[] =>
  readRun(path).turns.flatMap(({ record, measurement }) =>
    'take' in measurement && measurement.take.spoiltBy.length === 0 ? [record.turnId] : [],
  );

/** Asks until there is an answer: the end of a process that is not our child, or a line of a file, sends no event. */
function until<T>(ask: () => T | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const again = (): void => {
      try {
        const answer = ask();
        if (answer === undefined) setTimeout(again, 10);
        else resolve(answer);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    };
    again();
  });
}
