import type { PcmClip } from '../audio';
import { toWireError, type WireError } from '../errors';
import type {
  BoardEvent,
  CaptureSlice,
  Corpus,
  NetworkShape,
  PlayedConditions,
  Playback,
  EventSequence,
  ProviderEvent,
  RigTruth,
  SentReply,
  SpeechClip,
  TurnExpectation,
  TurnRecord,
} from '../ports';
import { msOfSamples, samplesIn } from '../units';
import { advertisedIn } from './advertised';
import { Conversation, type ConversationState } from './conversation-state';
import { clockLinesBefore, clockMarkersBefore } from './clock-lines';
import { sessionTakenAway } from './hung-up';
import { InterruptionDue } from './interruption-due';
import { OrderedCrash } from './ordered-crash';
import { stallsSince, unlessGone } from './provider-stalls';
import { SELF_TRIGGERS, SelfTriggers, talksToItself } from './self-triggers';
import { settle } from './settle';
import { SpeakerAlone } from './speaker-alone';
import type { SpeakerWatch } from './speaker-watch';
import type { TurnBench, TurnTiming } from './turn-bench';
import { draftTiming, TurnDraft } from './turn-draft';
import { restoreNetwork, scriptOf } from './turn-script';
import { waitForBench, type WaitEnd } from './await-bench';

/** Capture kept ahead of the prompt: the noise floor is measured there. */
const PRE_ROLL_MS = 300;
/** A prompt that the provider has not begun to hear this long after its end is not going to be answered. */
const UNHEARD_AFTER_MS = 2_500;
/** Sound of a reply may come this much later than sent before it counts as not coming at all. */
const LATEST_PLAYOUT_MS = 1_500;
/** A call that is asked for is executed this much later at the latest where no reply tells of it. */
const LATEST_EXECUTION_MS = 1_500;
/** No turn is longer, whatever happens. */
const LONGEST_TURN_MS = 60_000;
/** The prompt is on its way into the air until then: not a time to listen for the reply. */
const OUTPUT_SETTLE_MS = 100;

export interface TurnPlan {
  readonly turnId: string;
  readonly session: number;
  readonly turnInSession: number;
  readonly prompt: SpeechClip;
  readonly promptSound: PcmClip;
  /** What is played ahead of the first prompt's clip, in samples of the rig; default: nothing. */
  readonly leadSamples?: number;
  /** What was made of the sounds of this turn's prompts; `gainDb` is added here. Absent: nothing. */
  readonly conditions?: PlayedConditions;
  readonly survey?: true;
  readonly expected: TurnExpectation;
  /** A second prompt that interrupts the reply, `afterMs` after the reply became audible on the speaker channel. */
  readonly interruption?: {
    readonly prompt: SpeechClip;
    readonly promptSound: PcmClip;
    readonly expected: TurnExpectation;
    readonly afterMs: number;
  };
  /** Have the firmware crash so long after its reply became audible. Goes with no interruption. */
  readonly crashAfterMs?: number;
  /** How the link to the provider is until the turn is over. Absent: as the bench opened it. */
  readonly network?: NetworkShape;
  readonly replies: Corpus['replies'];
  /** First event of this session in the provider's log. */
  readonly sessionSeq: number;
  /** Called once the prompt is on its way. */
  readonly onPlaying?: () => void;
  /**
   * Called in the midst of the quiet behind the reply with the record of a turn that is most likely over, so that it can be measured
   * meanwhile. If nothing comes on top until that quiet is over, this very record is the turn's; else there is another one.
   */
  readonly onDraft?: (draft: TurnRecord) => void;
}

type TurnStop = 'answered' | 'unheard' | 'answers-itself';
type TurnEnd = WaitEnd<TurnStop | 'deadline' | 'interrupt'>;

/** What ends a turn, asked at every block: the reply is over, or it is clear that none will come. */
function turnStop(
  state: ConversationState,
  expected: TurnExpectation,
  watch: SpeakerWatch,
  timing: TurnTiming,
  nowMs: number,
  promptEndsAtMs: number,
): TurnStop | undefined {
  if (nowMs < promptEndsAtMs) return undefined;
  if (!state.speechStarted) return nowMs > promptEndsAtMs + UNHEARD_AFTER_MS ? 'unheard' : undefined;
  if (!state.endpointed || state.responding || !state.answered) return undefined;
  // Firmware that returns nothing of its calls is given the time to execute them.
  const executing = expected.spoken || nowMs < state.askedAtMs + LATEST_EXECUTION_MS;
  if (state.awaitsBoard && executing) return undefined;
  const replyDue = expected.spoken && !state.spoke;
  if (replyDue || nowMs < state.playoutEndsAtMs) return undefined;
  if (watch.quietMs >= timing.quietMs) {
    // Quiet because it is over, or because it has not begun: sent sound gets its time to come out.
    const quietSinceMs = nowMs - watch.quietMs;
    const over = quietSinceMs > state.playoutEndsAtMs - timing.quietMs || !state.spoke;
    if (over || nowMs > state.playoutEndsAtMs + LATEST_PLAYOUT_MS) return 'answered';
  }
  return undefined;
}

/** As `turnStop`, and the deadline, which sound that was sent may outlast. */
function stopOf(
  state: ConversationState,
  expected: TurnExpectation,
  watch: SpeakerWatch,
  timing: TurnTiming,
  nowMs: number,
  promptEndsAtMs: number,
): TurnStop | 'deadline' | undefined {
  const stop = turnStop(state, expected, watch, timing, nowMs, promptEndsAtMs);
  if (stop !== undefined) return stop;
  const sounds = state.spoke && nowMs < state.playoutEndsAtMs + LATEST_PLAYOUT_MS;
  return nowMs > promptEndsAtMs + timing.deadlineMs && !sounds ? 'deadline' : undefined;
}

/**
 * Plays one prompt on a quiet board, and into its reply a second one where the plan interrupts, and keeps what every side
 * saw until the reply to the last one ended, the deadline passed or something
 * broke. What broke is in the record's `faults`; this function itself throws only when the board never gets quiet, or the
 * bench was broken or the session ended by the provider (`HIL_PROVIDER_SESSION_FAILED`) before the prompt started.
 */
export async function playTurn(
  bench: TurnBench,
  watch: SpeakerWatch,
  timing: TurnTiming,
  plan: TurnPlan,
): Promise<TurnRecord> {
  const { board, rig, provider, clock } = bench;
  const { interruption } = plan;
  await settle(bench, watch, timing, { fromSeq: plan.sessionSeq });
  await board.pingClock?.();
  const takenAway = sessionTakenAway(board.name, provider.events.slice(plan.sessionSeq));
  if (takenAway !== undefined) throw takenAway;
  const firstEvent = board.events.length;
  await provider.expectTurn(scriptOf(plan));

  const firstLine = board.console.cursor();
  const firstSeq = provider.events.length;
  const startedAtHostMs = clock.nowMs();
  const captureFrom = Math.max(0, rig.position - samplesIn(PRE_ROLL_MS, rig.rateHz));
  const play = async (sound: PcmClip): Promise<PlayedPrompt> => {
    const playback = await rig.play(sound, {
      gainDb: timing.playbackGainDb + (plan.conditions?.gainDb ?? 0),
    });
    const left = playback.startedAtRigSample + playback.lengthSamples - rig.position;
    return { playback, endsAtMs: clock.nowMs() + msOfSamples(left, rig.rateHz) + OUTPUT_SETTLE_MS };
  };
  const first = await play(plan.promptSound);
  plan.onPlaying?.();

  const conversation = new Conversation(provider.events, firstSeq);
  /** What is detected from now on is nobody's but the board's: the bench plays nothing. */
  let selfTriggers: SelfTriggers | undefined;
  const answersItself = ({ playoutEndsAtMs }: ConversationState): boolean => {
    if (clock.nowMs() < promptEndsAtMs) return false;
    selfTriggers ??= new SelfTriggers(provider.events);
    return selfTriggers.update(playoutEndsAtMs) >= SELF_TRIGGERS;
  };
  // Nobody sees what a provider does that the board reaches by itself: there the speaker tells.
  const alone = provider.unwatched === true ? new SpeakerAlone(watch, timing) : undefined;
  const due = interruption && new InterruptionDue(bench, watch, interruption.afterMs);
  const crash =
    plan.crashAfterMs === undefined ? undefined : new OrderedCrash(bench, watch, plan.crashAfterMs);
  let promptEndsAtMs = first.endsAtMs;
  const isPlain = interruption === undefined && crash === undefined && alone === undefined;
  const early = isPlain && plan.onDraft && plan.network === undefined ? draftTiming(timing) : undefined;
  const over = (waiting: TurnTiming): Promise<TurnEnd> =>
    waitForBench<TurnStop | 'deadline' | 'interrupt'>(
      bench,
      () => {
        const { state } = conversation;
        const shown = alone === undefined ? state : { ...state, spoke: true, responding: true };
        if (clock.nowMs() >= promptEndsAtMs && due?.isDue(shown) === true) return 'interrupt';
        if (clock.nowMs() >= promptEndsAtMs) crash?.sendWhenDue(shown);
        if (crash?.isAwaited === true) return undefined;
        if (alone !== undefined) return alone.stop(clock.nowMs(), promptEndsAtMs);
        if (answersItself(state)) return 'answers-itself';
        return stopOf(state, plan.expected, watch, waiting, clock.nowMs(), promptEndsAtMs);
      },
      LONGEST_TURN_MS,
      firstEvent,
    );
  let end = await over(early ?? timing);
  let interrupting: NonNullable<TurnRecord['interruption']>['playback'];
  if (interruption !== undefined && end.state === 'held' && end.value === 'interrupt') {
    const { expected } = interruption;
    // What is said of the first prompt is of no weight any more; what was sent for it may still be playing.
    const second = new Conversation(provider.events, provider.events.length);
    const askedAtHostMs = clock.nowMs();
    const secondAlone = alone && new SpeakerAlone(watch, timing);
    const { playback, endsAtMs } = await play(interruption.promptSound);
    interrupting = { ...placeOf(playback), askedAtHostMs };
    promptEndsAtMs = endsAtMs;
    selfTriggers = undefined;
    end = await waitForBench<TurnStop | 'deadline'>(
      bench,
      () => {
        if (secondAlone !== undefined) return secondAlone.stop(clock.nowMs(), promptEndsAtMs);
        const { playoutEndsAtMs } = conversation.state;
        const state = { ...second.state, playoutEndsAtMs };
        if (answersItself(state)) return 'answers-itself';
        return stopOf(state, expected, watch, timing, clock.nowMs(), promptEndsAtMs);
      },
      LONGEST_TURN_MS,
      firstEvent,
    );
  }
  const recordOf = async (ending: TurnEnd): Promise<TurnRecord> => {
    const faults: WireError[] = ending.state === 'broken' ? [toWireError(ending.error)] : [];
    const slice = await captureOf(bench, captureFrom, faults);
    // Its answers belong to the record: they tell how far the board's clock has drifted since those before the prompt.
    if (ending.state !== 'broken') await board.pingClock?.();
    const received = await receivedOf(bench, plan, firstSeq, startedAtHostMs, faults);
    const { replies, isComplete } = await repliesOf(bench, plan, firstSeq, faults);
    const network = await networkOf(bench, startedAtHostMs, faults);
    const stalls = await stallsSince(bench, startedAtHostMs, faults);
    await restoreNetwork(provider, plan, faults);
    const waitedMs = Math.max(0, clock.nowMs() - promptEndsAtMs);
    const boardEvents = board.events.slice(firstEvent);
    addFaultsOf(boardEvents, faults);
    const orderedCrash = crash?.outcome(faults);

    return Object.freeze({
      schema: 'earshot/turn@1' as const,
      turnId: plan.turnId,
      boardName: board.name,
      session: plan.session,
      turnInSession: plan.turnInSession,
      prompt: plan.prompt,
      expected: plan.expected,
      topology: rig.topology,
      startedAtHostMs,
      endedAtHostMs: clock.nowMs(),
      ending: endingOf(ending),
      deadlineMs:
        ending.state === 'held' && ending.value === 'unheard' ? Math.round(waitedMs) : timing.deadlineMs,
      ...(rig.roundTrip === undefined ? {} : { roundTrip: rig.roundTrip }),
      ...(rig.acousticDelayMs === undefined ? {} : { acousticDelayMs: rig.acousticDelayMs }),
      playback: placeOf(first.playback, plan.leadSamples),
      ...(plan.conditions === undefined ? {} : { conditions: plan.conditions }),
      ...(plan.survey === undefined ? {} : { survey: plan.survey }),
      ...(interruption === undefined ? {} : { interruption: interruptionOf(interruption, interrupting) }),
      ...(orderedCrash === undefined ? {} : { orderedCrash }),
      capture: slice === undefined ? undefined : saved(bench, plan.turnId, slice),
      received,
      replies,
      ...(isComplete && alone === undefined ? {} : { replyAudio: 'unknown' as const }),
      ...(alone === undefined ? {} : { unwatched: true as const }),
      advertised: advertisedIn(provider.events.slice(plan.sessionSeq), board.events),
      consoleLines: board.console.lines.filter((line) => line.index >= firstLine),
      ...(board.console.link === undefined ? {} : { consoleLink: board.console.link }),
      clockLines: clockLinesBefore(board.console.lines, firstLine),
      ...clockMarkersBefore(board.events, board.console.lines, firstLine),
      boardEvents,
      providerEvents: provider.events.slice(firstSeq),
      ...(network === undefined ? {} : { network }),
      ...(stalls === undefined ? {} : { providerStalls: stalls }),
      faults,
      truth:
        slice === undefined
          ? undefined
          : truthBehind(
              rig.truth(captureFrom, captureFrom + (slice.channels[0]?.length ?? 0)),
              first.playback,
              plan.leadSamples,
            ),
    });
  };
  if (early !== undefined && end.state === 'held' && end.value === 'answered') {
    const { soundMs } = watch;
    const draft = new TurnDraft(await recordOf(end), soundMs, { firstEvent, firstLine, firstSeq });
    if (draft.isSound) plan.onDraft?.(draft.record);
    end = await over(timing);
    const isOver = end.state === 'held' && end.value === 'answered';
    if (isOver && draft.isSound && draft.isWhole(bench, watch)) return draft.record;
  }
  if (end.state === 'held' && end.value === 'answers-itself')
    end = { state: 'broken', error: talksToItself(board.name, selfTriggers?.count ?? 0) };
  if (end.state === 'broken') rig.mute();

  return recordOf(end);
}

/** A prompt on its way into the air, and when it will have been heard. */
interface PlayedPrompt {
  readonly playback: Playback;
  readonly endsAtMs: number;
}

const interruptionOf = (
  { prompt, expected, afterMs }: NonNullable<TurnPlan['interruption']>,
  playback: NonNullable<TurnRecord['interruption']>['playback'],
): TurnRecord['interruption'] => ({ prompt, expected, afterMs, playback });

/** Adds what the board reported before or after anybody waited: a crash behind the reply is the turn's as well. */
function addFaultsOf(events: readonly BoardEvent[], faults: WireError[]): void {
  for (const event of events) {
    if (event.type === 'fault' && !faults.some(({ code }) => code === event.error.code))
      faults.push(event.error);
  }
}

/** Where the clip itself was played, behind what was put ahead of it. */
const placeOf = ({ startedAtRigSample, lengthSamples }: Playback, leadSamples = 0): Playback => ({
  startedAtRigSample: startedAtRigSample + leadSamples,
  lengthSamples: lengthSamples - leadSamples,
});

/** The truth of where the clip itself stands: the rig counts from the first sample that it was handed. */
function truthBehind(
  truth: RigTruth | undefined,
  { startedAtRigSample }: Playback,
  leadSamples = 0,
): RigTruth | undefined {
  if (truth === undefined || leadSamples === 0) return truth;
  const moved = (at: number): number => (at === startedAtRigSample ? at + leadSamples : at);
  const { promptStartAtRigSample, playbackStartsAtRigSample } = truth;
  return {
    ...truth,
    ...(promptStartAtRigSample === undefined
      ? {}
      : { promptStartAtRigSample: moved(promptStartAtRigSample) }),
    ...(playbackStartsAtRigSample === undefined
      ? {}
      : { playbackStartsAtRigSample: playbackStartsAtRigSample.map(moved) }),
  };
}

function endingOf(end: TurnEnd): TurnRecord['ending'] {
  if (end.state === 'broken') return 'fault';
  return end.state === 'held' && end.value === 'answered' ? 'answered' : 'deadline';
}

async function captureOf(
  { rig }: TurnBench,
  fromRigSample: number,
  faults: WireError[],
): Promise<CaptureSlice | undefined> {
  try {
    return await rig.capture(fromRigSample, rig.position);
  } catch (cause) {
    // What every other side saw is kept; the record says why the sound is missing.
    faults.push(toWireError(cause));
    return undefined;
  }
}

function saved(bench: TurnBench, turnId: string, slice: CaptureSlice): TurnRecord['capture'] {
  const { channels, rateHz, roles, firstRigSample, clockPoints, maxLagMs, overruns, xruns } = slice;
  return {
    path: bench.saveCapture(turnId, { channels, rateHz }),
    rateHz,
    roles,
    firstRigSample,
    lengthSamples: channels[0]?.length ?? 0,
    clockPoints,
    maxLagMs,
    overruns,
    ...(xruns === undefined ? {} : { xruns }),
  };
}

async function networkOf(
  { provider, clock }: TurnBench,
  startedAtHostMs: number,
  faults: WireError[],
): Promise<TurnRecord['network']> {
  const window = { fromHostAtMs: startedAtHostMs, toHostAtMs: clock.nowMs() };
  return unlessGone(provider.networkFacts?.(window), faults);
}

/** How a session begins and ends says nothing of what it was used for: the one before it may be missed only now. */
const aboutTheSession: ReadonlySet<ProviderEvent['type']> = new Set([
  'session-open',
  'session-closed',
  'media',
]);

/** The session that the prompt went to; undefined: none was ever open. */
function sessionOfTurn(events: EventSequence<ProviderEvent>, firstSeq: number): string | undefined {
  const used = events
    .slice(firstSeq)
    .find(({ type, sessionId }) => sessionId !== undefined && !aboutTheSession.has(type));
  const opened = (before: number): ProviderEvent | undefined =>
    events.slice(0, before).findLast(({ type }) => type === 'session-open');
  return (used ?? opened(firstSeq) ?? opened(Infinity))?.sessionId;
}

async function receivedOf(
  { provider, clock, receivedPath }: TurnBench,
  plan: TurnPlan,
  firstSeq: number,
  startedAtHostMs: number,
  faults: WireError[],
): Promise<TurnRecord['received']> {
  const sessionId = sessionOfTurn(provider.events, firstSeq);
  if (sessionId === undefined) return undefined;
  const { absolute, relative } = receivedPath(plan.turnId);
  try {
    const received = await provider.saveReceived({
      sessionId,
      fromHostAtMs: startedAtHostMs - PRE_ROLL_MS,
      toHostAtMs: clock.nowMs(),
      path: absolute,
    });
    return received === undefined ? undefined : { ...received, path: relative };
  } catch (cause) {
    // A provider that died is in `faults` already; its received audio is gone with it.
    if (faults.length === 0) faults.push(toWireError(cause));
    return undefined;
  }
}

/** The replies that were sent, and whether the sound of each is known. */
async function repliesOf(
  { provider, replyPath }: TurnBench,
  plan: TurnPlan,
  firstSeq: number,
  faults: WireError[],
): Promise<{ readonly replies: readonly SentReply[]; readonly isComplete: boolean }> {
  const sent = new Map<string, Extract<ProviderEvent, { readonly type: 'audio-out' }>>();
  for (const event of provider.events.slice(firstSeq)) {
    if (event.type === 'audio-out' && !sent.has(event.itemId)) sent.set(event.itemId, event);
  }
  const replies: SentReply[] = [];
  for (const { responseId, itemId, replyId } of sent.values()) {
    const ofCorpus = plan.replies.get(replyId);
    if (ofCorpus !== undefined) {
      replies.push({ responseId, itemId, clip: ofCorpus });
      continue;
    }
    const { absolute, relative } = replyPath(plan.turnId, replies.length);
    try {
      const clip = await provider.saveReply?.({ itemId, path: absolute });
      if (clip !== undefined) replies.push({ responseId, itemId, clip, path: relative });
    } catch (cause) {
      // As with what was received: a provider that died is in `faults` already.
      if (faults.length === 0) faults.push(toWireError(cause));
    }
  }
  // A corpus's mock knows what it says; whoever else sent sound that nobody holds leaves the reply unknown.
  const isComplete = provider.saveReply === undefined || replies.length === sent.size;
  return { replies, isComplete };
}
