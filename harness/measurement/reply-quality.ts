import {
  activeSpeechLevel,
  bandEdgeHz,
  clipping,
  concealedStretches,
  crossSpectrum,
  followedStretches,
  projection,
  siSdrDb,
  type Alignment,
  type Break,
  type SearchableSound,
} from '../audio';
import type { GoodTake } from './take';

/** Below it rooms and hum, above it nothing of a 16 kHz codec; a path that ends earlier is judged up to its own edge. */
const SPEECH_BAND_HZ = { low: 150, high: 7000 } as const;
/**
 * Least correlation of the loopback with the reply that is cross-talk. Chance gives 1 ÷ √(2 × 6 850 Hz × 1 s) = 0.009 for
 * 1 s of speech, twice that in some hundred milliseconds.
 */
const CROSS_TALK_FROM = 0.08;

/** How often, and for how long together. */
export interface Breaks {
  readonly count: number;
  readonly totalMs: number;
}

/** What the capture says about a reply that was found (docs/measurement.md, "What the capture says about sound"). */
export interface ReplyQuality {
  /** ITU-T P.56 active speech level up to 8 kHz, dB re full scale; undefined: too short or too quiet to have one. */
  readonly activeLevelDbFs: number | undefined;
  /** Samples of the reply in flat tops of three and more at its own extremes. */
  readonly clippedSamples: number;
  /** Nothing where speech should be: underruns, after which the rest comes later, and dropouts, after which it does not. */
  readonly dropouts: Breaks;
  /** Speech that was heard already comes again. */
  readonly repeats: Breaks;
  /** Speech left out without a pause; `totalMs` is what is lacking. */
  readonly skips: Breaks;
  /** Speech missing ahead of the first and behind the last that was found, of what was due. */
  readonly leadingCutMs: number;
  readonly trailingCutMs: number;
  /** Scale-invariant signal-to-distortion ratio of what was found, dB; undefined: less than 0.1 s was. */
  readonly siSdrDb: number | undefined;
  /** Where the path, or the reply, ends; undefined: noise hides it, or too little was found. */
  readonly bandEdgeHz: number | undefined;
  /** Rate at which the reply was played over its own, by the drift of its segments. */
  readonly pitchRatio: number;
  /**
   * Something else where speech should be, about as loud: made up for packets that did not come. Only where sound travels in
   * datagrams; absent elsewhere, and in turns that older versions measured.
   */
  readonly concealed?: Breaks;
  /** How much later the end of the reply comes, re its beginning, than it was sent: gaps push it back, skips bring it forward. */
  readonly movedMs?: number;
  /** Where the course of the reply departs from what was sent, in order. */
  readonly stretches?: readonly ReplyStretch[];
}

/** A stretch of a reply that is not as it was sent. */
export interface ReplyStretch {
  readonly kind: 'gap' | 'repeat' | 'skip' | 'concealed';
  /** On the rig's clock; fractional. */
  readonly atRigSample: number;
  readonly lengthMs: number;
}

const breaksOf = (all: readonly { readonly lengthMs: number }[]): Breaks => ({
  count: all.length,
  totalMs: all.reduce((sum, { lengthMs }) => sum + lengthMs, 0),
});

/** A reply that was found, and where. */
export interface FoundReply {
  /** At the capture's rate. */
  readonly reference: Float32Array;
  /** Half the rate of its recording. */
  readonly referenceEdgeHz: number;
  /** The speech that was due, in samples of the reference: half-open. */
  readonly due: { readonly from: number; readonly to: number };
  /** Its sound travelled in datagrams, of which some may not have come. */
  readonly mayBeConcealed: boolean;
  readonly alignment: Extract<Alignment, { readonly state: 'found' }>;
}

/** The reply's quality on the speaker channel, and how much of it is on the loopback. */
export interface HeardQuality {
  readonly quality: ReplyQuality;
  /**
   * The reply on the loopback channel against the speaker channel, dB; undefined: none that stands out of the noise, or there is
   * no loopback channel.
   */
  readonly crossTalkDb: number | undefined;
}

function crossTalk(
  { oneChannel, promptChannel }: GoodTake,
  { reference, alignment }: FoundReply,
  speakerGain: number | undefined,
): number | undefined {
  if (oneChannel || promptChannel === undefined || speakerGain === undefined) return undefined;
  const { rateHz, samples } = promptChannel;
  const cross = crossSpectrum(reference, samples, rateHz, followedStretches(alignment, rateHz));
  const found = projection(cross, SPEECH_BAND_HZ);
  if (found === undefined || Math.abs(found.correlation) < CROSS_TALK_FROM) return undefined;
  return 20 * Math.log10(Math.abs(found.gain / speakerGain));
}

const stretchOf = ({ samples }: SearchableSound, from: number, to: number): Float32Array =>
  samples.subarray(Math.max(0, Math.round(from)), Math.max(0, Math.round(to)));

/** How far the segments moved against each other, the clocks' part taken off. */
function movedMs({ segments, stretchPpm }: FoundReply['alignment'], rateHz: number): number {
  const placed = segments.filter(({ displacementSamples }) => displacementSamples !== undefined);
  const [first, last] = [placed[0], placed.at(-1)];
  if (first === undefined || last === undefined) return 0;
  const moved = (last.displacementSamples ?? 0) - (first.displacementSamples ?? 0);
  return ((moved - (last.middleSample - first.middleSample) * stretchPpm * 1e-6) * 1000) / rateHz;
}

/** Every departure from what was sent; what is a gap as well was found as a gap first. */
function stretchesOf(
  { saved }: GoodTake,
  { gaps, repeats, skips }: FoundReply['alignment'],
  concealed: readonly Break[],
): ReplyStretch[] {
  const placed = (kind: ReplyStretch['kind'], breaks: readonly Break[]): ReplyStretch[] =>
    breaks.map(({ atSample, lengthMs }) => ({
      kind,
      atRigSample: saved.firstRigSample + atSample,
      lengthMs,
    }));
  return [
    ...placed('gap', gaps),
    ...placed('repeat', repeats),
    ...placed('skip', skips),
    ...placed('concealed', concealed),
  ].sort((a, b) => a.atRigSample - b.atRigSample);
}

/** Made-up sound; nothing where there is a gap, which is no sound at all. */
function concealedIn(
  { speaker }: GoodTake,
  { reference, alignment, due, mayBeConcealed }: FoundReply,
): Break[] {
  if (!mayBeConcealed) return [];
  const inMs = speaker.rateHz / 1000;
  return concealedStretches(speaker, reference, alignment, due).filter(
    ({ atSample, lengthMs }) =>
      !alignment.gaps.some(
        (gap) => gap.atSample < atSample + lengthMs * inMs && gap.atSample + gap.lengthMs * inMs > atSample,
      ),
  );
}

/** Takes some 10 ms per second of the reply at 48 kHz, three times that where it may have been concealed. */
export function replyQuality(take: GoodTake, found: FoundReply): HeardQuality {
  const { speaker } = take;
  const { alignment, reference, referenceEdgeHz } = found;
  const { onsetAtSample, endAtSample, gaps, repeats, skips, leadingCutMs, trailingCutMs } = alignment;
  const factor = speaker.coarseFactor;
  const coarse = speaker.coarse.subarray(
    Math.max(0, Math.round(onsetAtSample / factor)),
    Math.max(0, Math.round(endAtSample / factor)),
  );
  const cross = crossSpectrum(
    reference,
    speaker.samples,
    speaker.rateHz,
    followedStretches(alignment, speaker.rateHz),
  );
  const edgeHz = bandEdgeHz(cross, referenceEdgeHz);
  const band = { ...SPEECH_BAND_HZ, high: Math.min(SPEECH_BAND_HZ.high, edgeHz ?? Infinity) };
  const concealed = concealedIn(take, found);
  return {
    quality: {
      activeLevelDbFs: activeSpeechLevel(coarse, speaker.rateHz / factor)?.levelDbFs,
      clippedSamples: clipping(stretchOf(speaker, onsetAtSample, endAtSample)).clippedSamples,
      dropouts: breaksOf(gaps),
      repeats: breaksOf(repeats),
      skips: breaksOf(skips),
      leadingCutMs,
      trailingCutMs,
      siSdrDb: siSdrDb(cross, band),
      bandEdgeHz: edgeHz,
      pitchRatio: 1 / (1 + alignment.stretchPpm * 1e-6),
      ...(found.mayBeConcealed ? { concealed: breaksOf(concealed) } : {}),
      movedMs: movedMs(alignment, speaker.rateHz),
      stretches: stretchesOf(take, alignment, concealed),
    },
    crossTalkDb: crossTalk(take, found, projection(cross, band)?.gain),
  };
}
