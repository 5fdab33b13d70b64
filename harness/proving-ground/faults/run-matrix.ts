import { join } from 'node:path';
import type { FaultRow, RowResult } from './fault-row';
import { openLane, type Lane } from './lane';
import type { LaneBench } from './lane-messages';
import { RowQueues } from './row-queues';

/** What a busy machine does to an opening it does not do again and again. */
const OPENINGS = 3;

export interface MatrixOptions extends Pick<LaneBench, 'program' | 'fixtures' | 'folder'> {
  readonly rows: readonly FaultRow[];
  /** Benches that are open at once. */
  readonly lanes: number;
  readonly onRow: (result: RowResult) => void;
  /** Default: `openLane`. */
  readonly open?: (bench: LaneBench) => Promise<Lane>;
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

const reasonOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));

/**
 * Runs all rows, several benches at a time, and goes on behind whatever goes wrong.
 * @returns What came of each, in the order of the rows.
 */
export async function runMatrix(options: MatrixOptions): Promise<RowResult[]> {
  const queues = new RowQueues(options.rows);
  const results = new Map<string, RowResult>();
  const take = (result: RowResult): void => {
    results.set(result.id, result);
    options.onRow(result);
  };
  let opened = 0;
  const lane = async (): Promise<void> => {
    for (let bench = queues.benchToOpen(); bench !== undefined; bench = queues.benchToOpen()) {
      opened += 1;
      const folder = join(options.folder, `${bench}-${opened}`);
      await runLane({ ...options, bench, folder }, queues, options.open ?? openLane, take);
      queues.closed(bench);
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, lane));
  return options.rows.flatMap(({ id }) => results.get(id) ?? []);
}

/** A lane that dies or hangs costs the row that it was in; what is left goes on in another one. */
async function runLane(
  { program, fixtures, folder, bench }: LaneBench,
  queues: RowQueues,
  open: (bench: LaneBench) => Promise<Lane>,
  take: (result: RowResult) => void,
): Promise<void> {
  let lane: Lane;
  try {
    lane = await open({ program, fixtures, folder, bench });
  } catch (cause) {
    const row = queues.failedToOpen(bench) < OPENINGS ? undefined : queues.next(bench);
    if (row !== undefined) take(broken(row, reasonOf(cause), 0));
    return;
  }
  for (let row = queues.next(bench); row !== undefined; row = queues.next(bench)) {
    try {
      const result = await lane.run(row.id);
      if (!queues.again(row, result)) take(result);
    } catch (cause) {
      take(broken(row, reasonOf(cause), 0));
      break;
    }
  }
  await lane.close();
}
