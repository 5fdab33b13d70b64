import { toWireError, type WireError } from '../errors';
import type {
  BoardDate,
  BoardEvent,
  NetworkShape,
  EventSequence,
  ProviderEvent,
  ProviderFault,
  SpeechClip,
  TextTurnRecord,
  TimeQuestion,
} from '../ports';
import { waitForBench } from './await-bench';
import { clockLinesBefore, clockMarkersBefore } from './clock-lines';
import { stallsSince } from './provider-stalls';
import type { TextBench, TextTiming } from './turn-bench';
import { restoreNetwork, scriptOf } from './turn-script';

/** No turn is longer, whatever happens. */
const LONGEST_TURN_MS = 60_000;
/** What the provider did last may be told this much later than the board's last line. */
const PROVIDER_LATE_MS = 300;

export interface AskPlan {
  readonly turnId: string;
  readonly session: number;
  readonly turnInSession: number;
  /** What is typed; undefined: the board is reset and asks a question of its own. */
  readonly prompt: SpeechClip | undefined;
  /** What the provider is to do wrong in this turn. */
  readonly fault?: ProviderFault;
  /** How the link to the provider is until the turn is over. Absent: as the bench opened it. */
  readonly network?: NetworkShape;
  /** What goes wrong by order, where the plan says nothing, with an utterance that the provider recognises. */
  readonly orderedFor: (utterance: string | undefined) => TextTurnRecord['ordered'];
  /** Called once the question is on its way. */
  readonly onAsked?: () => void;
}

/** Where a turn in writing stands, by the logs of both sides from its beginning on. */
class Exchange {
  constructor(
    private readonly bench: TextBench,
    private readonly from: { readonly event: number; readonly seq: number },
    private readonly atBoot: boolean,
  ) {}

  /** What the board said; of a board that asks by itself, since it booted. */
  get board(): readonly BoardEvent[] {
    const events = this.bench.board.events.slice(this.from.event);
    if (!this.atBoot) return events;
    return events.slice(events.findIndex(({ type }) => type === 'boot') + 1);
  }

  /** What the provider did; for a board that asks by itself, since it booted: what it asked before is cut off. */
  get provider(): readonly ProviderEvent[] {
    const events = this.bench.provider.events.slice(this.from.seq);
    if (!this.atBoot) return events;
    const boot = this.bench.board.events.slice(this.from.event).find(({ type }) => type === 'boot');
    return boot === undefined ? events : events.filter(({ hostAtMs }) => hostAtMs >= boot.hostAtMs);
  }

  get requestedAtMs(): number | undefined {
    const sent = this.board.find(({ type }) => type === 'request-sent');
    return this.provider.find(({ type }) => type === 'request')?.hostAtMs ?? sent?.hostAtMs;
  }

  get hasBegun(): boolean {
    return (
      this.provider.some(({ type }) => type === 'first-token' || type === 'text-out') ||
      this.board.some(({ type }) => type === 'first-text')
    );
  }

  /** The provider has nothing more to say to the latest request. */
  get providerDoneAtMs(): number | undefined {
    const { provider } = this;
    const request = provider.findLastIndex(({ type }) => type === 'request');
    const over: ReadonlySet<ProviderEvent['type']> = new Set(['text-out', 'response-done', 'error']);
    return provider.slice(request + 1).find(({ type }) => over.has(type))?.hostAtMs;
  }

  /** The board printed its answer, or why there is none. */
  get boardDoneAtMs(): number | undefined {
    return this.board.find(({ type }) => type === 'request-failed' || type === 'answer')?.hostAtMs;
  }
}

type Stop = 'answered' | 'deadline';

function stopOf(
  exchange: Exchange,
  timing: TextTiming,
  askedAtMs: number | undefined,
  nowMs: number,
): Stop | undefined {
  const { boardDoneAtMs, providerDoneAtMs } = exchange;
  if (boardDoneAtMs !== undefined) {
    // An error that the board reports may have been the provider's last word, or none of its.
    const isTold = providerDoneAtMs !== undefined || nowMs > boardDoneAtMs + PROVIDER_LATE_MS;
    return isTold ? 'answered' : undefined;
  }
  if (providerDoneAtMs !== undefined)
    return nowMs > providerDoneAtMs + timing.deadlineMs ? 'deadline' : undefined;
  if (exchange.hasBegun) return undefined;
  const sinceMs = askedAtMs ?? exchange.requestedAtMs;
  return sinceMs !== undefined && nowMs > sinceMs + timing.deadlineMs ? 'deadline' : undefined;
}

/**
 * Asks a question in writing, by its command or by a reset, and keeps what every side saw until the board printed the whole
 * answer, or why there is none, or the deadline passed or something broke. What broke is in the record's `faults`.
 * @throws HilError of the part that broke before the board was asked; of a reset that the board did not come back from.
 */
export async function askTurn(bench: TextBench, timing: TextTiming, plan: AskPlan): Promise<TextTurnRecord> {
  const { board, provider, clock } = bench;
  const { turnId, prompt, fault } = plan;
  const atBoot = prompt === undefined;
  if (!atBoot) await board.pingClock?.();
  await provider.expectTurn(scriptOf(plan));
  const firstLine = board.console.cursor();
  const from = { event: board.events.length, seq: provider.events.length };
  const startedAtHostMs = clock.nowMs();
  const startedAtUnixMs = bench.unixNowMs();
  if (atBoot) await board.reset();
  else await board.ask(prompt.transcript);
  const askedAtHostMs = atBoot ? undefined : clock.nowMs();
  plan.onAsked?.();

  const exchange = new Exchange(bench, from, atBoot);
  const end = await waitForBench<Stop>(
    bench,
    () => {
      const nowMs = clock.nowMs();
      const isOverdue = nowMs > startedAtHostMs + timing.requestMs && exchange.requestedAtMs === undefined;
      const stop = stopOf(exchange, timing, askedAtHostMs, nowMs);
      return stop ?? (atBoot && isOverdue ? 'deadline' : undefined);
    },
    LONGEST_TURN_MS,
    from.event,
  );

  if (end.state !== 'broken') await board.pingClock?.();
  const boardEvents = board.events.slice(from.event);
  const faults: WireError[] = end.state === 'broken' ? [toWireError(end.error)] : [];
  for (const event of boardEvents) {
    if (event.type === 'fault' && !faults.some(({ code }) => code === event.error.code))
      faults.push(event.error);
  }
  await restoreNetwork(provider, plan, faults);
  const endedAtHostMs = clock.nowMs();
  const stalls = await stallsSince(bench, startedAtHostMs, faults);
  const providerEvents = exchange.provider;
  const heard = providerEvents.findLast((event) => event.type === 'heard');
  const ordered = fault ?? plan.orderedFor(prompt?.utterance ?? heard?.utterance);
  const date = dateOf(board.events);
  return Object.freeze({
    schema: 'earshot/text-turn@1' as const,
    kind: 'text' as const,
    turnId,
    boardName: board.name,
    session: plan.session,
    turnInSession: plan.turnInSession,
    prompt,
    askedAtHostMs,
    ...(ordered === undefined ? {} : { ordered }),
    startedAtHostMs,
    startedAtUnixMs,
    endedAtHostMs,
    ending: end.state === 'broken' ? 'fault' : end.state === 'held' ? end.value : 'deadline',
    deadlineMs: timing.deadlineMs,
    consoleLines: board.console.lines.filter((line) => line.index >= firstLine),
    ...(board.console.link === undefined ? {} : { consoleLink: board.console.link }),
    ...(atBoot ? {} : { clockLines: clockLinesBefore(board.console.lines, firstLine) }),
    ...(atBoot ? {} : clockMarkersBefore(board.events, board.console.lines, firstLine)),
    boardEvents,
    providerEvents,
    ...(provider.unwatched === true ? { unwatched: true as const } : {}),
    ...(date === undefined ? {} : { boardDate: date }),
    ...(bench.timeQuestions === undefined
      ? {}
      : { timeQuestions: ofLatestBoot(bench.timeQuestions, board.events) }),
    ...(stalls === undefined ? {} : { providerStalls: stalls }),
    faults,
  });
}

/** What was asked since the board booted: before that its clock was another one. */
function ofLatestBoot(
  questions: readonly TimeQuestion[],
  events: EventSequence<BoardEvent>,
): readonly TimeQuestion[] {
  const bootedAtMs = events.findLast(({ type }) => type === 'boot')?.hostAtMs ?? -Infinity;
  return questions.filter(({ hostAtMs }) => hostAtMs >= bootedAtMs);
}

/** What the board of the latest boot has printed of its date. */
function dateOf(events: EventSequence<BoardEvent>): BoardDate | undefined {
  const boot = events.at(-1)?.boot;
  const told = events.findLast(
    (event) => event.boot === boot && (event.type === 'clock-set' || event.type === 'clock-unset'),
  );
  if (told?.type === 'clock-set') {
    const { unixMs, hostAtMs } = told;
    return { state: 'set', hostAtMs, ...(unixMs === undefined ? {} : { unixMs }) };
  }
  if (told?.type !== 'clock-unset') return undefined;
  return { state: 'unset', ...(told.reason === undefined ? {} : { reason: told.reason }) };
}
