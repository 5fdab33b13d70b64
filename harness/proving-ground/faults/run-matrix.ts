import { fork } from 'node:child_process';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../ports';
import type { FaultRow, RowResult } from './fault-row';
import { laneProgram } from './lane-program';
import type { FromLane, ToLane } from './lane-messages';

/** A row that takes longer hangs, which is what no fault may bring about. */
const LONGEST_ROW_MS = 90_000;
/** From the start of a lane to its first row: two processes and a boot. */
const LONGEST_OPENING_MS = 60_000;
/** More rows than these are shared out among lanes; fewer are not worth the opening of a bench. */
const ROWS_OF_A_SHARE = 5;

export interface MatrixOptions {
  readonly rows: readonly FaultRow[];
  /** Benches that are open at once. */
  readonly lanes: number;
  /** `dist/harness/cli/main.js`. */
  readonly program: string;
  readonly fixtures: string;
  /** For runs and bench files. */
  readonly folder: string;
  readonly onRow: (result: RowResult) => void;
  readonly clock?: Clock;
}

/** Rows that one lane runs, on one bench. */
interface Share {
  readonly bench: string;
  readonly rows: readonly FaultRow[];
}

const benchOf = ({ cause }: FaultRow): string | undefined => ('bench' in cause ? cause.bench : undefined);

/** Shares of about equal size, those of the bench with the most rows first. */
export function sharesOf(rows: readonly FaultRow[]): Share[] {
  const byBench = new Map<string, FaultRow[]>();
  for (const row of rows) {
    const bench = benchOf(row);
    if (bench !== undefined) byBench.set(bench, [...(byBench.get(bench) ?? []), row]);
  }
  return [...byBench]
    .sort(([, one], [, other]) => other.length - one.length)
    .flatMap(([bench, ofBench]) => {
      const count = Math.ceil(ofBench.length / ROWS_OF_A_SHARE);
      return Array.from({ length: count }, (_, n) => ({
        bench,
        rows: ofBench.filter((_row, index) => index % count === n),
      }));
    });
}

/** A row that came to no end of its own. */
const broken = (row: FaultRow, why: string, ms: number): RowResult => ({
  id: row.id,
  ok: false,
  wrong: [why],
  origins: [],
  codes: [],
  turn: 'none',
  recovered: false,
  ms,
});

/**
 * Runs all rows, several benches at a time, and goes on behind whatever goes wrong.
 * @returns What came of each, in the order of the rows.
 */
export async function runMatrix(options: MatrixOptions): Promise<RowResult[]> {
  const results = new Map<string, RowResult>();
  const take = (result: RowResult): void => {
    results.set(result.id, result);
    options.onRow(result);
  };
  const waiting: (() => Promise<void>)[] = sharesOf(options.rows).map(
    (share, index) => () => runShare(share, index, options, take),
  );
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await next();
  };
  await Promise.all(Array.from({ length: options.lanes }, lane));
  return options.rows.flatMap(({ id }) => results.get(id) ?? []);
}

/** A lane that dies or hangs costs the row that it was in; what is left goes on in another one. */
async function runShare(
  share: Share,
  index: number,
  options: MatrixOptions,
  take: (result: RowResult) => void,
): Promise<void> {
  let rows = share.rows;
  for (let attempt = 1; rows.length > 0; attempt += 1) {
    const folder = join(options.folder, `${share.bench}-${index}-${attempt}`);
    const { done, lost } = await runLane({ ...share, rows }, folder, options, take);
    rows = rows.slice(done);
    const [row] = rows;
    if (row === undefined) return;
    take(broken(row, lost ?? 'its lane ended without a word', 0));
    rows = rows.slice(1);
  }
}

function runLane(
  { bench, rows }: Share,
  folder: string,
  { program, fixtures, clock = systemClock }: MatrixOptions,
  take: (result: RowResult) => void,
): Promise<{ readonly done: number; readonly lost?: string }> {
  return new Promise((resolve) => {
    const child = fork(laneProgram, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    let done = 0;
    let lost: string | undefined;
    let cancel = (): void => undefined;
    const within = (ms: number, what: string): void => {
      cancel();
      cancel = clock.after(ms, () => {
        lost = `${what} hung for ${ms / 1000} s`;
        child.kill('SIGKILL');
      });
    };
    child.on('message', (raw) => {
      const message = raw as FromLane;
      if (message.kind === 'began') within(LONGEST_ROW_MS, 'it');
      else if (message.kind === 'failed') lost = message.why;
      else {
        done += 1;
        take(message.result);
        within(LONGEST_OPENING_MS, 'its lane');
      }
    });
    child.once('exit', (code, signal) => {
      cancel();
      if (done === rows.length) resolve({ done });
      else resolve({ done, lost: lost ?? `its lane ended (${signal ?? `exit code ${code}`})` });
    });
    within(LONGEST_OPENING_MS, 'the opening of its bench');
    const order: ToLane = { program, fixtures, folder, bench, rows: rows.map(({ id }) => id) };
    child.send(order);
  });
}
