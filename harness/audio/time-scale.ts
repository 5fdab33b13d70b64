// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, abs, ceil, cos, floor, max, min, round, sin, sqrt } = Math;

/** Zero crossings of the kernel on each side: 16 pass 0.44 of the source rate and stop its image by over 60 dB. */
const HALF_WIDTH = 16;
/** Phases of the tabled kernel; values between two phases are interpolated, with an error below -100 dB. */
const PHASES = 1024;
/** Shape of the Kaiser window: about 80 dB of stop band. */
const KAISER_BETA = 8;

function besselI0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; k < 32; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function kernelTable(): Float64Array {
  const table = new Float64Array(HALF_WIDTH * PHASES + 2);
  for (let i = 0; i < table.length; i++) {
    const x = i / PHASES;
    const within = 1 - (x / HALF_WIDTH) ** 2;
    const window = within <= 0 ? 0 : besselI0(KAISER_BETA * sqrt(within)) / besselI0(KAISER_BETA);
    table[i] = window * (x === 0 ? 1 : sin(PI * x) / (PI * x));
  }
  return table;
}

const kernel = kernelTable();

/** Kernel at a distance of `at / PHASES` zero crossings. */
function kernelAt(at: number): number {
  const index = floor(at);
  const low = kernel[index] ?? 0;
  return low + (at - index) * ((kernel[index + 1] ?? 0) - low);
}

/** Clocks of one bench differ by less: 0.1 %. */
const CLOCK_TOLERANCE = 1e-3;
/** A rate change by a simple ratio comes by the same few fractions of a sample again and again. */
const MOST_FRACTIONS = 16;
/** What `start` and `step` carry of rounding adds up to less than this many samples. */
const RATIO_TOLERANCE = 1e-12;

/** After how many outputs the position stands at the same fraction of a sample again; undefined: not soon. */
function fractionsOf(step: number): number | undefined {
  for (let count = 1; count <= MOST_FRACTIONS; count++)
    if (abs(step * count - round(step * count)) < RATIO_TOLERANCE * count) return count;
  return undefined;
}

interface Reading {
  readonly start: number;
  readonly step: number;
}

/** The kernel is worked out once for each fraction of a sample. */
function readByRatio(
  samples: Float32Array,
  out: Float32Array,
  { start, step }: Reading,
  fractions: number,
): void {
  const narrowing = max(1, step);
  const reach = HALF_WIDTH * narrowing;
  const advance = round(step * fractions);
  for (let fraction = 0; fraction < fractions; fraction++) {
    const position = start + fraction * step;
    const first = ceil(position - reach);
    const taps = Float64Array.from(
      { length: floor(position + reach) - first + 1 },
      (_, i) => kernelAt((abs(first + i - position) / narrowing) * PHASES) / narrowing,
    );
    let at = first;
    for (let n = fraction; n < out.length; n += fractions) {
      const from = max(0, -at);
      const to = min(taps.length, samples.length - at);
      let sum = 0;
      for (let i = from; i < to; i++) sum += (taps[i] ?? 0) * (samples[at + i] ?? 0);
      out[n] = sum;
      at += advance;
    }
  }
}

/** Neighbouring samples lie whole zero crossings apart, so that on each side the kernel is read between the same two phases. */
function readByPhase(samples: Float32Array, out: Float32Array, { start, step }: Reading): void {
  for (let n = 0; n < out.length; n++) {
    const position = start + n * step;
    const before = floor(position);
    const beforePhase = (position - before) * PHASES;
    const beforeIndex = floor(beforePhase);
    const afterPhase = PHASES - beforePhase;
    const afterIndex = floor(afterPhase);
    let low = 0;
    let high = 0;
    let afterLow = 0;
    let afterHigh = 0;
    const from = max(0, before + 1 - HALF_WIDTH);
    const to = min(samples.length - 1, before + HALF_WIDTH);
    for (let i = min(before, to), at = beforeIndex + (before - i) * PHASES; i >= from; i--, at += PHASES) {
      const sample = samples[i] ?? 0;
      low += sample * (kernel[at] ?? 0);
      high += sample * (kernel[at + 1] ?? 0);
    }
    const next = max(0, before + 1);
    for (let i = next, at = afterIndex + (next - before - 1) * PHASES; i <= to; i++, at += PHASES) {
      const sample = samples[i] ?? 0;
      afterLow += sample * (kernel[at] ?? 0);
      afterHigh += sample * (kernel[at + 1] ?? 0);
    }
    out[n] =
      low +
      (beforePhase - beforeIndex) * (high - low) +
      afterLow +
      (afterPhase - afterIndex) * (afterHigh - afterLow);
  }
}

/**
 * A signal read at evenly spaced fractional positions: output n is the signal at `start + n * step` samples. This both
 * changes a rate (step = source rate / wanted rate) and follows a clock that drifts. Windowed sinc, no delay; outside its
 * samples the signal is zero. With a step above 1 what the wider spacing cannot carry is filtered off.
 * @param step - In samples of the source, above 0.
 */
export function timeScaled(
  samples: Float32Array,
  { start, step, lengthSamples }: Reading & { readonly lengthSamples: number },
): Float32Array {
  const out = new Float32Array(max(0, lengthSamples));
  const reading = { start, step };
  const fractions = fractionsOf(step);
  if (fractions !== undefined) {
    readByRatio(samples, out, reading, fractions);
    return out;
  }
  // A clock that is fast by some ppm needs no filter: what it folds over is as narrow.
  if (step <= 1 + CLOCK_TOLERANCE) {
    readByPhase(samples, out, reading);
    return out;
  }
  const reach = HALF_WIDTH * step;
  for (let n = 0; n < out.length; n++) {
    const position = start + n * step;
    const from = max(0, ceil(position - reach));
    const to = min(samples.length - 1, floor(position + reach));
    let sum = 0;
    for (let i = from; i <= to; i++) sum += (samples[i] ?? 0) * kernelAt((abs(i - position) / step) * PHASES);
    out[n] = sum / step;
  }
  return out;
}

/** Zero crossings on each side of the decimation filter: what folds over is 40 dB down from 0.6 of the old band on. */
const DECIMATION_HALF_WIDTH = 8;

export interface DecimationFilter {
  /** On each side. The more, the steeper: it falls over 3.1 / `zeroCrossings` of the new band. */
  readonly zeroCrossings: number;
  /** Half its height lies at this share of the new band. */
  readonly edge: number;
}

/**
 * Every `factor`-th sample of a signal, low-passed first and without delay: sample n stands at `n * factor`.
 * @param factor - A whole number from 1.
 */
export function decimated(
  samples: Float32Array,
  factor: number,
  { zeroCrossings, edge }: DecimationFilter = { zeroCrossings: DECIMATION_HALF_WIDTH, edge: 1 },
): Float32Array {
  if (factor === 1) return samples;
  const spacing = factor / edge;
  const reach = floor(zeroCrossings * spacing);
  // Symmetric: tap i weighs both samples that are i away.
  const taps = Float64Array.from({ length: reach + 1 }, (_, i) => {
    const x = i / spacing;
    const window = 0.5 + 0.5 * cos((PI * x) / zeroCrossings);
    return ((x === 0 ? 1 : sin(PI * x) / (PI * x)) * window) / spacing;
  });
  const padded = new Float64Array(samples.length + 2 * reach + factor);
  padded.set(samples, reach);
  const out = new Float32Array(floor(samples.length / factor));
  // Two outputs at a time share the loads of the taps, which makes it half as fast again.
  for (let n = 0; n < out.length; n += 2) {
    const at = reach + n * factor;
    const next = at + factor;
    let sum = (taps[0] ?? 0) * (padded[at] ?? 0);
    let nextSum = (taps[0] ?? 0) * (padded[next] ?? 0);
    for (let i = 1; i <= reach; i++) {
      const tap = taps[i] ?? 0;
      sum += tap * ((padded[at - i] ?? 0) + (padded[at + i] ?? 0));
      nextSum += tap * ((padded[next - i] ?? 0) + (padded[next + i] ?? 0));
    }
    out[n] = sum;
    if (n + 1 < out.length) out[n + 1] = nextSum;
  }
  return out;
}
