import { detectOnset, type VoiceActivityDetector } from '../../audio';
import type { TurnMeasurement } from '../../measurement';
import { latencyMs, type Estimate, type Evidence } from './method';

/** Where a mark of the measurement stands in the capture; undefined: it was not found. */
function captureSampleOf(
  { record }: Evidence,
  { marks }: TurnMeasurement,
  name: 'promptOnset' | 'promptOffset',
): number | undefined {
  const at = marks.find((mark) => mark.name === name)?.atRigSample;
  return at === undefined || record.capture === undefined ? undefined : at - record.capture.firstRigSample;
}

/**
 * Latency with the reply's sound unknown, as with a provider that the board connects to directly: the prompt by the matched
 * filter, the reply by the onset detector.
 * @param measurement - Of the same turn; only where the prompt was found is taken from it.
 */
export function unknownReply(
  evidence: Evidence,
  measurement: TurnMeasurement,
  vad: VoiceActivityDetector,
): Estimate {
  const { record, sound } = evidence;
  const speaker = sound.capture?.channels[record.capture?.roles.indexOf('speaker') ?? -1];
  const [onsetAtSample, offsetAtSample] = (['promptOnset', 'promptOffset'] as const).map((name) =>
    captureSampleOf(evidence, measurement, name),
  );
  if (
    sound.capture === undefined ||
    speaker === undefined ||
    onsetAtSample === undefined ||
    offsetAtSample === undefined
  ) {
    const { voiceToVoice } = measurement.measures;
    return { reason: voiceToVoice.state === 'measured' ? 'no-prompt' : voiceToVoice.reason };
  }
  const { rateHz } = sound.capture;
  const { onsetSample, rateHz: clipRateHz } = record.prompt;
  const found = detectOnset(
    { samples: speaker, rateHz },
    {
      vad,
      prompt: {
        clip: sound.prompt,
        clipAtSample: onsetAtSample - (onsetSample * rateHz) / clipRateHz,
        onsetAtSample,
        offsetAtSample,
      },
    },
  );
  if (found.state === 'not-found') return { reason: found.reason };
  return {
    valueMs: latencyMs(offsetAtSample, found.onsetAtSample, rateHz),
    uncertaintyMs: latencyMs(0, found.uncertaintySamples, rateHz),
  };
}
