import type { PcmClip } from './pcm-clip';

/**
 * Speech band in which levels of speech are compared: measurement.md section 4. Below it rooms and mains hum, above it
 * the wide-band codecs of voice boards pass nothing.
 */
const SPEECH_BAND_HZ = { low: 150, high: 7000 } as const;

/** Q of a second-order Butterworth section: maximally flat, decays without audible ringing. */
const BUTTERWORTH_Q = Math.SQRT1_2;

interface Biquad {
  /** Feed-forward and feedback coefficients, normalised so that a0 = 1. */
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/** Coefficients by the bilinear transform (R. Bristow-Johnson, "Cookbook formulae for audio EQ biquads"). */
function biquad(kind: 'high-pass' | 'low-pass', cornerHz: number, rateHz: number): Biquad {
  const omega = (2 * Math.PI * cornerHz) / rateHz;
  const cosine = Math.cos(omega);
  const alpha = Math.sin(omega) / (2 * BUTTERWORTH_Q);
  const a0 = 1 + alpha;
  const edge = kind === 'high-pass' ? (1 + cosine) / 2 : (1 - cosine) / 2;
  const middle = kind === 'high-pass' ? -2 * edge : 2 * edge;
  return { b: [edge / a0, middle / a0, edge / a0], a: [(-2 * cosine) / a0, (1 - alpha) / a0] };
}

function filtered(samples: Float32Array, { b, a }: Biquad): Float32Array {
  let [in1, in2, out1, out2] = [0, 0, 0, 0];
  return samples.map((sample) => {
    const value = b[0] * sample + b[1] * in1 + b[2] * in2 - a[0] * out1 - a[1] * out2;
    in2 = in1;
    in1 = sample;
    out2 = out1;
    out1 = value;
    return value;
  });
}

/**
 * The clip within the speech band, 150 to 7 000 Hz, same length and rate. Every corner is run forwards and backwards, so
 * nothing is delayed: an edge stays at its sample, spread evenly to both sides, and a corner is 6 dB down. At rates of
 * 14 400 Hz and less the upper corner is left to the rate's own limit.
 */
export function bandLimitToSpeech(clip: PcmClip): PcmClip {
  const sections = [biquad('high-pass', SPEECH_BAND_HZ.low, clip.rateHz)];
  if (SPEECH_BAND_HZ.high < clip.rateHz * 0.49) {
    sections.push(biquad('low-pass', SPEECH_BAND_HZ.high, clip.rateHz));
  }
  const run = (samples: Float32Array): Float32Array => sections.reduce(filtered, samples).reverse();
  return { samples: run(run(clip.samples)), rateHz: clip.rateHz };
}
