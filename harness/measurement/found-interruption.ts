import type { PcmClip } from '../audio';
import type { TurnRecord } from '../ports';
import { findPrompt, type FoundPrompt } from './found-prompt';
import { decidedAtHostMs, eventsOf } from './provider-marks';
import type { GoodTake } from './take';
import type { SoughtReply } from './turn-evidence';
import type { InterruptionObservation } from './turn-measurement';
import { promptAsBleed, receivedPrompt } from './witness';

/** The output plays this much later than it was told to at most. */
const LATEST_START_MS = 1000;

/** The interrupting prompt where the first one is looked for as well; undefined: it was not played or is not there. */
export function findInterruption(
  { interruption }: TurnRecord,
  { promptChannel, saved }: GoodTake,
  sound: PcmClip | undefined,
): FoundPrompt | undefined {
  if (interruption?.playback === undefined || sound === undefined || promptChannel === undefined)
    return undefined;
  const toldAt = interruption.playback.startedAtRigSample - saved.firstRigSample;
  return findPrompt(promptChannel, sound, interruption.prompt, {
    fromSample: toldAt - 1,
    toSample: toldAt + (LATEST_START_MS * saved.rateHz) / 1000,
  });
}

/** The reply to the interrupting prompt, as far as its sound is known. */
function replyOf(
  sought: SoughtReply | undefined,
): Pick<InterruptionObservation, 'reply' | 'replySentAtHostMs'> {
  if (sought === undefined) return {};
  const { answer, heard } = sought;
  if (answer === undefined) return { reply: { state: 'not-sent' } };
  return {
    replySentAtHostMs: answer.firstSentAtHostMs,
    ...(heard === undefined ? {} : { reply: heard.check }),
  };
}

/** What the provider made of the interrupting prompt; undefined when none was played. */
export function observeInterruption(
  record: TurnRecord,
  take: GoodTake | undefined,
  found: FoundPrompt | undefined,
  received: PcmClip | undefined,
  sound: PcmClip | undefined,
  lateReply: SoughtReply | undefined,
): InterruptionObservation | undefined {
  const { interruption } = record;
  if (interruption?.playback === undefined || sound === undefined) return undefined;
  const { askedAtHostMs } = interruption.playback;
  const since = eventsOf(record.providerEvents, 'heard').filter(
    (event) => decidedAtHostMs(record, event) > askedAtHostMs,
  );
  // What is heard behind it, a noise or the board itself, does not undo that it was understood.
  const heard =
    since.findLast(
      ({ utterance }) => utterance !== undefined && utterance === interruption.expected.utterance,
    ) ?? since.at(-1);
  const asked = { ...record, prompt: interruption.prompt };
  const understood = heard?.utterance !== undefined && heard.utterance === interruption.expected.utterance;
  // Who lost it matters only when it was lost: looking for it in the sound costs time.
  const late = understood ? undefined : receivedPrompt(asked, received, sound, undefined);
  return {
    heard: heard && { utterance: heard.utterance, confidence: heard.confidence },
    witness: {
      onLoopback: found !== undefined,
      asBleed: !understood && take !== undefined && promptAsBleed(take, found, asked, sound),
      receivedLevelDbFs: late?.levelDbFs,
      ...(late?.isWhole === true ? { receivedWhole: true } : {}),
    },
    arrived: understood || late?.offsetAtStreamSample !== undefined,
    ...replyOf(lateReply),
  };
}
