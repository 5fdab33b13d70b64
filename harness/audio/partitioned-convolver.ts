import FFT from 'fft.js';

/**
 * Convolution of a running signal, block by block and without delay, by uniformly partitioned overlap-save: a response of
 * n blocks costs one transform of the input, n complex multiplications a bin, and one transform of the output. Inputs are
 * transformed once however many convolvers listen to them.
 *
 * The transform is the smallest power of two that holds two blocks (480 samples: 1 024).
 */
interface Transform {
  readonly fft: FFT;
  readonly size: number;
  /** Interleaved values of bins 0 to size / 2; the rest follows from the signal being real. */
  readonly binValues: number;
}

function transformFor(blockSamples: number): Transform {
  if (!Number.isInteger(blockSamples) || blockSamples < 1)
    throw new RangeError(`convolver: a block of ${blockSamples} samples`);
  let size = 2;
  while (size < 2 * blockSamples) size *= 2;
  return { fft: new FFT(size), size, binValues: size + 2 };
}

/** The latest blocks of one signal as spectra, newest first. */
export class ConvolverInput {
  readonly blockSamples: number;
  private readonly transform: Transform;
  private readonly window: Float64Array;
  private readonly spectra: Float64Array[];
  private readonly scratch: number[];
  /** Which of the spectra are all 0: most of what is played is silence, which needs no transform and adds nothing. */
  private readonly silent: boolean[];
  private newest = 0;

  /** @param historyBlocks - How many blocks of response a convolver may apply to this input; at least 1. */
  constructor(
    blockSamples: number,
    readonly historyBlocks: number,
  ) {
    this.blockSamples = blockSamples;
    this.transform = transformFor(blockSamples);
    this.window = new Float64Array(this.transform.size);
    this.scratch = new Array<number>(2 * this.transform.size).fill(0);
    this.spectra = Array.from(
      { length: Math.max(1, historyBlocks) },
      () => new Float64Array(this.transform.binValues),
    );
    this.silent = this.spectra.map(() => true);
  }

  /** Takes the next `blockSamples` samples of the signal. @throws RangeError for another length. */
  push(block: Float32Array): void {
    if (block.length !== this.blockSamples)
      throw new RangeError(`convolver: ${block.length} samples pushed, blocks hold ${this.blockSamples}`);
    this.window.copyWithin(0, this.blockSamples);
    this.window.set(block, this.window.length - this.blockSamples);
    this.newest = (this.newest + this.spectra.length - 1) % this.spectra.length;
    const isSilent = this.window.every((value) => value === 0);
    this.silent[this.newest] = isSilent;
    if (isSilent) return;
    this.transform.fft.realTransform(this.scratch, this.window);
    const spectrum = this.spectra[this.newest] as Float64Array;
    for (let i = 0; i < spectrum.length; i++) spectrum[i] = this.scratch[i] ?? 0;
  }

  /** Spectrum of the window that ended `ageBlocks` blocks before the newest; undefined when all of it was 0. */
  spectrum(ageBlocks: number): Float64Array | undefined {
    if (ageBlocks >= this.spectra.length)
      throw new RangeError(`convolver: block ${ageBlocks} of a history of ${this.spectra.length}`);
    const place = (this.newest + ageBlocks) % this.spectra.length;
    return this.silent[place] === true ? undefined : this.spectra[place];
  }
}

/** One impulse response between an input and the output. */
export interface ConvolverPath {
  readonly input: ConvolverInput;
  /** Sample 0 acts without delay. May be empty. */
  readonly response: ArrayLike<number>;
}

/** Blocks of response that a response of this length needs from its input. */
export const partitionsOf = (responseSamples: number, blockSamples: number): number =>
  Math.max(1, Math.ceil(responseSamples / blockSamples));

function multiplyAdd(sum: Float64Array, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < sum.length; i += 2) {
    const aRe = a[i] as number;
    const aIm = a[i + 1] as number;
    const bRe = b[i] as number;
    const bIm = b[i + 1] as number;
    (sum[i] as number) += aRe * bRe - aIm * bIm;
    (sum[i + 1] as number) += aRe * bIm + aIm * bRe;
  }
}

/** Sum of several inputs, each through its own impulse response. */
export class PartitionedConvolver {
  private readonly transform: Transform;
  private readonly partitions: readonly {
    readonly input: ConvolverInput;
    readonly spectra: Float64Array[];
  }[];
  private readonly sum: Float64Array;
  private readonly full: number[];
  private readonly time: number[];

  /** @throws RangeError when a response is longer than its input's history, or an input has other blocks. */
  constructor(
    private readonly blockSamples: number,
    paths: readonly ConvolverPath[],
  ) {
    this.transform = transformFor(blockSamples);
    const { size, binValues } = this.transform;
    this.sum = new Float64Array(binValues);
    this.full = new Array<number>(2 * size).fill(0);
    this.time = new Array<number>(2 * size).fill(0);
    this.partitions = paths.map(({ input, response }) => {
      const count = partitionsOf(response.length, blockSamples);
      if (input.blockSamples !== blockSamples || input.historyBlocks < count)
        throw new RangeError(
          `convolver: a response of ${count} blocks of ${blockSamples} samples on an input of ` +
            `${input.historyBlocks} blocks of ${input.blockSamples}`,
        );
      return { input, spectra: Array.from({ length: count }, (_, part) => this.spectrumOf(response, part)) };
    });
  }

  private spectrumOf(response: ArrayLike<number>, part: number): Float64Array {
    const { fft, size, binValues } = this.transform;
    const padded = new Float64Array(size);
    for (let i = 0; i < this.blockSamples; i++) padded[i] = response[part * this.blockSamples + i] ?? 0;
    const out = new Array<number>(2 * size).fill(0);
    fft.realTransform(out, padded);
    return Float64Array.from(out.slice(0, binValues));
  }

  /** The output block that belongs to the newest block of every input, in an array of its own. */
  next(): Float32Array {
    const { fft, size, binValues } = this.transform;
    const block = new Float32Array(this.blockSamples);
    let isSilent = true;
    this.sum.fill(0);
    for (const { input, spectra } of this.partitions) {
      for (const [age, spectrum] of spectra.entries()) {
        const heard = input.spectrum(age);
        if (heard === undefined) continue;
        isSilent = false;
        multiplyAdd(this.sum, heard, spectrum);
      }
    }
    if (isSilent) return block;
    for (let i = 0; i < binValues; i++) this.full[i] = this.sum[i] as number;
    fft.completeSpectrum(this.full);
    fft.inverseTransform(this.time, this.full);
    const first = size - this.blockSamples;
    for (let i = 0; i < block.length; i++) block[i] = this.time[2 * (first + i)] as number;
    return block;
  }
}
