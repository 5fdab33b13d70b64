import { BANDS, framesIn, HOP_MS, type BandPowers } from './band-powers';
import type { NoiseFloor } from './noise-floor';

const { exp, log, max, min } = Math;

/** The prompt's sound reaches the speaker channel this much later at most: 15 m of air and a buffer (witness.ts). */
const LATEST_MS = 60;
/** Reverberation times that are tried, in milliseconds, and how much of it there may be against the direct sound. */
const DECAYS_MS = [0, 150, 300, 600, 1000] as const;
const TAIL_SHARES = [0.25, 1, 4] as const;
/** The fit looks on for this long after the prompt, where reverberation is alone. */
const TAIL_MS = 100;
/** What may be on the channel against what is predicted: rooms comb by some dB. */
export const BLEED_MARGIN = 2;

/** Power that the prompt's own sound has on the speaker channel, frame by frame and band by band. */
export type Bleed = Float64Array;

/** Adds to each frame what exponentially decaying reverberation keeps of those before it. */
function reverberant(
  { powers, frames }: BandPowers,
  decayMs: number,
  share: number,
  lag: number,
): Float64Array {
  const out = new Float64Array(powers.length);
  // RT60 is a decay of 60 dB: a factor of e in power every RT60 / 13.8.
  const keep = decayMs === 0 ? 0 : exp((-13.8 * HOP_MS) / decayMs);
  const tail = new Float64Array(BANDS);
  for (let frame = lag; frame < frames; frame++) {
    for (let band = 0; band < BANDS; band++) {
      const direct = powers[(frame - lag) * BANDS + band] ?? 0;
      tail[band] = (tail[band] ?? 0) * keep + direct * share * (1 - keep);
      out[frame * BANDS + band] = direct + (decayMs === 0 ? 0 : (tail[band] ?? 0));
    }
  }
  return out;
}

const total = ({ powers }: BandPowers, frame: number): number => {
  let sum = 0;
  for (let band = 0; band < BANDS; band++) sum += powers[frame * BANDS + band] ?? 0;
  return sum;
};

/** Frames by which the prompt is later on the speaker channel: where their envelopes agree best. */
function lagOf(heard: BandPowers, played: BandPowers, from: number, to: number): number {
  let best = 0;
  let most = -Infinity;
  for (let lag = 0; lag <= LATEST_MS / HOP_MS; lag++) {
    let sum = 0;
    for (let frame = from; frame < to; frame++)
      sum += total(heard, min(heard.frames - 1, frame + lag)) * total(played, frame);
    if (sum > most) [most, best] = [sum, lag];
  }
  return best;
}

/**
 * What the prompt's sound leaves on the speaker channel, reverberation included, fitted while it plays.
 * @param heard - The speaker channel.
 * @param played - The prompt as played, on the same time axis.
 * @param from - First frame of the prompt's speech; `to`: first after it.
 */
export function bleedOf(
  heard: BandPowers,
  played: BandPowers,
  floor: NoiseFloor,
  from: number,
  to: number,
): Bleed {
  const lag = lagOf(heard, played, from, to);
  const last = min(heard.frames, to + lag + framesIn(TAIL_MS));
  let best: Float64Array = new Float64Array(heard.powers.length);
  let least = Infinity;
  for (const decayMs of DECAYS_MS) {
    for (const share of decayMs === 0 ? [0] : TAIL_SHARES) {
      const shape = reverberant(played, decayMs, share, lag);
      const gain = new Float64Array(BANDS);
      for (let band = 0; band < BANDS; band++) {
        const ratios: number[] = [];
        let peak = 0;
        for (let frame = from; frame < to; frame++) peak = max(peak, shape[frame * BANDS + band] ?? 0);
        for (let frame = from; frame < to; frame++) {
          const expected = shape[frame * BANDS + band] ?? 0;
          if (expected > peak / 30)
            ratios.push(((heard.powers[frame * BANDS + band] ?? 0) - (floor.power[band] ?? 0)) / expected);
        }
        ratios.sort((a, b) => a - b);
        // The mean of what scatters like noise lies above its median.
        gain[band] = max(0, 1.4 * (ratios[ratios.length >> 1] ?? 0));
      }
      let misfit = 0;
      for (let frame = from; frame < last; frame++) {
        for (let band = 0; band < BANDS; band++) {
          const predicted = (floor.power[band] ?? 0) + (gain[band] ?? 0) * (shape[frame * BANDS + band] ?? 0);
          // Deviance of a gamma distribution, bounded so that a reply in the stretch decides nothing.
          const ratio = (heard.powers[frame * BANDS + band] ?? 0) / predicted;
          misfit += min(3, ratio - log(max(1e-9, ratio)) - 1);
        }
      }
      if (misfit < least) {
        least = misfit;
        best = shape.map((value, index) => value * (gain[index % BANDS] ?? 0));
      }
    }
  }
  return best;
}
