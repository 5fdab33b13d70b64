import FFT from 'fft.js';
import type { PcmClip } from '../pcm-clip';

/** Bands per frame: 20 that every codec passes, then 8 that only 16 kHz and more pass. */
export const BANDS = 28;
/** Distance of two frames. */
export const HOP_MS = 12;
const WINDOW_MS = 24;
/** Above mains hum and table thumps, below the edge of 16 kHz codecs. */
const LOWEST_HZ = 150;
const HIGHEST_HZ = 7400;

/** Energy in mel bands over time: `energies[frame * BANDS + band]`, linear, independent of the rate of the clip. */
export interface BandEnergies {
  readonly frames: number;
  readonly energies: Float32Array;
}

const mel = (hz: number): number => 1127 * Math.log(1 + hz / 700);
const hzOfMel = (value: number): number => 700 * (Math.exp(value / 1127) - 1);

interface Analysis {
  readonly windowSamples: number;
  readonly window: Float32Array;
  readonly fft: FFT;
  readonly input: Float64Array;
  readonly spectrum: Float64Array;
  /** For each band its first bin and the weights from there. */
  readonly bands: readonly { readonly firstBin: number; readonly weights: Float32Array }[];
}

function bandWeights(rateHz: number, size: number): Analysis['bands'] {
  const step = (mel(HIGHEST_HZ) - mel(LOWEST_HZ)) / (BANDS + 1);
  const edgeHz = (index: number): number => hzOfMel(mel(LOWEST_HZ) + index * step);
  return Array.from({ length: BANDS }, (_, band) => {
    const [low, middle, high] = [edgeHz(band), edgeHz(band + 1), edgeHz(band + 2)];
    const firstBin = Math.ceil((low * size) / rateHz);
    const lastBin = Math.min(size / 2, Math.max(firstBin, Math.floor((high * size) / rateHz)));
    if (firstBin > size / 2) return { firstBin: 0, weights: new Float32Array() };
    const weights = Float32Array.from({ length: lastBin - firstBin + 1 }, (_unused, index) => {
      const hz = ((firstBin + index) * rateHz) / size;
      return Math.max(0.02, hz < middle ? (hz - low) / (middle - low) : (high - hz) / (high - middle));
    });
    return { firstBin, weights };
  });
}

const analyses = new Map<number, Analysis>();

function analysisFor(rateHz: number): Analysis {
  const known = analyses.get(rateHz);
  if (known !== undefined) return known;
  const windowSamples = Math.round((WINDOW_MS * rateHz) / 1000);
  const size = 2 ** Math.ceil(Math.log2(windowSamples));
  const made: Analysis = {
    windowSamples,
    window: Float32Array.from(
      { length: windowSamples },
      (_, index) => (0.5 - 0.5 * Math.cos((2 * Math.PI * (index + 0.5)) / windowSamples)) / windowSamples,
    ),
    fft: new FFT(size),
    input: new Float64Array(size),
    spectrum: new Float64Array(2 * size),
    bands: bandWeights(rateHz, size),
  };
  analyses.set(rateHz, made);
  return made;
}

/** Mel band energies of a mono clip in frames of 24 ms, one every 12 ms; no frames when it is shorter than one. */
export function bandEnergies({ samples, rateHz }: PcmClip): BandEnergies {
  const { windowSamples, window, fft, input, spectrum, bands } = analysisFor(rateHz);
  const hop = (HOP_MS * rateHz) / 1000;
  const frames = Math.max(0, Math.floor((samples.length - windowSamples) / hop) + 1);
  const energies = new Float32Array(frames * BANDS);
  for (let frame = 0; frame < frames; frame++) {
    const start = Math.round(frame * hop);
    for (let index = 0; index < windowSamples; index++) {
      input[index] = (samples[start + index] as number) * (window[index] as number);
    }
    fft.realTransform(spectrum, input);
    for (const [band, { firstBin, weights }] of bands.entries()) {
      let energy = 0;
      for (let index = 0; index < weights.length; index++) {
        const re = spectrum[2 * (firstBin + index)] as number;
        const im = spectrum[2 * (firstBin + index) + 1] as number;
        energy += (weights[index] as number) * (re * re + im * im);
      }
      energies[frame * BANDS + band] = energy;
    }
  }
  return { frames, energies };
}
