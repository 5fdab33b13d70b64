/** Zero crossings of the sinc on each side of its centre. */
const ZERO_CROSSINGS = 32;
/** Part of the lower Nyquist frequency that passes; −6 dB there, stop band (−90 dB) from Nyquist on. */
const PASS_BAND = 0.92;
const KAISER_BETA = 9;
/** Positions between two input samples that have a row of coefficients; between rows they are interpolated (error −105 dB). */
const PHASES = 256;

function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function kernelRow(phase: number, halfWidth: number, cutoff: number): Float32Array {
  const row = new Float32Array(2 * halfWidth);
  let sum = 0;
  for (let tap = 0; tap < row.length; tap++) {
    const distance = tap - (halfWidth - 1) - phase;
    const edge = Math.min(1, Math.abs(distance) / halfWidth);
    const angle = Math.PI * cutoff * distance;
    const sinc = angle === 0 ? 1 : Math.sin(angle) / angle;
    const value = (cutoff * sinc * bessel0(KAISER_BETA * Math.sqrt(1 - edge * edge))) / bessel0(KAISER_BETA);
    row[tap] = value;
    sum += value;
  }
  return row.map((value) => value / sum);
}

const tables = new Map<string, readonly Float32Array[]>();

function kernel(halfWidth: number, cutoff: number): readonly Float32Array[] {
  // Crystals differ by parts per million, which no filter notices: one table serves them all.
  const key = `${halfWidth} ${cutoff.toFixed(3)}`;
  let table = tables.get(key);
  if (table === undefined) {
    table = Array.from({ length: PHASES + 1 }, (_, phase) => kernelRow(phase / PHASES, halfWidth, cutoff));
    tables.set(key, table);
  }
  return table;
}

/**
 * Converts a stream from one sample clock to another by any ratio, as two converters on two crystals do: a windowed sinc
 * centred on the exact place of each output sample, so that no delay hides in the samples. Output sample `k` is the sound
 * at input position `k × inputRateHz / outputRateHz`, counted from the first pushed sample. What a filter costs in time
 * is the look-ahead: an output exists only once `lookaheadSamples` inputs after its place were pushed. Sound before the
 * first sample counts as silence.
 */
export class RateConverter {
  /** Input samples from one output sample to the next. */
  readonly stepSamples: number;
  /** Group delay in input samples: how many inputs after its place an output sample has to wait for. */
  readonly lookaheadSamples: number;
  private readonly rows: readonly Float32Array[];
  private history: Float32Array;
  /** Input index of `history[0]`. */
  private historyStart: number;
  private pushed = 0;
  /** Input index after the last sample that was not 0: most of what a board plays is silence, which costs nothing. */
  private soundEnd = -Infinity;
  private produced = 0;

  constructor(inputRateHz: number, outputRateHz: number) {
    if (!(inputRateHz > 0 && outputRateHz > 0))
      throw new RangeError(`rates ${inputRateHz} and ${outputRateHz} Hz`);
    this.stepSamples = inputRateHz / outputRateHz;
    this.lookaheadSamples = Math.ceil(ZERO_CROSSINGS * Math.max(1, Math.round(this.stepSamples * 100) / 100));
    this.rows = kernel(this.lookaheadSamples, PASS_BAND * Math.min(1, 1 / this.stepSamples));
    this.history = new Float32Array(this.lookaheadSamples);
    this.historyStart = -this.lookaheadSamples;
  }

  /** Place of an output sample on the input clock, in input samples with fraction. */
  inputPositionOf(outputSample: number): number {
    return outputSample * this.stepSamples;
  }

  /** Place of an input sample on the output clock, in output samples with fraction. */
  outputPositionOf(inputSample: number): number {
    return inputSample / this.stepSamples;
  }

  /** How many more inputs have to be pushed before `outputCount` further outputs exist; 0 when they exist already. */
  inputsFor(outputCount: number): number {
    const last = Math.floor(this.inputPositionOf(this.produced + outputCount - 1));
    return Math.max(0, last + this.lookaheadSamples + 1 - this.pushed);
  }

  /**
   * Takes input samples (full scale ±1) and gives back every output sample that they complete, at most `maxOutputs`; what
   * is held back comes with a later call.
   */
  push(input: Float32Array, maxOutputs = Infinity): Float32Array {
    const joined = new Float32Array(this.history.length + input.length);
    joined.set(this.history);
    joined.set(input, this.history.length);
    let lastSound = input.length - 1;
    while (lastSound >= 0 && input[lastSound] === 0) lastSound--;
    if (lastSound >= 0) this.soundEnd = this.pushed + lastSound + 1;
    this.pushed += input.length;
    const most = Math.ceil((joined.length + 1) / this.stepSamples) + 1;
    const output = new Float32Array(Math.min(maxOutputs, most));
    let count = 0;
    while (count < maxOutputs) {
      const position = this.inputPositionOf(this.produced);
      const whole = Math.floor(position);
      if (whole + this.lookaheadSamples >= this.pushed) break;
      const start = whole - this.lookaheadSamples + 1;
      const silent = start >= this.soundEnd;
      output[count++] = silent ? 0 : this.sampleAt(joined, start - this.historyStart, position - whole);
      this.produced++;
    }
    const oldestNeeded = Math.floor(this.inputPositionOf(this.produced)) - this.lookaheadSamples + 1;
    const dropped = Math.max(0, Math.min(joined.length, oldestNeeded - this.historyStart));
    this.history = joined.slice(dropped);
    this.historyStart += dropped;
    return output.slice(0, count);
  }

  private sampleAt(samples: Float32Array, start: number, fraction: number): number {
    const place = fraction * PHASES;
    const phase = Math.floor(place);
    const blend = place - phase;
    const before = this.rows[phase] as Float32Array;
    const after = this.rows[phase + 1] as Float32Array;
    let low = 0;
    // Between rates that divide each other every output lies on a row: nothing is between two of them.
    if (blend === 0) {
      for (let tap = 0; tap < before.length; tap++)
        low += (samples[start + tap] as number) * (before[tap] as number);
      return low;
    }
    let high = 0;
    for (let tap = 0; tap < before.length; tap++) {
      const sample = samples[start + tap] as number;
      low += sample * (before[tap] as number);
      high += sample * (after[tap] as number);
    }
    return low + (high - low) * blend;
  }
}
