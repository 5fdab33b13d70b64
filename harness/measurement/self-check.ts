import type { RigTruth, SpeechClip, TurnRecord } from '../ports';
import { countedSpans, type CountedSpan } from './counted-spans';
import type { SelfCheckSummary } from './distribution';
import { quantile } from './quantile';
import type { SelfCheck, TurnMeasurement } from './turn-measurement';

/** DESIGN section 11: voice-to-voice error against counted truth, 95th percentile. */
const BOUND_MS = 0.1;

/** Spans of RTP begin at fractions of a sample; neighbours differ by the rounding of those. */
const SAME_SAMPLE = 1e-3;

/** Where a sample of a reply's clip stands on the speaker channel, by the rig's count. */
function countedAt(spans: readonly CountedSpan[], sourceSample: number, rateHz: number): number | undefined {
  const span = spans.find(
    (one) => sourceSample >= one.sourceSample && sourceSample < one.sourceSample + one.lengthSamples,
  );
  if (span === undefined) return undefined;
  const end = span.sourceSample + span.lengthSamples;
  const next = spans.find((one) => Math.abs(one.sourceSample - end) < SAME_SAMPLE);
  const nominal = rateHz / span.sourceRateHz;
  const counted = next === undefined ? nominal : (next.atRigSample - span.atRigSample) / span.lengthSamples;
  // The next span tells how the crystals differ, unless there is a gap before it.
  const perSample = Math.abs(counted / nominal - 1) < 1e-3 ? counted : nominal;
  return span.atRigSample + (sourceSample - span.sourceSample) * perSample;
}

/** A prompt that the rig was told to play. */
interface PlayedPrompt {
  readonly prompt: SpeechClip;
  readonly playback: { readonly startedAtRigSample: number } | undefined;
}

/** Where sample 0 of a prompt's clip was counted; undefined where the count says nothing of it. */
function countedStart(truth: RigTruth, { playback }: PlayedPrompt): number | undefined {
  const starts = truth.playbackStartsAtRigSample;
  if (starts === undefined) return truth.promptStartAtRigSample;
  if (starts.length < 2) return starts[0];
  if (playback === undefined) return undefined;
  const away = (start: number): number => Math.abs(start - playback.startedAtRigSample);
  // Which of them it is, not where: the place is the counted one.
  return starts.reduce((nearest, start) => (away(start) < away(nearest) ? start : nearest));
}

/**
 * The barge-in stop against the count: from the first speech sample of the interrupting prompt to where the last sample of the
 * interrupted reply left the speaker, whether that sample was sound or a pause.
 */
function bargeInStopOf(
  { truth, capture, interruption }: TurnRecord,
  { measures }: TurnMeasurement,
  interrupted: readonly CountedSpan[],
): SelfCheck['bargeInStop'] {
  const { bargeInStop: measured } = measures;
  if (truth === undefined || capture === undefined || interruption === undefined) return undefined;
  if (measured.state !== 'measured' || truth.playbackStartsAtRigSample === undefined) return undefined;
  const start = countedStart(truth, interruption);
  const ends = interrupted.map(
    (span) => span.atRigSample + (span.lengthSamples * capture.rateHz) / span.sourceRateHz,
  );
  if (start === undefined || ends.length === 0) return undefined;
  const onset = start + (interruption.prompt.onsetSample * capture.rateHz) / interruption.prompt.rateHz;
  const truthMs = ((Math.max(...ends) - onset) * 1000) / capture.rateHz;
  const { valueMs, uncertaintyMs } = measured;
  return { truthMs, errorMs: valueMs - truthMs, uncertaintyMs };
}

/**
 * Compares the measured voice-to-voice latency, and the barge-in stop of an interrupted turn, with what a virtual rig counted. The only reader of `record.truth`: the
 * estimator never sees it (DESIGN section 12).
 * @returns undefined without truth or without a measured latency.
 */
export function selfCheck(record: TurnRecord, measurement: TurnMeasurement): SelfCheck | undefined {
  const { truth, capture, prompt } = record;
  const { voiceToVoice } = measurement.measures;
  const { reply } = measurement;
  const promptStart = truth && countedStart(truth, record);
  if (truth === undefined || promptStart === undefined || capture === undefined) return undefined;
  // A count of the latest clip only is one of the wrong prompt where the reply was interrupted.
  if (truth.playbackStartsAtRigSample === undefined && record.interruption?.playback !== undefined)
    return undefined;
  if (voiceToVoice.state !== 'measured' || reply.state !== 'found') return undefined;
  const promptOffset = promptStart + (prompt.offsetSample * capture.rateHz) / prompt.rateHz;
  const measuredMs = voiceToVoice.valueMs;
  const candidates = record.replies
    .filter(({ clip }) => clip.id === reply.replyId)
    .flatMap(({ itemId, clip }) => {
      const spans = countedSpans(truth.speakerSpans, record.providerEvents, itemId, clip.rateHz);
      const at = countedAt(spans, clip.onsetSample, capture.rateHz);
      return at === undefined || at <= promptOffset ? [] : { spans, at };
    });
  const [counted] = candidates;
  if (counted === undefined) return undefined;
  const truthMs = ((counted.at - promptOffset) * 1000) / capture.rateHz;
  const bargeInStop = bargeInStopOf(record, measurement, counted.spans);
  return {
    voiceToVoiceTruthMs: truthMs,
    voiceToVoiceErrorMs: measuredMs - truthMs,
    ...(bargeInStop === undefined ? {} : { bargeInStop }),
  };
}

/** Errors of barge-in stops, apart from those of voice-to-voice. */
function summariseStops(checks: readonly (SelfCheck | undefined)[]): Pick<SelfCheckSummary, 'bargeInStop'> {
  const stops = checks.flatMap((check) => check?.bargeInStop ?? []);
  if (stops.length === 0) return {};
  const errors = stops.map(({ errorMs }) => Math.abs(errorMs)).sort((a, b) => a - b);
  return {
    bargeInStop: {
      n: errors.length,
      p50AbsErrorMs: quantile(errors, 0.5),
      p95AbsErrorMs: quantile(errors, 0.95),
      withinTwoU: stops.filter(({ errorMs, uncertaintyMs }) => Math.abs(errorMs) <= 2 * uncertaintyMs).length,
    },
  };
}

/** Absolute voice-to-voice errors of many turns against the bound of 0.1 ms on the 95th percentile, barge-in stops beside it; `undefined` when none has truth. */
export function summariseSelfCheck(checks: readonly (SelfCheck | undefined)[]): SelfCheckSummary | undefined {
  const errors = checks
    .flatMap((check) => (check === undefined ? [] : Math.abs(check.voiceToVoiceErrorMs)))
    .sort((a, b) => a - b);
  if (errors.length === 0) return undefined;
  const p95AbsErrorMs = quantile(errors, 0.95);
  return {
    n: errors.length,
    p50AbsErrorMs: quantile(errors, 0.5),
    p95AbsErrorMs,
    boundMs: BOUND_MS,
    ok: p95AbsErrorMs <= BOUND_MS,
    ...summariseStops(checks),
  };
}
