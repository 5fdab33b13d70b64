import type { FaultRow, RowResult } from './fault-row';

/** An opened bench costs as much time as two rows: fewer are left to those that are open. */
const ROWS_WORTH_A_BENCH = 3;
/** A machine that spoils a row this often is not fit for the matrix. */
const MOST_TIMES = 3;

/** What the bench machine did, and no fault of any row brings about. */
const ofTheMachine: ReadonlySet<string> = new Set([
  'HIL_TURN_BENCH_STALLED',
  'HIL_RIG_LAGGED',
  'HIL_RIG_TAKES',
]);

const benchOf = ({ cause }: FaultRow): string | undefined => ('bench' in cause ? cause.bench : undefined);

interface Queue {
  readonly rows: FaultRow[];
  open: number;
  failedOpenings: number;
}

/** The rows that wait for a bench of their kind: each lane takes the next of its bench, and the longest come first. */
export class RowQueues {
  private readonly queues = new Map<string, Queue>();
  private readonly times = new Map<string, number>();

  constructor(rows: readonly FaultRow[]) {
    // The deadline of a row says how long it may take; one long row at the end would be waited for alone.
    for (const row of [...rows].sort((one, other) => other.withinMs - one.withinMs)) {
      const bench = benchOf(row);
      if (bench === undefined) continue;
      const queue = this.queues.get(bench) ?? { rows: [], open: 0, failedOpenings: 0 };
      queue.rows.push(row);
      this.queues.set(bench, queue);
    }
  }

  /** The bench that one more lane does most good on, counted as open from now on; undefined: none is worth its opening. */
  benchToOpen(): string | undefined {
    const [best] = [...this.queues]
      .filter(
        ([, { rows, open }]) =>
          rows.length > 0 && (open === 0 || rows.length / (open + 1) >= ROWS_WORTH_A_BENCH),
      )
      .sort(([, one], [, other]) => other.rows.length / other.open - one.rows.length / one.open);
    if (best === undefined) return undefined;
    best[1].open += 1;
    return best[0];
  }

  closed(bench: string): void {
    this.of(bench).open -= 1;
  }

  /** Counts an opening that came to nothing. @returns How many have by now. */
  failedToOpen(bench: string): number {
    return (this.of(bench).failedOpenings += 1);
  }

  /** Takes the next row of a bench. */
  next(bench: string): FaultRow | undefined {
    return this.of(bench).rows.shift();
  }

  /** Puts a row back that the machine spoilt, which says nothing of the fault. @returns False for others, and for one that it spoils again and again. */
  again(row: FaultRow, { ok, codes }: RowResult): boolean {
    const times = (this.times.get(row.id) ?? 0) + 1;
    this.times.set(row.id, times);
    const expected: readonly string[] = row.codes.flat();
    const isSpoilt = codes.some((code) => ofTheMachine.has(code) && !expected.includes(code));
    if (ok || !isSpoilt || times >= MOST_TIMES) return false;
    this.of(benchOf(row) ?? '').rows.push(row);
    return true;
  }

  private of(bench: string): Queue {
    const queue = this.queues.get(bench);
    if (queue === undefined) throw new RangeError(`no row is for a bench ${bench}`);
    return queue;
  }
}
