import { fitRoomPath, throughRoomPath } from './room-path';

const RATE_HZ = 16_000;
const LEAD_SAMPLES = 16;
const ms = (time: number): number => (time * RATE_HZ) / 1000;

const random = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) | 0;
  return seed / 0x8000_0000;
};

/** Low noise in syllables: 150 ms of sound, 50 ms of pause. */
function syllables(lengthMs: number, seed: number): Float32Array {
  const next = random(seed);
  let low = 0;
  return Float32Array.from({ length: ms(lengthMs) }, (_, n) => {
    low = 0.5 * low + 0.5 * next();
    return n % ms(200) < ms(150) ? low : 0;
  });
}

/** Direct sound after a delay, and a tail from 1.5 ms later on that falls by 60 dB in `rt60Ms`. */
function roomOf(delayMs: number, rt60Ms: number, lengthMs: number): Float32Array {
  const next = random(7);
  const taps = new Float32Array(ms(lengthMs));
  const direct = ms(delayMs);
  for (let n = direct + ms(1.5); n < taps.length; n++)
    taps[n] = 0.1 * next() * 10 ** ((-3 * (n - direct)) / ms(rt60Ms));
  taps[direct] = 0.5;
  return taps;
}

/** Convolution by its definition. */
function heardIn(room: Float32Array, source: Float32Array): Float32Array {
  return Float32Array.from(source, (_, n) => {
    let sum = 0;
    for (let tap = 0; tap < room.length && tap <= n; tap++) sum += room[tap]! * source[n - tap]!;
    return sum;
  });
}

const energy = (samples: Float32Array): number => samples.reduce((sum, value) => sum + value * value, 0);
const rest = (heard: Float32Array, explained: Float32Array): Float32Array =>
  heard.map((value, n) => value - explained[n]!);

describe('fitRoomPath', () => {
  const source = syllables(1000, 1);
  const room = roomOf(5, 60, 60);
  const heard = heardIn(room, source);
  const reach = { taps: ms(60) + LEAD_SAMPLES, leadSamples: LEAD_SAMPLES };

  it('finds the delay and the decay of a room', () => {
    const { taps, leadSamples } = fitRoomPath(source, heard, { from: 0, to: source.length, ...reach })!;
    expect(leadSamples).toBe(LEAD_SAMPLES);
    const strongest = taps.reduce((best, tap, n) => (tap > taps[best]! ? n : best), 0);
    expect(strongest).toBe(LEAD_SAMPLES + ms(5));
    const wrong = taps.map((tap, n) => tap - (room[n - LEAD_SAMPLES] ?? 0));
    expect(energy(Float32Array.from(wrong)) / energy(room)).toBeLessThan(0.01);
    // 60 dB in 60 ms: from 10 to 30 ms after the direct sound the tail loses 20 dB.
    const tailAt = (afterMs: number): number =>
      energy(Float32Array.from(taps).subarray(...[0, 4].map((n) => LEAD_SAMPLES + ms(5 + afterMs + n))));
    expect(10 * Math.log10(tailAt(10) / tailAt(30))).toBeGreaterThan(15);
    expect(10 * Math.log10(tailAt(10) / tailAt(30))).toBeLessThan(25);
  });

  it('explains the sound that it was not learnt from, reverberation of what was before it included', () => {
    const path = fitRoomPath(source, heard, { from: ms(300), to: ms(700), ...reach })!;
    const left = rest(heard, throughRoomPath(source, path)).subarray(ms(700));
    expect(energy(left) / energy(heard.subarray(ms(700)))).toBeLessThan(0.02);
  });

  it('finds a source that was heard ahead of its place, up to the lead', () => {
    const early = new Float32Array(source.length);
    early.set(source.subarray(10));
    const { taps } = fitRoomPath(source, early, {
      from: 0,
      to: ms(900),
      taps: 64,
      leadSamples: LEAD_SAMPLES,
    })!;
    const strongest = taps.reduce((best, tap, n) => (tap > taps[best]! ? n : best), 0);
    expect(strongest).toBe(LEAD_SAMPLES - 10);
    expect(taps[strongest]).toBeCloseTo(1, 1);
  });

  it('fits next to nothing to noise that the source is not in', () => {
    const next = random(3);
    const noise = Float32Array.from(source, () => next());
    const path = fitRoomPath(source, noise, { from: 0, to: source.length, taps: 64, leadSamples: 16 })!;
    expect(energy(throughRoomPath(source, path)) / energy(noise)).toBeLessThan(0.02);
  });

  it('knows no room of a silent source', () => {
    const silence = new Float32Array(ms(500));
    expect(fitRoomPath(silence, heard, { from: 0, to: ms(500), ...reach })).toBeUndefined();
  });

  it('hears no room in a silent capture', () => {
    const path = fitRoomPath(source, new Float32Array(source.length), { from: 0, to: ms(500), ...reach })!;
    expect(energy(throughRoomPath(source, path))).toBe(0);
  });

  it('stays finite where the stretch is shorter than the filter', () => {
    const path = fitRoomPath(source, heard, { from: ms(20), to: ms(30), ...reach })!;
    const explained = throughRoomPath(source, path);
    expect(explained.every(Number.isFinite)).toBe(true);
    expect(energy(explained)).toBeLessThan(100 * energy(heard));
  });
});

describe('throughRoomPath', () => {
  it('is the convolution with the filter, shifted by its lead', () => {
    const source = syllables(100, 9);
    const room = roomOf(2, 20, 10);
    const taps = Float64Array.from([...new Float32Array(LEAD_SAMPLES), ...room]);
    const heard = throughRoomPath(source, { taps, leadSamples: LEAD_SAMPLES });
    expect(heard).toHaveLength(source.length);
    const expected = heardIn(room, source);
    for (const [n, value] of heard.entries()) expect(Math.abs(value - expected[n]!)).toBeLessThan(1e-5);
  });
});
