import type { FinishedRun } from '../../run';

/** What a run's time went into, in ms. */
export interface RunOverhead {
  /** Prompt start to reply end and the configured quiet behind it, over all turns. */
  readonly spokenMs: number;
  /** Banner to the end of the greeting and the quiet behind it, over all boots; to the session, where nobody greets. */
  readonly bootsMs: number;
  /** What is left of the wall. */
  readonly overheadMs: number;
  /** What DESIGN §11 allows: 5 % of what was not overhead, and 5 s. */
  readonly allowedMs: number;
}

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const SHARE = 0.05;
const FIXED_MS = 5_000;

/** A turn up to the end of its reply, or to its own where none was heard. */
function spanOfTurn({ record, measurement }: FinishedRun['turns'][number], quietMs: number): Span {
  const replyEnd = measurement.marks.find(({ name }) => name === 'replyOffset');
  const toMs = replyEnd === undefined ? record.endedAtHostMs : replyEnd.hostAtMs + quietMs;
  return { fromMs: record.startedAtHostMs, toMs };
}

/** Boots, each until the board can be asked something or boots again. */
function spansOfBoots({ events }: Pick<FinishedRun, 'events'>, quietMs: number): Span[] {
  const boots = events.filter(({ kind, data }) => kind === 'board' && data['type'] === 'boot');
  return boots.flatMap(({ hostAtMs: fromMs }, index) => {
    if (fromMs === undefined) return [];
    const nextMs = boots[index + 1]?.hostAtMs ?? Infinity;
    const own = events.filter(({ hostAtMs = -1 }) => hostAtMs >= fromMs && hostAtMs < nextMs);
    const ready = own.find(({ kind, data }) => kind === 'board' && data['type'] === 'session-ready');
    // A boot whose session nobody waits for keeps the run no longer than to its application.
    const app = own.find(({ data }) => data['type'] === 'milestone' && data['milestone'] === 'app');
    const asked = own.find(({ kind, data }) => kind === 'provider' && data['type'] === 'speech-started');
    const greeting = own.filter(
      ({ kind, data, hostAtMs = 0 }) =>
        kind === 'provider' && data['type'] === 'audio-out' && hostAtMs < (asked?.hostAtMs ?? Infinity),
    );
    const soundMs = greeting.reduce(
      (sum, { data }) => sum + (1_000 * Number(data['lengthSamples'])) / Number(data['rateHz']),
      0,
    );
    const greeted = greeting[0]?.hostAtMs === undefined ? 0 : greeting[0].hostAtMs + soundMs + quietMs;
    const toMs = Math.max(greeted, ready?.hostAtMs ?? app?.hostAtMs ?? fromMs);
    return [{ fromMs, toMs: Math.min(toMs, nextMs) }];
  });
}

/** Time that is in any of them, counted once. */
function coveredMs(spans: readonly Span[]): number {
  let [covered, untilMs] = [0, -Infinity];
  for (const { fromMs, toMs } of [...spans].sort((a, b) => a.fromMs - b.fromMs)) {
    covered += Math.max(0, toMs - Math.max(fromMs, untilMs));
    untilMs = Math.max(untilMs, toMs);
  }
  return covered;
}

/**
 * What a run takes beyond what board and speech take: wall − Σ(prompt start → reply end + configured quiet) − board boots.
 * @param wallMs - From the start of the command to its end.
 */
export function runOverhead(
  run: Pick<FinishedRun, 'turns' | 'events'>,
  { wallMs, quietMs }: { readonly wallMs: number; readonly quietMs: number },
): RunOverhead {
  const turns = run.turns.map((turn) => spanOfTurn(turn, quietMs));
  const spokenMs = coveredMs(turns);
  const bootsMs = coveredMs([...turns, ...spansOfBoots(run, quietMs)]) - spokenMs;
  return {
    spokenMs,
    bootsMs,
    overheadMs: wallMs - spokenMs - bootsMs,
    allowedMs: SHARE * (spokenMs + bootsMs) + FIXED_MS,
  };
}
