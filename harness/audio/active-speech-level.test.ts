import { activeSpeechLevel } from './active-speech-level';
import { rmsDbFs } from './levels';

const rateHz = 16_000;
const tone = (amplitude: number, durationMs: number): number[] =>
  Array.from(
    { length: (durationMs * rateHz) / 1000 },
    (_, i) => amplitude * Math.sin((2 * Math.PI * i) / 16),
  );
const silence = (durationMs: number): number[] => new Array<number>((durationMs * rateHz) / 1000).fill(0);
const clip = (...parts: number[][]): Float32Array => Float32Array.from(parts.flat());

/**
 * ITU-T P.56 method B as its text and the STL's `speech_voltmeter` put it: counters and hangover per threshold, then a
 * binary search between the two thresholds that enclose the margin. Slow, and written without looking at ours.
 */
function referenceLevel(samples: Float32Array): number {
  const g = Math.exp(-1 / (rateHz * 0.03));
  const thresholds = Array.from({ length: 15 }, (_, j) => 2 ** (j - 15));
  const hangover = Math.ceil(0.2 * rateHz);
  const count = thresholds.map(() => 0);
  const idle = thresholds.map(() => hangover);
  let [p, q, energy] = [0, 0, 0];
  for (const x of samples) {
    energy += x * x;
    p = g * p + (1 - g) * Math.abs(x);
    q = g * q + (1 - g) * p;
    thresholds.forEach((threshold, j) => {
      if (q >= threshold) idle[j] = 0;
      else if (idle[j]! < hangover) idle[j]! += 1;
      else return;
      count[j]! += 1;
    });
  }
  const level = count.map((n) => 10 * Math.log10(energy / n));
  const limit = thresholds.map((threshold) => 20 * Math.log10(threshold));
  const above = thresholds.findIndex((_, j) => level[j]! - limit[j]! <= 15.9);
  let [low, high] = [0, 1];
  const at = (values: number[], share: number): number =>
    values[above - 1]! + share * (values[above]! - values[above - 1]!);
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (at(level, middle) - at(limit, middle) > 15.9) low = middle;
    else high = middle;
  }
  return at(level, low);
}

/** Syllables of random length and loudness with pauses between them, in noise 50 dB down. */
function babble(seed: number): Float32Array {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const parts: number[][] = [];
  for (let syllable = 0; syllable < 12; syllable += 1) {
    parts.push(tone(0.05 + 0.4 * random(), 50 + Math.round(200 * random())));
    parts.push(silence(random() < 0.3 ? 400 : 30));
  }
  return clip(...parts).map((sample) => sample + 0.002 * (random() - 0.5));
}

describe('activeSpeechLevel', () => {
  it('is the RMS of a tone that never pauses', () => {
    const samples = clip(tone(0.1, 5000));
    const { levelDbFs, activity } = activeSpeechLevel(samples, rateHz)!;
    expect(Math.abs(levelDbFs - rmsDbFs(samples)!)).toBeLessThan(0.1);
    expect(activity).toBeGreaterThan(0.98);
  });

  it('leaves out pauses, except for the 200 ms hangover', () => {
    const burst = [tone(0.1, 1000), silence(2000)];
    const { levelDbFs, activity } = activeSpeechLevel(clip(...burst, ...burst, ...burst), rateHz)!;
    // 1 s of tone counts as 1.2 s, plus what the envelope takes to rise and fall (30 ms time constant).
    expect(levelDbFs).toBeLessThan(-23.0103 - 0.7);
    expect(levelDbFs).toBeGreaterThan(-23.0103 - 1.3);
    expect(activity).toBeCloseTo(1.25 / 3, 1);
  });

  it.each([1, 2, 3])('agrees with the text of P.56 on babble %i', (seed) => {
    const samples = babble(seed);
    expect(activeSpeechLevel(samples, rateHz)!.levelDbFs).toBeCloseTo(referenceLevel(samples), 6);
  });

  it.each([-10, -20, -40])('moves with a gain of %i dB', (gainDb) => {
    const samples = babble(6);
    const scaled = samples.map((sample) => sample * 10 ** (gainDb / 20));
    const movedDb =
      activeSpeechLevel(scaled, rateHz)!.levelDbFs - activeSpeechLevel(samples, rateHz)!.levelDbFs;
    // Thresholds are 6 dB apart, so the level between two of them is an interpolation.
    expect(Math.abs(movedDb - gainDb)).toBeLessThan(0.3);
  });

  it('takes samples beyond full scale', () => {
    expect(Math.abs(activeSpeechLevel(clip(tone(4, 1000)), rateHz)!.levelDbFs - 9.03)).toBeLessThan(0.2);
  });

  it('has no level for silence and for nothing', () => {
    expect(activeSpeechLevel(new Float32Array(rateHz), rateHz)).toBeUndefined();
    expect(activeSpeechLevel(new Float32Array(0), rateHz)).toBeUndefined();
  });

  it('has no level for a single click', () => {
    expect(activeSpeechLevel(clip(silence(500), [0.5], silence(500)), rateHz)).toBeUndefined();
  });
});
