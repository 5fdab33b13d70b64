// Bound once: in Jest's sandbox a global costs a lookup through a proxy, a hundred times a local's.
const { PI, abs, ceil, cos, floor, max, min, sin, sqrt } = Math;

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

/**
 * A signal read at evenly spaced fractional positions: output n is the signal at `start + n * step` samples. This both
 * changes a rate (step = source rate / wanted rate) and follows a clock that drifts. Windowed sinc, no delay; outside its
 * samples the signal is zero. With a step above 1 what the wider spacing cannot carry is filtered off.
 * @param step - In samples of the source, above 0.
 */
export function timeScaled(
  samples: Float32Array,
  {
    start,
    step,
    lengthSamples,
  }: { readonly start: number; readonly step: number; readonly lengthSamples: number },
): Float32Array {
  const out = new Float32Array(max(0, lengthSamples));
  const narrowing = max(1, step);
  const reach = HALF_WIDTH * narrowing;
  for (let n = 0; n < out.length; n++) {
    const position = start + n * step;
    const from = max(0, ceil(position - reach));
    const to = min(samples.length - 1, floor(position + reach));
    let sum = 0;
    for (let i = from; i <= to; i++) {
      const at = (abs(i - position) / narrowing) * PHASES;
      const index = floor(at);
      const low = kernel[index] ?? 0;
      sum += (samples[i] ?? 0) * (low + (at - index) * ((kernel[index + 1] ?? 0) - low));
    }
    out[n] = sum / narrowing;
  }
  return out;
}

/** Zero crossings on each side of the decimation filter: what folds over is 40 dB down from 0.6 of the old band on. */
const DECIMATION_HALF_WIDTH = 8;

/**
 * Every `factor`-th sample of a signal, low-passed first and without delay: sample n stands at `n * factor`.
 * @param factor - A whole number from 1.
 */
export function decimated(samples: Float32Array, factor: number): Float32Array {
  if (factor === 1) return samples;
  const reach = DECIMATION_HALF_WIDTH * factor;
  const taps = Float64Array.from({ length: 2 * reach + 1 }, (_, i) => {
    const x = (i - reach) / factor;
    const window = 0.5 + 0.5 * cos((PI * x) / DECIMATION_HALF_WIDTH);
    return ((x === 0 ? 1 : sin(PI * x) / (PI * x)) * window) / factor;
  });
  const out = new Float32Array(floor(samples.length / factor));
  for (let n = 0; n < out.length; n++) {
    const first = n * factor - reach;
    const from = max(0, -first);
    const to = min(taps.length, samples.length - first);
    let sum = 0;
    for (let i = from; i < to; i++) sum += (taps[i] ?? 0) * (samples[first + i] ?? 0);
    out[n] = sum;
  }
  return out;
}
