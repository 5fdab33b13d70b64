import FFT from 'fft.js';

const { max } = Math;

/** Window of a transform at 16 kHz: 128 ms. */
export const WINDOW_SAMPLES = 2_048;
/** The longest piece that is taken at once; the rest of the window is the filter: 116 ms of echo. */
export const LONGEST_PIECE_SAMPLES = 192;
export const FILTER_SAMPLES = WINDOW_SAMPLES - LONGEST_PIECE_SAMPLES;

const BINS = WINDOW_SAMPLES / 2 + 1;
/** What is believed of an enclosure before anything was heard: -15 dB of coupling, more than a usable board has. */
const FIRST_COUPLING = 10 ** (-15 / 10);
/** Part of the echo path that a piece of 10 ms renews: people move, the path is not for ever. */
const RENEWED = 2e-4;
/** The near end's spectrum is that of the last 50 ms. */
const NEAR_END_MEMORY = 0.8;
/** Keeps a division by nothing away; far below one step of 16 bit. */
const LEAST_POWER = 1e-9;

/** What a piece is without its echo, and how much echo is still expected in it. */
export interface Cancelled {
  readonly samples: Float32Array;
  /** Energy of the echo that was taken away, sum of squares over the piece. */
  readonly echoEnergy: number;
  /** Expected energy of what was not taken away, as far as the filter reaches. */
  readonly residualEnergy: number;
}

/**
 * Adaptive echo filter: a Kalman filter in the frequency domain (Enzner and Vary, "Frequency-domain adaptive Kalman filter
 * for acoustic echo control in hands-free telephones", Signal Processing 86, 2006). Each bin carries the variance of its own
 * error, so it learns fast while it knows little, hardly moves while the near end speaks, and says what it has not cancelled.
 * Pieces may have any length up to 192 samples and come back without delay.
 */
export class EchoFilter {
  private readonly fft = new FFT(WINDOW_SAMPLES);
  /** Half spectra: interleaved bins 0 to size / 2. */
  private readonly path = new Float64Array(2 * BINS);
  private readonly variance = new Float64Array(BINS).fill(FIRST_COUPLING);
  private readonly nearEnd = new Float64Array(BINS);
  private readonly real = new Float64Array(WINDOW_SAMPLES);
  private readonly far = new Float64Array(2 * WINDOW_SAMPLES);
  private readonly spectrum = new Float64Array(2 * WINDOW_SAMPLES);
  private readonly time = new Float64Array(2 * WINDOW_SAMPLES);

  /**
   * @param farWindow - The reference up to the piece's last sample, `WINDOW_SAMPLES` long.
   * @param near - What the microphone heard, full scale ±1.
   */
  cancel(farWindow: Float32Array, near: Float32Array): Cancelled {
    const { fft, path, far, spectrum, time, real } = this;
    const piece = near.length;
    const first = WINDOW_SAMPLES - piece;
    for (let n = 0; n < WINDOW_SAMPLES; n++) real[n] = farWindow[n] as number;
    fft.realTransform(far, real);

    for (let i = 0; i < 2 * BINS; i += 2) {
      const xRe = far[i] as number;
      const xIm = far[i + 1] as number;
      const hRe = path[i] as number;
      const hIm = path[i + 1] as number;
      spectrum[i] = xRe * hRe - xIm * hIm;
      spectrum[i + 1] = xRe * hIm + xIm * hRe;
    }
    this.toTime();
    const samples = new Float32Array(piece);
    real.fill(0, 0, first);
    let echoEnergy = 0;
    for (let n = 0; n < piece; n++) {
      const echo = time[2 * (first + n)] as number;
      const rest = (near[n] as number) - echo;
      echoEnergy += echo * echo;
      samples[n] = rest;
      real[first + n] = rest;
    }
    return { samples, echoEnergy, residualEnergy: this.learn(piece) };
  }

  /** Moves the path towards what explains the rest in `real`; gives back the energy that it expected to be left. */
  private learn(piece: number): number {
    const { fft, path, far, spectrum, time, real, variance, nearEnd } = this;
    const share = piece / WINDOW_SAMPLES;
    fft.realTransform(spectrum, real);
    let residual = 0;
    for (let k = 0; k < BINS; k++) {
      const i = 2 * k;
      const xRe = far[i] as number;
      const xIm = far[i + 1] as number;
      const eRe = spectrum[i] as number;
      const eIm = spectrum[i + 1] as number;
      const power = xRe * xRe + xIm * xIm;
      const rest = (eRe * eRe + eIm * eIm) / share;
      const near = NEAR_END_MEMORY * (nearEnd[k] as number) + (1 - NEAR_END_MEMORY) * rest;
      nearEnd[k] = near;
      const expected = (variance[k] as number) * power;
      residual += expected;
      const gain = (variance[k] as number) / (expected + max(near, rest) + LEAST_POWER);
      spectrum[i] = gain * (xRe * eRe + xIm * eIm);
      spectrum[i + 1] = gain * (xRe * eIm - xIm * eRe);
      variance[k] = (1 - share * gain * power) * (variance[k] as number);
    }
    this.toTime();
    for (let n = 0; n < FILTER_SAMPLES; n++) real[n] = time[2 * n] as number;
    real.fill(0, FILTER_SAMPLES);
    fft.realTransform(spectrum, real);
    for (let k = 0; k < BINS; k++) {
      const i = 2 * k;
      const hRe = ((path[i] as number) += spectrum[i] as number);
      const hIm = ((path[i + 1] as number) += spectrum[i + 1] as number);
      variance[k] = (variance[k] as number) + RENEWED * (hRe * hRe + hIm * hIm);
    }
    return (2 * share * residual) / WINDOW_SAMPLES;
  }

  private toTime(): void {
    this.fft.completeSpectrum(this.spectrum);
    this.fft.inverseTransform(this.time, this.spectrum);
  }
}
