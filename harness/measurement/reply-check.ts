import { align, timeScaled, wrongRate, type Alignment, type PcmClip } from '../audio';
import type { TurnRecord } from '../ports';
import { eventsOf, type AnsweringReply } from './provider-marks';
import { replyQuality } from './reply-quality';
import type { GoodTake } from './take';
import type { ReplyCheck } from './turn-measurement';
import { levelOf } from './witness';

/** Level of sound that is not the reply: frames of this length, of which all but the loudest twentieth are at or below it. */
const FRAME_MS = 50;
const LEVEL_PERCENTILE = 0.95;

/** Of a reply that was played at its own rate more than this is found, unless it was cut: then another rate is tried. */
const MOSTLY_MISSING = 0.5;
/** Below this there is nothing to be found at any rate. */
const NO_SOUND_DBFS = -90;

/** A reply on the speaker channel. */
export interface HeardReply {
  readonly check: ReplyCheck;
  readonly alignment: Extract<Alignment, { readonly state: 'found' }> | undefined;
  /** The reply on the loopback channel against the speaker channel, dB; undefined: none that stands out of the noise. */
  readonly crossTalkDb: number | undefined;
}

/** Frames' 95th percentile: a click does not count, a voice does. */
export function prevailingLevelDbFs(samples: Float32Array, rateHz: number): number {
  const frame = Math.round((FRAME_MS * rateHz) / 1000);
  const levels: number[] = [];
  for (let start = 0; start + frame <= samples.length; start += frame)
    levels.push(levelOf(samples.subarray(start, start + frame)));
  levels.sort((a, b) => a - b);
  return (
    levels[Math.min(levels.length - 1, Math.floor(levels.length * LEVEL_PERCENTILE))] ?? levelOf(samples)
  );
}

/** First clip sample that the board need not play: the end of speech, of what was sent, or of what it kept when it was cut. */
function endInClip(record: TurnRecord, { reply, sentSamples }: AnsweringReply): number {
  const cut = eventsOf(record.providerEvents, 'truncated').find(({ itemId }) => itemId === reply.itemId);
  const keptSamples = cut === undefined ? Infinity : (cut.audioEndMs * reply.clip.rateHz) / 1000;
  return Math.min(reply.clip.offsetSample + 1, sentSamples, keptSamples);
}

/** Capture sample at which the user interrupted the reply, by the provider's own voice detection; undefined: nobody did. */
function interruptedAtSample(
  record: TurnRecord,
  { onsetSentAtHostMs }: AnsweringReply,
  take: GoodTake,
): number {
  const interruption = eventsOf(record.providerEvents, 'speech-started').find(
    ({ hostAtMs }) => onsetSentAtHostMs !== undefined && hostAtMs > onsetSentAtHostMs,
  );
  if (interruption === undefined || take.clock === undefined) return Infinity;
  return take.clock.fromHost(interruption.hostAtMs) - take.saved.firstRigSample;
}

/** True when packets of the reply could get lost: TCP sends them again. */
const travelsInDatagrams = ({ providerEvents }: TurnRecord): boolean =>
  eventsOf(providerEvents, 'audio-out').some(({ rtp }) => rtp !== undefined);

/**
 * Compares what the speaker channel holds with the reply that was sent, as far as it was sent and not interrupted.
 * @param fromSample - The reply cannot begin before: the prompt's offset.
 */
export function checkReply(
  record: TurnRecord,
  take: GoodTake,
  answer: AnsweringReply,
  sound: PcmClip,
  fromSample: number,
): HeardReply {
  const { speaker } = take;
  const { clip } = answer.reply;
  const perClip = speaker.rateHz / clip.rateHz;
  const step = sound.rateHz / speaker.rateHz;
  const reference = timeScaled(sound.samples, {
    start: 0,
    step,
    lengthSamples: Math.ceil((clip.offsetSample + 1) * perClip),
  });
  const onset = Math.round(clip.onsetSample * perClip);
  const end = Math.round(endInClip(record, answer) * perClip);
  const alignment: Alignment =
    end <= onset
      ? { state: 'not-found' }
      : align(
          speaker,
          reference,
          {
            onset,
            end,
            until: Math.min(speaker.samples.length, interruptedAtSample(record, answer, take)),
          },
          { fromSample },
        );
  const replyId = clip.id;
  const found = alignment.state === 'found' ? alignment : undefined;
  if (found === undefined || found.completeness < MOSTLY_MISSING) {
    const from = Math.max(0, Math.round(fromSample));
    const levelDbFs = prevailingLevelDbFs(speaker.samples.subarray(from), speaker.rateHz);
    const range = { onset: clip.onsetSample, end: endInClip(record, answer), fromSample };
    const other =
      levelDbFs < NO_SOUND_DBFS || !speaker.holdsSound || end <= onset
        ? undefined
        : wrongRate(speaker, sound, range);
    if (found === undefined || (other?.completeness ?? 0) > found.completeness) {
      const atWrongRate = other && { pitchRatio: other.ratio, playedAtHz: other.playedAtHz };
      return {
        check: { state: 'not-found', replyId, levelDbFs, ...atWrongRate },
        alignment: undefined,
        crossTalkDb: undefined,
      };
    }
  }
  const { completeness, missingMs, confidence, onsetAtSample, endAtSample, stretchPpm } = found;
  const { quality, crossTalkDb } = replyQuality(take, {
    reference,
    referenceEdgeHz: sound.rateHz / 2,
    due: { from: onset, to: end },
    mayBeConcealed: travelsInDatagrams(record),
    alignment: found,
  });
  return {
    alignment: found,
    crossTalkDb,
    check: {
      state: 'found',
      replyId,
      completeness,
      missingMs,
      levelDbFs: levelOf(
        speaker.samples.subarray(Math.max(0, Math.round(onsetAtSample)), Math.round(endAtSample)),
      ),
      confidence: Number.isFinite(confidence) ? confidence : Number.MAX_VALUE,
      driftPpm: -stretchPpm,
      quality,
    },
  };
}
