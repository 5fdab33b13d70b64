import {
  loadVoiceActivityDetector,
  type MultiChannelClip,
  type PcmClip,
  type VoiceActivityDetector,
} from '../audio';
import type { SavedCapture, Topology, TurnRecord } from '../ports';
import { bargeInStop, replySilence, type ReplySilence } from './barge-in';
import { callDetour } from './call-detour';
import { hopsOf } from './call-hops';
import { matchCalls } from './calls';
import type { ClockMap, MappedInstant } from './clock-map';
import { TurnConsole } from './device-marks';
import { diagnoseTurn } from './diagnosis';
import { downlink } from './downlink';
import { measureEcho } from './echo';
import { endpointing } from './endpointing';
import type { FoundPrompt } from './found-prompt';
import { findInterruption, observeInterruption } from './found-interruption';
import { notMeasured, type Measured, type NotMeasuredReason } from './measured';
import { measureNames, type MeasureName } from './measures';
import { placePrompt } from './prompt-place';
import {
  answeringReply,
  arrivalOf,
  confirmingReply,
  endpointOf,
  eventsOf,
  type AnsweringReply,
} from './provider-marks';
import { checkReply, type HeardReply } from './reply-check';
import { replyLeadIn } from './reply-lead-in';
import { selfCheck } from './self-check';
import { CONSOLE_UNCERTAINTY_MS, stamped } from './stamps';
import { takeOf, type GoodTake, type Take } from './take';
import { timeToConfirmation } from './time-to-confirmation';
import { timeToFunctionCall } from './time-to-function-call';
import { ttfa } from './ttfa';
import type {
  CallObservation,
  EchoCheck,
  Mark,
  MeasurementMethods,
  TurnMeasurement,
} from './turn-measurement';
import { turnLevels } from './turn-levels';
import { hearUnknownReply, type UnknownReply } from './unknown-reply';
import { uplink } from './uplink';
import { voiceToVoice, type CapturePoint } from './voice-to-voice';
import { levelOf, promptAsBleed, receivedPrompt, type ReceivedPrompt } from './witness';

/** The sound of a turn, read by the caller. */
export interface TurnSound {
  /** Channels in the order of the record's roles. */
  readonly capture: MultiChannelClip | undefined;
  readonly prompt: PcmClip;
  /** What `record.received` describes. */
  readonly received: PcmClip | undefined;
  /** The prompt that was to interrupt the reply. */
  readonly interruption?: PcmClip | undefined;
  /** By clip id. */
  readonly replies: ReadonlyMap<string, PcmClip>;
}

/** The rig's clock may be mapped to the host's with so much error before a reply is looked for too late. */
const CLOCK_MARGIN_MS = 20;

/** Where each topology has the prompt (measurement.md section 2). */
const promptMethods: Readonly<Record<Topology, MeasurementMethods['prompt']>> = {
  loopback: 'loopback',
  virtual: 'loopback',
  bleed: 'bleed',
  timestamps: 'host-time',
};

/** A reply that was sent and what the capture has of it. */
interface SoughtReply {
  readonly answer: AnsweringReply | undefined;
  readonly heard: HeardReply | undefined;
}

/** What the sound of a turn shows, before anything is subtracted. */
interface Evidence {
  readonly take: Take;
  readonly prompt: FoundPrompt | undefined;
  readonly asBleed: boolean;
  readonly received: ReceivedPrompt;
  readonly answer: AnsweringReply | undefined;
  readonly heardReply: HeardReply | undefined;
  /** What was heard of a reply whose sound nobody knows; undefined: it is known, or there was nothing to hear it in. */
  readonly unknownReply: UnknownReply | undefined;
  /** The reply that confirms the turn's call, often the answer itself; undefined: nothing was called. */
  readonly confirmation: SoughtReply | undefined;
  readonly interruption: FoundPrompt | undefined;
  /** Undefined: no reply of which it could be told. */
  readonly silence: ReplySilence | undefined;
  readonly marks: readonly Mark[];
}

/** True when nobody knows what a reply sounds like: the provider cannot say, or the clip is missing. */
const replyIsUnknown = ({ replyAudio, replies }: TurnRecord, sound: TurnSound): boolean =>
  replyAudio === 'unknown' || replies.some(({ clip }) => !sound.replies.has(clip.id));

/**
 * A simulated rig runs in lock-step with its board: a block that was read late had really been exchanged late, and no line
 * shows that. How late the block at a place was is part of its uncertainty.
 */
function withReadingLateness(clock: ClockMap, { clockPoints }: SavedCapture): ClockMap {
  return {
    ...clock,
    toHost(at) {
      const { hostAtMs, uncertaintyMs } = clock.toHost(at);
      const block = clockPoints.find(({ rigSample }) => rigSample >= at);
      const lateMs = block === undefined ? 0 : block.hostAtMs - clock.toHost(block.rigSample).hostAtMs;
      return { hostAtMs, uncertaintyMs: Math.hypot(uncertaintyMs, lateMs) };
    },
  };
}

/** Maps places of the capture to the host's clock, constant latency of the converters included as an uncertainty. */
function captureClock(
  record: TurnRecord,
  take: GoodTake,
  prompt: FoundPrompt | undefined,
): ClockMap | undefined {
  const { clock, saved } = take;
  if (clock === undefined) return undefined;
  if (record.topology === 'virtual') return withReadingLateness(clock, saved);
  // Reading times cannot reveal how long converters and USB hold a sample; the round trip bounds it.
  const roundTripSamples =
    prompt === undefined || record.playback === undefined
      ? 0
      : prompt.clipAtSample + saved.firstRigSample - record.playback.startedAtRigSample;
  const constantMs = Math.max(0, (roundTripSamples * 1000) / saved.rateHz) / Math.sqrt(12);
  return {
    ...clock,
    toHost(at) {
      const { hostAtMs, uncertaintyMs } = clock.toHost(at);
      return { hostAtMs, uncertaintyMs: Math.hypot(uncertaintyMs, constantMs) };
    },
  };
}

function evidenceOf(
  record: TurnRecord,
  sound: TurnSound,
  calls: readonly CallObservation[],
  turnConsole: TurnConsole,
  vad: VoiceActivityDetector | undefined,
): Evidence {
  const take = takeOf(record, sound.capture);
  const good = take.state === 'good' ? take : undefined;
  const prompt = good && placePrompt(record, good, sound.prompt);
  const clock = good && captureClock(record, good, prompt);
  const marks: Mark[] = [];
  const markCapture = (
    name: Mark['name'],
    atSample: number,
    uncertaintySamples = 0,
  ): MappedInstant | undefined => {
    const atRigSample = atSample + (good?.saved.firstRigSample ?? 0);
    const mapped = clock?.toHost(atRigSample);
    if (mapped === undefined) return undefined;
    const placeMs = (uncertaintySamples * 1000) / (good?.saved.rateHz ?? 1);
    const instant = { ...mapped, uncertaintyMs: Math.hypot(mapped.uncertaintyMs, placeMs) };
    marks.push({ name, ...instant, atRigSample });
    return instant;
  };
  const markHost = (name: Mark['name'], instant: Omit<Mark, 'name'>): void =>
    void marks.push({ name, ...instant });

  const onset = prompt && markCapture('promptOnset', prompt.onsetAtSample, prompt.uncertaintySamples);
  const offset = prompt && markCapture('promptOffset', prompt.offsetAtSample, prompt.uncertaintySamples);
  const playing = onset && offset && { fromHostAtMs: onset.hostAtMs, toHostAtMs: offset.hostAtMs };
  const received = receivedPrompt(record, sound.received, sound.prompt, playing);
  const { offsetAtStreamSample } = received;
  if (record.received !== undefined && offsetAtStreamSample !== undefined) {
    const arrivedAtMs = arrivalOf(record.received, Math.round(offsetAtStreamSample));
    if (arrivedAtMs !== undefined) markHost('uplinkEnd', stamped(arrivedAtMs));
  }
  const endpoint = endpointOf(record, {
    ...(offsetAtStreamSample === undefined ? {} : { offsetAtStreamSample }),
    ...(sound.received === undefined ? {} : { streamRateHz: sound.received.rateHz }),
    ...(offset === undefined ? {} : { offsetAtHostMs: offset.hostAtMs }),
  });
  if (endpoint !== undefined) markHost('endpoint', stamped(endpoint.hostAtMs));
  const called = (
    calls.find(({ asked, executed }) => asked !== undefined && executed.length > 0) ??
    calls.find(({ executed }) => executed.length > 0)
  )?.executed[0];
  const calledBy = record.boardEvents.find(
    ({ type, hostAtMs }) => type === 'function-call' && hostAtMs === called?.hostAtMs,
  );
  if (called !== undefined) {
    const arrived = { ...stamped(called.hostAtMs, CONSOLE_UNCERTAINTY_MS), stampedBy: 'host' } as const;
    markHost('functionCall', (calledBy && turnConsole.instantOf(calledBy)) ?? arrived);
  }
  const answer = answeringReply(record, endpoint?.hostAtMs ?? offset?.hostAtMs ?? record.startedAtHostMs);
  if (answer !== undefined) markHost('firstAudioOut', stamped(answer.firstSentAtHostMs));

  const hear = (sent: AnsweringReply): HeardReply | undefined => {
    const replySound = sound.replies.get(sent.reply.clip.id);
    if (good === undefined || replySound === undefined) return undefined;
    // No sound is heard before it was sent; a prompt that overlaps the reply has its end after the reply's start.
    const sentAt =
      clock && clock.fromHost(sent.firstSentAtHostMs - CLOCK_MARGIN_MS) - good.saved.firstRigSample;
    const fromSample = Math.max(0, sentAt ?? prompt?.offsetAtSample ?? 0);
    return checkReply(record, good, sent, replySound, fromSample);
  };
  const heardReply = answer && hear(answer);
  const confirming = called && confirmingReply(record, called.hostAtMs, called.callId);
  const isAnswer = confirming !== undefined && confirming.reply.itemId === answer?.reply.itemId;
  const confirmation = called && {
    answer: confirming,
    heard: isAnswer ? heardReply : confirming && hear(confirming),
  };
  const unknownReply = good && prompt && vad && hearUnknownReply(good, prompt, sound.prompt, vad);
  if (unknownReply?.heard !== undefined) {
    const { onset: speech, end } = unknownReply.heard;
    markCapture('replyOnset', speech.atSample, speech.uncertaintySamples);
    markCapture('replyOffset', end.atSample, end.uncertaintySamples);
  } else if (heardReply?.alignment?.onsetHeard === true) {
    markCapture('replyOnset', heardReply.alignment.onsetAtSample);
    markCapture('replyOffset', heardReply.alignment.endAtSample);
  }
  const asBleed = good !== undefined && promptAsBleed(good, prompt, record, sound.prompt);
  const interruption = good && findInterruption(record, good, sound.interruption);
  let silence: ReplySilence | undefined;
  if (interruption !== undefined) {
    markCapture('interruptionOnset', interruption.onsetAtSample, interruption.uncertaintySamples);
    markCapture('interruptionOffset', interruption.offsetAtSample, interruption.uncertaintySamples);
    const replySound = answer && sound.replies.get(answer.reply.clip.id);
    if (good && answer && replySound && heardReply?.alignment)
      silence = replySilence(
        good,
        answer.reply.clip,
        replySound,
        heardReply.alignment,
        interruption.onsetAtSample,
      );
    if (silence?.state === 'found') markCapture('replySilence', silence.atSample, silence.uncertaintySamples);
  }
  const evidence = { take, prompt, asBleed, received, answer, heardReply, unknownReply, confirmation };
  return { ...evidence, interruption, silence, marks };
}

/** Why the turn has no latency to a reply of unknown wording, or the latency. */
function unknownLatencyOf({ take, prompt, unknownReply }: Evidence): Measured {
  if (take.state === 'bad') return notMeasured(take.reason);
  if (prompt === undefined) return notMeasured('no-prompt');
  if (unknownReply?.heard === undefined) return notMeasured('no-onset');
  const promptOffset = { atSample: prompt.offsetAtSample, uncertaintySamples: prompt.uncertaintySamples };
  return voiceToVoice(promptOffset, unknownReply.heard.onset, take.saved.rateHz);
}

/** Why a reply has no latency on the capture's clock, or the latency. */
function latencyOf(
  { take, prompt }: Evidence,
  sound: TurnSound,
  { answer, heard }: SoughtReply,
  measure: (promptOffset: CapturePoint, replyOnset: CapturePoint, rateHz: number) => Measured,
): Measured {
  if (take.state === 'bad') return notMeasured(take.reason);
  if (prompt === undefined) return notMeasured('no-prompt');
  if (answer === undefined) return notMeasured('no-reply-sent');
  if (!sound.replies.has(answer.reply.clip.id)) return notMeasured('no-reference');
  const alignment = heard?.alignment;
  if (alignment?.onsetHeard !== true) return notMeasured('no-onset');
  return measure(
    { atSample: prompt.offsetAtSample, uncertaintySamples: prompt.uncertaintySamples },
    { atSample: alignment.onsetAtSample, uncertaintySamples: alignment.onsetUncertaintySamples },
    take.saved.rateHz,
  );
}

/** What a measure lacks when the mark at one of its ends is missing. */
const missing: Readonly<Record<Mark['name'], NotMeasuredReason>> = {
  promptOnset: 'no-prompt',
  promptOffset: 'no-prompt',
  uplinkEnd: 'not-heard',
  endpoint: 'no-endpoint',
  functionCall: 'no-call',
  firstAudioOut: 'no-reply-sent',
  replyOnset: 'no-onset',
  replyOffset: 'no-onset',
  interruptionOnset: 'no-interruption',
  interruptionOffset: 'no-interruption',
  replySilence: 'never-stopped',
};

function measuresOf(record: TurnRecord, evidence: Evidence, sound: TurnSound): Record<MeasureName, Measured> {
  const { take, marks, prompt, answer, heardReply, confirmation } = evidence;
  if (take.state === 'bad') {
    const reason = take.reason;
    return Object.fromEntries(measureNames.map((name) => [name, notMeasured(reason)])) as Record<
      MeasureName,
      Measured
    >;
  }
  const isUnknown = replyIsUnknown(record, sound);
  const span = (
    from: Mark['name'],
    to: Mark['name'],
    measure: (from: MappedInstant, to: MappedInstant) => Measured,
  ): Measured => {
    const [begins, ends] = [from, to].map((name) => marks.find((mark) => mark.name === name));
    if (begins !== undefined && ends !== undefined) return measure(begins, ends);
    const lacking = begins === undefined ? from : to;
    if (lacking === 'promptOffset' && prompt !== undefined) return notMeasured('no-clock');
    if (lacking === 'firstAudioOut' && isUnknown) return notMeasured('no-reference');
    if (lacking === 'uplinkEnd' && record.received === undefined) return notMeasured('no-received-audio');
    return notMeasured(missing[lacking]);
  };
  // Where the speech of an unknown reply begins in what was sent, nobody knows.
  const leadIn = isUnknown
    ? notMeasured('no-reference')
    : answer === undefined
      ? notMeasured('no-reply-sent')
      : replyLeadIn(answer);
  return {
    voiceToVoice: isUnknown
      ? unknownLatencyOf(evidence)
      : latencyOf(evidence, sound, { answer, heard: heardReply }, voiceToVoice),
    timeToFunctionCall: span('promptOffset', 'functionCall', timeToFunctionCall),
    timeToConfirmation:
      confirmation === undefined
        ? notMeasured('no-call')
        : isUnknown
          ? notMeasured('no-reference')
          : latencyOf(evidence, sound, confirmation, timeToConfirmation),
    uplink: span('promptOffset', 'uplinkEnd', uplink),
    endpointing: span('uplinkEnd', 'endpoint', endpointing),
    ttfa: span('endpoint', 'firstAudioOut', ttfa),
    replyLeadIn: leadIn,
    downlink: span('firstAudioOut', 'replyOnset', (from, to) => downlink(from, to, leadIn)),
    bargeInStop: bargeInStopOf(record, evidence, take),
  };
}

function bargeInStopOf(record: TurnRecord, { interruption, silence }: Evidence, take: GoodTake): Measured {
  if (record.interruption?.playback === undefined) return notMeasured('no-interruption');
  if (interruption === undefined) return notMeasured('no-prompt');
  if (silence === undefined) return notMeasured('no-onset');
  const { onsetAtSample: atSample, uncertaintySamples } = interruption;
  return bargeInStop({ atSample, uncertaintySamples }, silence, take.saved.rateHz);
}

/** The board's own reply in what the provider received. */
function echoOf(record: TurnRecord, sound: TurnSound, { marks, received, answer }: Evidence): EchoCheck {
  const [onset, offset, interrupted] = (['replyOnset', 'replyOffset', 'interruptionOnset'] as const).map(
    (name) => marks.find((mark) => mark.name === name)?.hostAtMs,
  );
  const clip = answer?.reply.clip;
  const replySound = clip && sound.replies.get(clip.id);
  if (clip === undefined) return { state: 'not-measured', reason: 'no-reply-sent' };
  if (replySound === undefined) return { state: 'not-measured', reason: 'no-reference' };
  if (onset === undefined || offset === undefined) return { state: 'not-measured', reason: 'no-onset' };
  if (received.offsetAtStreamSample === undefined || received.levelDbFs === undefined)
    return { state: 'not-measured', reason: 'not-heard' };
  return measureEcho(record, sound.received, {
    clip,
    sound: replySound,
    onsetAtHostMs: onset,
    offsetAtHostMs: offset,
    interruptedAtHostMs: interrupted ?? Infinity,
    promptLevelDbFs: received.levelDbFs,
  });
}

function heardOf(record: TurnRecord, marks: readonly Mark[]): TurnMeasurement['heard'] {
  const endpointAtMs = marks.find(({ name }) => name === 'endpoint')?.hostAtMs ?? record.startedAtHostMs;
  const heard = eventsOf(record.providerEvents, 'heard').find(({ hostAtMs }) => hostAtMs >= endpointAtMs);
  return heard && { utterance: heard.utterance, confidence: heard.confidence };
}

/**
 * A turn that the board let pass without a reply counts as slower than every number (measurement.md section 8): when every
 * finding blames the board, no number became a lower bound. Bench, provider and harness faults leave it unmeasured.
 */
function censored(record: TurnRecord, measurement: TurnMeasurement, evidence: Evidence): TurnMeasurement {
  const { voiceToVoice: value } = measurement.measures;
  const { take, prompt } = evidence;
  if (value.state !== 'not-measured' || take.state === 'bad' || prompt === undefined) return measurement;
  const findings = diagnoseTurn(record, measurement);
  if (findings.length === 0 || findings.some(({ origin }) => origin !== 'board')) return measurement;
  const waitedMs = ((take.speaker.samples.length - prompt.offsetAtSample) * 1000) / take.saved.rateHz;
  const aboveMs = Math.max(0, Math.min(record.deadlineMs, waitedMs));
  return {
    ...measurement,
    measures: {
      ...measurement.measures,
      voiceToVoice: { state: 'censored', aboveMs, reason: value.reason },
    },
  };
}

/** Where the time to first audio of a tool turn went; nothing for other turns. */
function callDetourOf(record: TurnRecord, marks: readonly Mark[]): Pick<TurnMeasurement, 'callDetour'> {
  const [endpoint, firstAudioOut] = (['endpoint', 'firstAudioOut'] as const).map(
    (name) => marks.find((mark) => mark.name === name)?.hostAtMs,
  );
  if (endpoint === undefined || firstAudioOut === undefined) return {};
  const detour = callDetour(record, endpoint, firstAudioOut);
  return detour === undefined ? {} : { callDetour: detour };
}

/** Calls after the user spoke into the reply belong to what was said then. */
const isOfInterruption = ({ interruption }: TurnRecord, { asked, executed }: CallObservation): boolean => {
  const askedAtHostMs = interruption?.playback?.askedAtHostMs ?? Infinity;
  return (asked?.hostAtMs ?? executed[0]?.hostAtMs ?? -Infinity) > askedAtHostMs;
};

function measured(
  record: TurnRecord,
  sound: TurnSound,
  vad: VoiceActivityDetector | undefined,
): TurnMeasurement {
  const matched = matchCalls(record);
  const turnConsole = new TurnConsole(record);
  const evidence = evidenceOf(
    record,
    sound,
    matched.map(({ observation }) => observation).filter((call) => !isOfInterruption(record, call)),
    turnConsole,
    vad,
  );
  const { take, prompt, heardReply, unknownReply, answer, marks } = evidence;
  const offsetFor = (call: CallObservation): Mark | undefined => {
    const name = isOfInterruption(record, call) ? 'interruptionOffset' : 'promptOffset';
    return marks.find((mark) => mark.name === name);
  };
  const interrupting = observeInterruption(
    record,
    take.state === 'good' ? take : undefined,
    evidence.interruption,
    sound.received,
    sound.interruption,
  );
  const measurement: TurnMeasurement = {
    schema: 'earshot/turn-measurement@1',
    turnId: record.turnId,
    topology: record.topology,
    ...(record.acousticDelayMs === undefined ? {} : { acousticDelayMs: record.acousticDelayMs }),
    methods: {
      prompt: promptMethods[record.topology],
      reply: vad === undefined ? 'known-reply' : 'onset-detector',
    },
    measures: measuresOf(record, evidence, sound),
    marks,
    deviceMarks: turnConsole.deviceMarks(),
    ...callDetourOf(record, marks),
    heard: heardOf(record, marks),
    calls: matched.map((call) => ({
      ...call.observation,
      hops: hopsOf(record, call, offsetFor(call.observation)),
    })),
    reply:
      unknownReply?.check ??
      heardReply?.check ??
      (answer === undefined
        ? { state: 'not-sent' }
        : { state: 'not-found', replyId: answer.reply.clip.id, levelDbFs: levelOf(new Float32Array()) }),
    witness: {
      onLoopback: prompt !== undefined && record.topology !== 'timestamps',
      asBleed: evidence.asBleed,
      receivedLevelDbFs: evidence.received.levelDbFs,
    },
    ...(interrupting === undefined ? {} : { interruption: interrupting }),
    echo: echoOf(record, sound, evidence),
    levels: { ...turnLevels(record, take, prompt, sound.prompt), crossTalkDb: heardReply?.crossTalkDb },
    selfCheck: undefined,
  };
  const judged = censored(record, measurement, evidence);
  return Object.freeze({ ...judged, selfCheck: selfCheck(record, judged) });
}

/**
 * Everything that sound, console and provider log of one turn say. Pure: no file is read, nothing but the arguments counts.
 * What could not be taken has a reason. Takes some 100 ms for a capture of 6 s.
 */
export async function measureTurn(record: TurnRecord, sound: TurnSound): Promise<TurnMeasurement> {
  return measured(
    record,
    sound,
    replyIsUnknown(record, sound) ? await loadVoiceActivityDetector() : undefined,
  );
}
