import { signalOf, spectrumOf } from '../spectrum';
import { goOn, type BetweenSteps } from './between-steps';
import { WAVE_RATE_HZ } from './playback';
import type { RoomModel } from './room-filter';

const { PI, cos, max, min, sqrt } = Math;

/** About a consonant with its transitions; half of it weighs. */
const PART_MS = 60;
const HOP_MS = 20;
const PART = (PART_MS * WAVE_RATE_HZ) / 1000;
const HOP = (HOP_MS * WAVE_RATE_HZ) / 1000;
/** Holds a part and its correlation with itself without wrapping round. */
const SIZE = 1024;
/** A part whose strength is known no better than this says nothing: it lies under the noise, or is silent. */
const MOST_UNCERTAINTY = 0.15;
/**
 * Nor does a part that is weaker than the average one by this share of energy, 18 dB: what a speech coder makes of it is as
 * loud and sounds alike, but is another waveform. In Opus at 24 and 32 kbit/s all that prompts lacked was 19 to 31 dB weaker;
 * what tells near misses from them is 1 to 17 dB weaker.
 */
const LEAST_ENERGY = 0.016;

const partWindow = Float32Array.from(
  { length: PART },
  (_, n) => 0.5 - 0.5 * cos((2 * PI * (n + 0.5)) / PART),
);

/**
 * How much of a template's weakest part was not played: 0 when all of it was there as strongly as the whole, 1 when a part was
 * not there at all, over 1 when its opposite was. Each 60 ms of the template is looked for by itself, through the filter that
 * the whole of it came by. That finds the one consonant in which two words differ also under noise that is as strong, since
 * noise does not correlate with it, while the energy of what is left over hardly changes.
 * @param template - As it was played, at `WAVE_RATE_HZ`; the one that the model was made of.
 * @returns 0 as well where no part stands out of the noise.
 */
export function mostMissing(
  template: Float32Array,
  { heard, model, response }: RoomModel,
  betweenSteps: BetweenSteps = goOn,
): number {
  betweenSteps();
  const unexplained = heard.map((sample, n) => sample - (model[n] as number));
  const size = response.length - 2;
  const seen = backThrough(spectrumOf(unexplained, 0, size), response);
  betweenSteps();
  const selfResponse = correlationWithin(response);
  const part = new Float32Array(SIZE);
  const [first, last] = soundingSpan(template);
  const parts: { readonly energy: number; readonly missing: number; readonly isCertain: boolean }[] = [];
  for (let from = first - HOP; from + HOP < last; from += HOP) {
    betweenSteps();
    let [match, error, weight] = [0, 0, 0];
    for (let n = 0; n < PART; n++) {
      const at = from + n;
      const window = at < 0 || at >= template.length ? 0 : (partWindow[n] as number);
      const sample = window === 0 ? 0 : window * (template[at] as number);
      part[n] = sample;
      if (window === 0) continue;
      match += sample * (seen[at] as number);
      error += window * (unexplained[at] as number) ** 2;
      weight += window;
    }
    const energy = energyThrough(part, selfResponse);
    if (energy <= 0) continue;
    const isCertain = sqrt(error / weight / energy) <= MOST_UNCERTAINTY;
    parts.push({ energy, missing: -match / energy, isCertain });
  }
  const leastEnergy = (LEAST_ENERGY * parts.reduce((sum, { energy }) => sum + energy, 0)) / parts.length;
  return parts.reduce(
    (worst, { energy, missing, isCertain }) =>
      isCertain && energy >= leastEnergy ? max(worst, missing) : worst,
    0,
  );
}

/** From the first to behind the last sample that is not silent. */
function soundingSpan(template: Float32Array): readonly [number, number] {
  const first = template.findIndex((sample) => sample !== 0);
  return first < 0 ? [0, 0] : [first, template.findLastIndex((sample) => sample !== 0) + 1];
}

/** Correlation of a signal with a filter: how much of it a unit sample at each place accounts for. */
function backThrough(signal: Float64Array, response: Float64Array): Float64Array {
  for (let k = 0; k < signal.length; k += 2) {
    const [a, b] = [signal[k] as number, signal[k + 1] as number];
    const [c, d] = [response[k] as number, response[k + 1] as number];
    signal[k] = a * c + b * d;
    signal[k + 1] = b * c - a * d;
  }
  return signalOf(signal);
}

/** What a filter does to the power of a short part: the spectrum, `SIZE` long, of its correlation with itself. */
function correlationWithin(response: Float64Array): Float64Array {
  const power = new Float64Array(response.length);
  for (let k = 0; k < power.length; k += 2)
    power[k] = (response[k] as number) ** 2 + (response[k + 1] as number) ** 2;
  const whole = signalOf(power);
  const lags = new Float32Array(SIZE);
  for (let lag = 0; lag < min(PART, whole.length); lag++) {
    lags[lag] = whole[lag] as number;
    if (lag > 0) lags[SIZE - lag] = whole[lag] as number;
  }
  return spectrumOf(lags, 0, SIZE);
}

/** Energy of a part behind the filter (Parseval). */
function energyThrough(part: Float32Array, selfResponse: Float64Array): number {
  const spectrum = spectrumOf(part, 0, SIZE);
  let sum = 0;
  for (let k = 0; k <= SIZE / 2; k++) {
    const share = k === 0 || k === SIZE / 2 ? 1 : 2;
    const [re, im] = [spectrum[2 * k] as number, spectrum[2 * k + 1] as number];
    sum += share * (selfResponse[2 * k] as number) * (re * re + im * im);
  }
  return sum / SIZE;
}
