import type { MultiChannelClip, PcmClip, VoiceActivityDetector } from '../audio';
import type { TurnRecord } from '../ports';
import { replySilence, type ReplySilence } from './barge-in';
import { captureClock } from './capture-clock';
import type { MappedInstant } from './clock-map';
import type { TurnConsole } from './device-marks';
import { findInterruption } from './found-interruption';
import type { FoundPrompt } from './found-prompt';
import { placePrompt } from './prompt-place';
import {
  answeringReply,
  arrivalOf,
  confirmingReply,
  endpointOf,
  eventsOf,
  replyToInterruption,
  type AnsweringReply,
} from './provider-marks';
import { checkReply, type HeardReply } from './reply-check';
import { consoleUncertaintyMs, stamped } from './stamps';
import { takeOf, type Take } from './take';
import type { CallObservation, Mark } from './turn-measurement';
import { hearUnknownReply, type UnknownReply } from './unknown-reply';
import { promptAsBleed, receivedPrompt, type ReceivedPrompt } from './witness';

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

/** A reply that was sent and what the capture has of it. */
export interface SoughtReply {
  readonly answer: AnsweringReply | undefined;
  readonly heard: HeardReply | undefined;
}

/** What the sound of a turn shows, before anything is subtracted. */
export interface Evidence {
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
  /** The reply to the interrupting prompt; undefined: nothing was heard of one. */
  readonly lateReply: SoughtReply | undefined;
  /** Undefined: no reply of which it could be told. */
  readonly silence: ReplySilence | undefined;
  readonly marks: readonly Mark[];
}

/** True when nobody knows what a reply sounds like: the provider cannot say, or the clip is missing. */
export const replyIsUnknown = ({ replyAudio, replies }: TurnRecord, sound: TurnSound): boolean =>
  replyAudio === 'unknown' || replies.some(({ clip }) => !sound.replies.has(clip.id));

/** Looks for everything that the turn's sound can show, and sets the marks of the timeline. `vad`: only for unknown replies. */
export function evidenceOf(
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
    const arrived = { ...stamped(called.hostAtMs, consoleUncertaintyMs()), stampedBy: 'host' } as const;
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
  const late = interruption && replyToInterruption(record);
  const lateReply = interruption && { answer: late, heard: late && hear(late) };
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
        isCutOff(record, answer),
      );
    if (silence?.state === 'found') markCapture('replySilence', silence.atSample, silence.uncertaintySamples);
  }
  const evidence = { take, prompt, asBleed, received, answer, heardReply, unknownReply, confirmation };
  return { ...evidence, interruption, lateReply, silence, marks };
}

/**
 * True when a reply that was recorded from the provider ends because it was interrupted: over WebRTC it leaves at the pace of speech,
 * so what came after is known to nobody.
 */
function isCutOff({ providerEvents }: TurnRecord, { reply, sentSamples }: AnsweringReply): boolean {
  const { itemId, clip } = reply;
  return (
    clip.id === itemId &&
    sentSamples >= clip.lengthSamples &&
    eventsOf(providerEvents, 'truncated').some((event) => event.itemId === itemId)
  );
}
