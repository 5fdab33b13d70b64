import type { Cancelled } from './echo-filter';

const { imul, max, min, sqrt } = Math;

/** The noise floor is the quietest piece of the last one to two of these: 1 s of pieces of 10 ms. */
const FLOOR_PIECES = 100;
/** What is expected of the residual is a mean; its peaks reach this much more energy. */
const OVER_ESTIMATE = 3;
/** Reverberation that is older than the filter: this far under the echo, and falling by 60 dB in 400 ms. */
const LATE = 10 ** (-17 / 10);
const LATE_DECAY_PER_SAMPLE = 10 ** (-6 / 6_400);
/** The gain changes over this much of a piece, so that it does not click. */
const RAMP_SAMPLES = 32;
/** The quietest of many pieces lies under the mean of the noise by this: 160 samples have a spread of 0.5 dB. */
const FLOOR_BIAS = 10 ** (1.2 / 10);

/**
 * Turns down what the filter left of an echo and fills up with comfort noise at the room's floor: a floor that comes and goes
 * would be taken for speech. A voice that is louder than the residual passes from the first sample of its piece on.
 */
export class ResidualSuppressor {
  private gain = 1;
  private late = 0;
  private quietest = Infinity;
  private quietestBefore = Infinity;
  private pieces = 0;
  private noise = 1;

  /** Nothing is played: the piece passes as it is, and its level is learnt. */
  rest(samples: Float32Array): void {
    this.gain = 1;
    this.learn(energyOf(samples) / samples.length);
  }

  suppress({ samples, echoEnergy, residualEnergy }: Cancelled): Float32Array {
    const energy = energyOf(samples);
    this.late = max(LATE * echoEnergy, this.late * LATE_DECAY_PER_SAMPLE ** samples.length);
    const expected = OVER_ESTIMATE * (residualEnergy + this.late);
    this.learn(energy / samples.length);
    const from = this.gain;
    const to = energy === 0 ? 1 : sqrt(max(0, 1 - expected / energy));
    this.gain = to;
    // Uniform noise of RMS 1 has peaks of the root of 3.
    const comfort = sqrt(3 * FLOOR_BIAS * min(this.quietest, this.quietestBefore));
    return samples.map((sample, n) => {
      const gain = n < RAMP_SAMPLES ? from + ((to - from) * n) / RAMP_SAMPLES : to;
      return gain === 1 ? sample : gain * sample + sqrt(1 - gain * gain) * comfort * this.nextNoise();
    });
  }

  /** In ±1; a linear congruence is noise enough for an ear. */
  private nextNoise(): number {
    this.noise = (imul(this.noise, 1_664_525) + 1_013_904_223) | 0;
    return this.noise / 0x8000_0000;
  }

  private learn(power: number): void {
    this.quietest = min(this.quietest, power);
    if (++this.pieces < FLOOR_PIECES) return;
    this.quietestBefore = this.quietest;
    this.quietest = Infinity;
    this.pieces = 0;
  }
}

function energyOf(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum;
}
