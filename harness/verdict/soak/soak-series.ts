import type { BoardEvent } from '../../ports';
import type { JudgedTurn } from '../turn-outcome';

/** A line of the run's journal, as much of it as is read here. */
export interface JournalEvent {
  readonly kind: string;
  readonly hostAtMs?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Caches fill, sessions get their buffers: nothing is judged by a boot's samples before it has had so many turns. */
const WARM_UP_TURNS = 5;
/** The same by time: so much of the whole soak, and so long at most. */
const WARM_UP_SHARE = 0.1;
const LONGEST_WARM_UP_MS = 15 * 60_000;

/** One thing that a soak follows. */
export type SoakSeriesName = 'internal' | 'psram' | 'idle0' | 'idle1' | 'voiceToVoice' | 'questionToAnswer';

export interface SoakSample {
  /** From the beginning of the soak. */
  readonly atMs: number;
  /** Turns before it. */
  readonly turns: number;
  readonly value: number;
  /** Samples of different boots say nothing of each other. */
  readonly boot: string;
  /** Behind the warm-up. */
  readonly isWarm: boolean;
}

/** What happened over a soak, in numbers. */
export interface SoakCounts {
  readonly turns: number;
  /** Sessions that turns were played in, the first one included. */
  readonly sessions: number;
  readonly boots: number;
  /** Boots that nobody had ordered. */
  readonly unorderedBoots: number;
}

export interface SoakSeries {
  readonly counts: SoakCounts;
  readonly series: Readonly<Record<SoakSeriesName, readonly SoakSample[]>>;
}

/** Boots that somebody at the bench has caused. */
const expectedStarts: ReadonlySet<unknown> = new Set(['ordered', 'joined']);

/** What a sample of the board says, by series. */
function valuesOf(event: BoardEvent): readonly (readonly [SoakSeriesName, number])[] {
  if (event.type === 'heap') {
    const { internalBytes, psramBytes } = event;
    return [
      ['internal', internalBytes],
      ...(psramBytes === undefined ? [] : [['psram', psramBytes] as const]),
    ];
  }
  if (event.type !== 'tasks') return [];
  return event.tasks.flatMap(({ name, percent }) => {
    const series = name === 'IDLE0' ? 'idle0' : name === 'IDLE1' ? 'idle1' : undefined;
    return series === undefined ? [] : [[series, percent] as const];
  });
}

const latencyOf = (turn: JudgedTurn): readonly (readonly [SoakSeriesName, number])[] =>
  (['voiceToVoice', 'questionToAnswer'] as const).flatMap((name) => {
    const measured = turn.measurement.measures[name];
    return measured?.state === 'measured' ? [[name, measured.valueMs] as const] : [];
  });

/**
 * What a soak saw over its time, from its journal and its turns.
 * @param plannedMs - How long the whole soak was to be: the warm-up is a share of it, whenever it ended.
 */
export function soakSeries(
  events: readonly JournalEvent[],
  turns: readonly JudgedTurn[],
  { startedAtHostMs, plannedMs }: { readonly startedAtHostMs: number; readonly plannedMs: number },
): SoakSeries {
  const byId = new Map(turns.map((turn) => [turn.record.turnId, turn]));
  const series: Record<SoakSeriesName, SoakSample[]> = {
    internal: [],
    psram: [],
    idle0: [],
    idle1: [],
    voiceToVoice: [],
    questionToAnswer: [],
  };
  const warmFromMs = Math.min(LONGEST_WARM_UP_MS, plannedMs * WARM_UP_SHARE);
  const sessions = new Set(turns.map(({ record }) => record.session)).size;
  const counts = { turns: 0, sessions, boots: 0, unorderedBoots: 0 };
  let [boot, turnsAtBoot] = ['', 0];
  const add = (
    found: readonly (readonly [SoakSeriesName, number])[],
    atMs: number,
    needsWarmth: boolean,
  ): void => {
    const isWarm = atMs >= warmFromMs && (!needsWarmth || counts.turns - turnsAtBoot >= WARM_UP_TURNS);
    for (const [name, value] of found) series[name].push({ atMs, turns: counts.turns, value, boot, isWarm });
  };
  for (const { kind, hostAtMs, data } of events) {
    if (hostAtMs === undefined) continue;
    const atMs = hostAtMs - startedAtHostMs;
    if (kind === 'turn') {
      counts.turns += 1;
      const turn = byId.get(String(data['turnId']));
      if (turn !== undefined && !isSpoilt(turn)) add(latencyOf(turn), atMs, false);
    }
    if (kind !== 'board') continue;
    const event = { ...data, hostAtMs } as unknown as BoardEvent;
    const { boardName = '' } = data as { readonly boardName?: string };
    const of = `${boardName} ${event.boot}`;
    if (of !== boot) [boot, turnsAtBoot] = [of, counts.turns];
    if (event.type === 'boot') counts.boots += 1;
    if (event.type === 'boot-ended' && !expectedStarts.has(event.session.startedBy) && event.session.boot > 0)
      counts.unorderedBoots += 1;
    add(valuesOf(event), atMs, true);
  }
  return { counts, series };
}

/** A take that the rig spoilt, or that was to show how far the board goes. */
const isSpoilt = ({ record, measurement }: JudgedTurn): boolean =>
  record.survey === true || (measurement.take?.spoiltBy.length ?? 0) > 0;
