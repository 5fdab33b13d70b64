import { goOn, type BetweenSteps } from './between-steps';
import { signalOf, spectrumOf, transformSize, type HalfSpectrum } from '../spectrum';

const { abs, floor, max, min, round, sqrt } = Math;

/** Power over frequency, `POWER_BINS` values from 0 Hz to half the rate. */
const POWER_FRAME = 512;
const POWER_BINS = POWER_FRAME / 2 + 1;
const frameWindow = Float32Array.from(
  { length: POWER_FRAME },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 0.5)) / POWER_FRAME),
);

/** Mean power spectrum of a stretch (Welch); undefined when it is shorter than a frame. */
function powerOf(samples: Float32Array): Float64Array | undefined {
  const power = new Float64Array(POWER_BINS);
  const frame = new Float32Array(POWER_FRAME);
  let frames = 0;
  for (let start = 0; start + POWER_FRAME <= samples.length; start += POWER_FRAME / 2) {
    for (let n = 0; n < POWER_FRAME; n++)
      frame[n] = (samples[start + n] as number) * (frameWindow[n] as number);
    const spectrum = spectrumOf(frame, 0, POWER_FRAME);
    for (let k = 0; k < POWER_BINS; k++)
      power[k] =
        (power[k] as number) + (spectrum[2 * k] as number) ** 2 + (spectrum[2 * k + 1] as number) ** 2;
    frames += 1;
  }
  return frames === 0 ? undefined : power.map((value) => value / frames);
}

/** Speech is weighted down where there is much of it, over this many bins: 170 Hz. */
const SMOOTHED_BINS = 5;
/** Codecs and rooms err in proportion to the speech: about this share of its energy. */
const SPEECH_SHARE = 0.05;

/**
 * Weights per frequency that make noise, and errors in proportion to the speech, equally strong everywhere.
 * @param leadInSamples - How many samples at the front are noise only.
 */
export function errorWeights(heard: Float32Array, leadInSamples: number): Float64Array {
  const all = powerOf(heard) ?? new Float64Array(POWER_BINS).fill(1);
  const noise = powerOf(heard.subarray(0, leadInSamples));
  let total = 0;
  for (const value of all) total += value;
  return all.map((_, k) => {
    let [sum, count] = [0, 0];
    for (let near = max(0, k - SMOOTHED_BINS); near <= min(POWER_BINS - 1, k + SMOOTHED_BINS); near++) {
      sum += all[near] as number;
      count += 1;
    }
    // Without a lead-in the speech alone decides; nothing weighs endlessly where a filter cut everything off.
    const least = (1e-5 * total) / POWER_BINS;
    return 1 / ((noise?.[k] ?? 0) + (SPEECH_SHARE * sum) / count + least);
  });
}

/** Loading of the diagonal: the filter need not follow what is 30 dB under the template's mean power. */
const RIDGE = 1e-3;

/** The direct sound is the first tap of at least this share of the strongest, which may be a reflection. */
const DIRECT_SHARE = 0.5;

export interface RoomFitOptions {
  readonly rateHz: number;
  readonly filterMs: number;
  /** How much of the filter lies ahead of the template: the strongest path may be a reflection. */
  readonly aheadMs: number;
  /** Of squared errors per frequency, as `errorWeights` gives them, from 0 Hz to `weightedToHz`. */
  readonly weights: Float64Array;
  readonly weightedToHz: number;
}

/** A clip and what a template makes of it, both weighted. */
export interface RoomModel {
  readonly heard: Float32Array;
  readonly model: Float32Array;
  /** The filter between template and model, weights included. */
  readonly response: HalfSpectrum;
}

/**
 * What was heard, ready to have filters fitted: the linear filter (room, loudspeaker, microphone, gain) that makes a played
 * template most like it, by least squares over the whole clip, normal equations of Toeplitz form.
 */
export class RoomFit {
  private readonly size: number;
  private readonly target: HalfSpectrum;
  private readonly heardEnergy: number;
  private readonly taps: number;
  private readonly aheadSamples: number;
  /** Square roots of the weights, per bin. */
  private readonly gains: Float64Array;

  constructor(
    heard: Float32Array,
    private readonly options: RoomFitOptions,
  ) {
    const { rateHz, filterMs, aheadMs, weights, weightedToHz } = options;
    this.taps = round((filterMs * rateHz) / 1000);
    this.aheadSamples = round((aheadMs * rateHz) / 1000);
    this.size = transformSize(heard.length + this.taps);
    const perBin = ((rateHz / this.size) * (weights.length - 1)) / weightedToHz;
    this.gains = gainsOf(weights, this.size / 2 + 1, perBin);
    this.target = spectrumOf(heard, 0, this.size);
    weigh(this.target, this.gains);
    this.heardEnergy = energyOf(this.target);
  }

  /**
   * Share of what was heard that a template explains through its best filter, weighted, 0 to 1, and by how much later than the
   * template says the direct sound came.
   */
  explainedBy(template: Float32Array): { readonly explained: number; readonly directMs: number } {
    const { filter, wanted } = this.solve(template, goOn);
    let sum = 0;
    let strongest = 0;
    for (let n = 0; n < this.taps; n++) {
      sum += (filter[n] as number) * (wanted[n] as number);
      strongest = max(strongest, abs(filter[n] as number));
    }
    const first = filter.findIndex((tap) => abs(tap) >= DIRECT_SHARE * strongest);
    return {
      explained: sum / (this.heardEnergy + 1e-30),
      directMs: ((first - this.aheadSamples) * 1000) / this.options.rateHz,
    };
  }

  model(template: Float32Array, betweenSteps: BetweenSteps): RoomModel {
    const { size, target, gains } = this;
    const { filter, source } = this.solve(template, betweenSteps);
    betweenSteps();
    const shape = spectrumOf(this.responseOf(filter), 0, size);
    // The template's spectrum is weighted already.
    const modelled = product(shape, source);
    weigh(shape, gains);
    const inTime = (spectrum: HalfSpectrum): Float32Array =>
      Float32Array.from(signalOf(spectrum).subarray(0, template.length));
    return { heard: inTime(target), model: inTime(modelled), response: shape };
  }

  /** What would have been heard of a template, not weighted. */
  predicted(template: Float32Array, betweenSteps: BetweenSteps): Float32Array {
    const { size } = this;
    const { filter } = this.solve(template, betweenSteps);
    betweenSteps();
    const shape = spectrumOf(this.responseOf(filter), 0, size);
    return Float32Array.from(
      signalOf(product(shape, spectrumOf(template, 0, size))).subarray(0, template.length),
    );
  }

  private responseOf(filter: Float64Array): Float32Array {
    const response = new Float32Array(this.size);
    for (let n = 0; n < this.taps; n++)
      response[(n - this.aheadSamples + this.size) % this.size] = filter[n] as number;
    return response;
  }

  private solve(
    template: Float32Array,
    betweenSteps: BetweenSteps,
  ): {
    readonly filter: Float64Array;
    readonly wanted: Float64Array;
    readonly source: HalfSpectrum;
  } {
    const { size, taps, target, aheadSamples } = this;
    betweenSteps();
    const source = spectrumOf(template, 0, size);
    weigh(source, this.gains);
    const power = new Float64Array(source.length);
    const cross = new Float64Array(source.length);
    for (let k = 0; k < power.length; k += 2) {
      const [a, b] = [target[k] as number, target[k + 1] as number];
      const [c, d] = [source[k] as number, source[k + 1] as number];
      power[k] = c * c + d * d;
      cross[k] = a * c + b * d;
      cross[k + 1] = b * c - a * d;
    }
    const auto = signalOf(power).slice(0, taps);
    auto[0] = (auto[0] as number) * (1 + RIDGE) + 1e-20;
    const wrapped = signalOf(cross);
    const wanted = Float64Array.from(
      { length: taps },
      (_, n) => wrapped[(n - aheadSamples + size) % size] as number,
    );
    betweenSteps();
    return { filter: toeplitzSolution(auto, wanted, betweenSteps), wanted, source };
  }
}

/** Square roots of weights, interpolated between their frequencies. @param perBin - Weights per bin. */
function gainsOf(weights: Float64Array, bins: number, perBin: number): Float64Array {
  return Float64Array.from({ length: bins }, (_, k) => {
    const position = k * perBin;
    const at = min(floor(position), weights.length - 2);
    const low = weights[at] as number;
    return sqrt(low + (position - at) * ((weights[at + 1] as number) - low));
  });
}

/** Applies a gain to each bin, in place. */
function weigh(spectrum: HalfSpectrum, gains: Float64Array): void {
  for (let k = 0; k < gains.length; k++) {
    const gain = gains[k] as number;
    spectrum[2 * k] = (spectrum[2 * k] as number) * gain;
    spectrum[2 * k + 1] = (spectrum[2 * k + 1] as number) * gain;
  }
}

function product(one: HalfSpectrum, other: HalfSpectrum): HalfSpectrum {
  const both = new Float64Array(one.length);
  for (let k = 0; k < one.length; k += 2) {
    const [a, b] = [one[k] as number, one[k + 1] as number];
    const [c, d] = [other[k] as number, other[k + 1] as number];
    both[k] = a * c - b * d;
    both[k + 1] = a * d + b * c;
  }
  return both;
}

/** Energy of the signal that a half spectrum stands for. */
function energyOf(spectrum: HalfSpectrum): number {
  let sum = 0;
  for (let k = 0; k < spectrum.length; k++) sum += (spectrum[k] as number) * (spectrum[k] as number);
  return (2 * sum) / (spectrum.length - 2);
}

/** A few of the largest system's 1 200 rows: under a millisecond. */
const ROWS_A_STEP = 200;

/**
 * x of T x = y for a symmetric Toeplitz matrix T with this first row, by Levinson's recursion.
 * @see Golub and Van Loan, Matrix Computations, section 4.7.
 */
function toeplitzSolution(row: Float64Array, wanted: Float64Array, betweenSteps: BetweenSteps): Float64Array {
  const n = wanted.length;
  const solution = new Float64Array(n);
  let predictor = new Float64Array(n);
  let next = new Float64Array(n);
  predictor[0] = 1;
  let error = row[0] as number;
  solution[0] = (wanted[0] as number) / error;
  for (let m = 1; m < n; m++) {
    if (m % ROWS_A_STEP === 0) betweenSteps();
    let reflection = 0;
    let missing = wanted[m] as number;
    for (let i = 0; i < m; i++) {
      const along = row[m - i] as number;
      reflection -= (predictor[i] as number) * along;
      missing -= (solution[i] as number) * along;
    }
    reflection /= error;
    next[0] = 1;
    for (let i = 1; i < m; i++)
      next[i] = (predictor[i] as number) + reflection * (predictor[m - i] as number);
    next[m] = reflection;
    [predictor, next] = [next, predictor];
    error *= 1 - reflection * reflection;
    const gain = missing / error;
    for (let i = 0; i <= m; i++) solution[i] = (solution[i] as number) + gain * (predictor[m - i] as number);
  }
  return solution;
}
