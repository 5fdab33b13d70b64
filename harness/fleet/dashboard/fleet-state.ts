import { spentToday, type Held, type ProviderUse } from '../allowances';
import type { BenchRoll, BenchState } from '../roll';
import type { FleetQueue, JobRecord } from '../queue';
import type { BookedVerdict, VerdictBook } from '../verdict-book';
import { priorities, type Priority } from '../work';

/** A job that is under way. */
export interface FleetJob {
  readonly jobId: string;
  readonly priority: Priority;
  readonly firmwareSha256: string;
  /** Models that its units ask for. */
  readonly models: readonly string[];
  readonly waiting: number;
  readonly running: number;
  readonly done: number;
  /** Milliseconds since 1970. Absent: it may be played at once. */
  readonly notBeforeMs?: number;
  /** Why none of those that wait may begin. Absent: its providers allow one more. */
  readonly held?: Held;
}

/** A provider that is limited. */
export interface FleetProvider extends Pick<ProviderUse, 'provider' | 'allowance' | 'running'> {
  /** In cents. */
  readonly spentToday: number;
}

/** A fleet at an instant, as `/api/state` gives it. */
export interface FleetState {
  readonly schema: 'earshot/fleet-state@1';
  /** On the clock that all benches share, milliseconds since 1970. */
  readonly nowMs: number;
  readonly benches: readonly BenchState[];
  /** Under way, the most urgent first. */
  readonly jobs: readonly FleetJob[];
  /** Units that nobody plays yet. */
  readonly waiting: Readonly<Record<Priority, number>>;
  /** Those that are limited. */
  readonly providers: readonly FleetProvider[];
  /** The newest first. */
  readonly verdicts: readonly BookedVerdict[];
}

/** What a fleet is seen through. */
export interface FleetSources {
  readonly queue: FleetQueue;
  readonly roll: BenchRoll;
  readonly verdicts: VerdictBook;
}

/** So many verdicts are shown. */
const SHOWN_VERDICTS = 30;

/** Asks queue, roll and book. */
export async function readFleetState({ queue, roll, verdicts }: FleetSources): Promise<FleetState> {
  const statuses = (await queue.status()).filter(({ isOver }) => !isOver);
  const records = await Promise.all(statuses.map(({ jobId }) => queue.job(jobId)));
  const jobs = statuses.map(({ jobId, priority, waiting, running, done, held }, index) => ({
    ...{ jobId, priority, waiting, running, done },
    ...(held === undefined ? {} : { held }),
    ...orderOf(records[index]),
  }));
  const rank = ({ priority }: FleetJob): number => priorities.indexOf(priority);
  const waitingOf = Object.fromEntries(
    priorities.map((priority) => [
      priority,
      jobs.reduce((sum, job) => sum + (job.priority === priority ? job.waiting : 0), 0),
    ]),
  ) as Record<Priority, number>;
  const nowMs = await roll.nowMs();
  const providers = (await queue.providers()).map((use): FleetProvider => {
    const { provider, allowance, running } = use;
    return { provider, allowance, running, spentToday: spentToday(use, nowMs) };
  });
  return {
    schema: 'earshot/fleet-state@1',
    nowMs,
    benches: await roll.benches(),
    jobs: jobs.sort((a, b) => rank(a) - rank(b)),
    waiting: waitingOf,
    providers,
    verdicts: await verdicts.recent(SHOWN_VERDICTS),
  };
}

function orderOf(record: JobRecord | undefined): Pick<FleetJob, 'firmwareSha256' | 'models' | 'notBeforeMs'> {
  if (record === undefined) return { firmwareSha256: '', models: [] };
  const { firmwareSha256, pieces, notBeforeMs } = record.order;
  const models = [...new Set(pieces.map(({ needs }) => needs.boardModel))];
  return { firmwareSha256, models, ...(notBeforeMs === undefined ? {} : { notBeforeMs }) };
}

/** The same state for all who ask within so long: a fleet has many screens and one Redis. */
export class SharedState {
  private last: { readonly atMs: number; readonly state: Promise<FleetState> } | undefined;

  constructor(
    private readonly read: () => Promise<FleetState>,
    private readonly nowMs: () => number,
    private readonly freshForMs: number,
  ) {}

  get(): Promise<FleetState> {
    const nowMs = this.nowMs();
    if (this.last !== undefined && nowMs - this.last.atMs < this.freshForMs) return this.last.state;
    const state = this.read();
    this.last = { atMs: nowMs, state };
    // Who asks next tries again.
    state.catch(() => this.forget());
    return state;
  }

  /** Something has changed. */
  forget(): void {
    this.last = undefined;
  }
}
