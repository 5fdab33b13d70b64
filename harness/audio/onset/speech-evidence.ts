import { BANDS, type BandPowers } from './band-powers';
import { BLEED_MARGIN, type Bleed } from './bleed';
import type { NoiseFloor } from './noise-floor';

const { exp, log, max, min } = Math;

/** Speech over noise in a band, as power ratios, with how often each is met: from none to 30 dB, none being common. */
const RATIOS = [0, 1, 3, 10, 30, 100, 1000] as const;
const RATIO_WEIGHTS = [0.4, 0.15, 0.15, 0.1, 0.1, 0.05, 0.05] as const;
/** Frames overlap: of 2.5 ms under a window of 8 ms each is worth this much of an independent one. */
const WORTH = 0.45;
/** Evidence of one frame, so that a click of 3 frames cannot outweigh what follows. */
const LEAST = -3;
const MOST = 6;
/** Shape of the bleed's scatter around its prediction: less steady than noise. */
const BLEED_SHAPE = 0.7;
/** Evidence that noise alone may pile up: what babble and hum exceed is taken off every frame, in steps up to a limit. */
const NOISE_PASSES_FOR = 10;
const HANDICAP = { step: 0.25, most: 4 } as const;

function rawEvidence(
  { powers, frames }: BandPowers,
  floor: NoiseFloor,
  bleed: Bleed | undefined,
): Float64Array {
  const evidence = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) {
    let sum = 0;
    for (let band = 0; band < BANDS; band++) {
      const index = frame * BANDS + band;
      const noise = floor.power[band] ?? 0;
      const expected = BLEED_MARGIN * (bleed?.[index] ?? 0);
      const without = noise + expected;
      const shape = ((floor.shape[band] ?? 0) * noise + BLEED_SHAPE * expected) / without;
      const over = min(1e4, (powers[index] ?? 0) / without);
      let likelihood = 0;
      for (let j = 0; j < RATIOS.length; j++) {
        const ratio = RATIOS[j] ?? 0;
        likelihood +=
          (RATIO_WEIGHTS[j] ?? 0) * exp(min(50, shape * ((over * ratio) / (1 + ratio) - log(1 + ratio))));
      }
      sum += log(likelihood);
    }
    evidence[frame] = max(LEAST, min(MOST, WORTH * sum));
  }
  return evidence;
}

/** Highest sum of a run of frames when each is handicapped. */
function highestRun(evidence: Float64Array, frames: readonly number[], handicap: number): number {
  let run = 0;
  let highest = 0;
  for (const frame of frames) {
    run = max(0, run + (evidence[frame] ?? 0) - handicap);
    highest = max(highest, run);
  }
  return highest;
}

/**
 * For each frame the log-likelihood ratio of speech over noise and bleed alone, all bands together, in nats. Positive:
 * speech is likelier. Noise that is less steady than the model says is made up for on frames that hold nothing else.
 * @param quiet - Frames without speech, in order.
 */
export function speechEvidence(
  heard: BandPowers,
  floor: NoiseFloor,
  bleed: Bleed | undefined,
  quiet: readonly number[],
): Float64Array {
  const evidence = rawEvidence(heard, floor, bleed);
  let handicap = 0;
  while (handicap < HANDICAP.most && highestRun(evidence, quiet, handicap) > NOISE_PASSES_FOR)
    handicap += HANDICAP.step;
  return evidence.map((value) => value - handicap);
}
