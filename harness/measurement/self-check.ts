import type { RigTruth, TurnRecord } from '../ports';
import type { SelfCheckSummary } from './distribution';
import { quantile } from './quantile';
import type { SelfCheck, TurnMeasurement } from './turn-measurement';

/** DESIGN section 11: voice-to-voice error against counted truth, 95th percentile. */
const BOUND_MS = 0.1;

/** Where a source sample of a reply item stands on the speaker channel, by the rig's count. */
function countedAt(
  truth: RigTruth,
  itemId: string,
  sourceSample: number,
  rateHz: number,
): number | undefined {
  const spans = truth.speakerSpans.filter((span) => span.itemId === itemId);
  const span = spans.find(
    (one) => sourceSample >= one.sourceSample && sourceSample < one.sourceSample + one.lengthSamples,
  );
  if (span === undefined) return undefined;
  const next = spans.find((one) => one.sourceSample === span.sourceSample + span.lengthSamples);
  const nominal = rateHz / span.sourceRateHz;
  const counted = next === undefined ? nominal : (next.atRigSample - span.atRigSample) / span.lengthSamples;
  // The next span tells how the crystals differ, unless there is a gap before it.
  const perSample = Math.abs(counted / nominal - 1) < 1e-3 ? counted : nominal;
  return span.atRigSample + (sourceSample - span.sourceSample) * perSample;
}

/**
 * Compares the measured voice-to-voice latency with what a virtual rig counted. The only reader of `record.truth`: the
 * estimator never sees it (DESIGN section 12).
 * @returns undefined without truth or without a measured latency.
 */
export function selfCheck(record: TurnRecord, measurement: TurnMeasurement): SelfCheck | undefined {
  const { truth, capture, prompt } = record;
  const { voiceToVoice } = measurement.measures;
  const { reply } = measurement;
  if (truth?.promptStartAtRigSample === undefined || capture === undefined) return undefined;
  if (voiceToVoice.state !== 'measured' || reply.state !== 'found') return undefined;
  const promptOffset = truth.promptStartAtRigSample + (prompt.offsetSample * capture.rateHz) / prompt.rateHz;
  const measuredMs = voiceToVoice.valueMs;
  const candidates = record.replies
    .filter(({ clip }) => clip.id === reply.replyId)
    .flatMap(({ itemId, clip }) => countedAt(truth, itemId, clip.onsetSample, capture.rateHz) ?? [])
    .filter((at) => at > promptOffset)
    .map((at) => ((at - promptOffset) * 1000) / capture.rateHz);
  const truthMs = candidates[0];
  return truthMs === undefined
    ? undefined
    : { voiceToVoiceTruthMs: truthMs, voiceToVoiceErrorMs: measuredMs - truthMs };
}

/** Absolute errors of many turns against the bound of 0.1 ms on the 95th percentile; `undefined` when none has truth. */
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
  };
}
