import { roomResponse, convolved } from '../measurement/__fixtures__/room';
import { seededNormal, seededUniform } from '../measurement/__fixtures__/seeded';
import { align } from './align';
import { locate, SearchableSound } from './locate';
import { signalOf, spectrumOf } from './spectrum';
import { decimated, timeScaled } from './time-scale';

const RATE_HZ = 48_000;
const inMs = RATE_HZ / 1000;

/** Noise of changing colour and loudness, 150 ms a syllable: speech-like, and unlike itself everywhere. */
function speechLike(lengthMs: number, seed: number): Float32Array {
  const normal = seededNormal(seededUniform(seed));
  const rateHz = RATE_HZ / 2;
  let low = 0;
  const samples = Float32Array.from({ length: (lengthMs * rateHz) / 1000 }, (_, n) => {
    const syllable = Math.floor(n / (0.15 * rateHz));
    const loud = 0.55 + 0.45 * Math.sin((Math.PI * n) / (0.15 * rateHz)) ** 2;
    low += (0.15 + 0.1 * (syllable % 3)) * (normal() - low);
    return 0.3 * loud * low;
  });
  return timeScaled(samples, { start: 0, step: 0.5, lengthSamples: lengthMs * inMs });
}

function soundWith(
  source: Float32Array,
  at: number,
  options: {
    readonly lengthMs?: number;
    readonly ppm?: number;
    readonly snrDb?: number;
    readonly seed?: number;
  },
): Float32Array {
  const { lengthMs = 5000, ppm = 0, snrDb = 40, seed = 9 } = options;
  const normal = seededNormal(seededUniform(seed));
  const step = 1 + ppm * 1e-6;
  const placed = timeScaled(source, {
    start: -(at - Math.floor(at)) * step,
    step,
    lengthSamples: source.length + 50,
  });
  const level = Math.sqrt(source.reduce((sum, value) => sum + value * value, 0) / source.length);
  const noise = level * 10 ** (-snrDb / 20);
  const sound = Float32Array.from({ length: lengthMs * inMs }, () => noise * normal());
  for (const [n, value] of placed.entries()) {
    const index = Math.floor(at) + n;
    if (index >= 0 && index < sound.length) sound[index] = sound[index]! + value;
  }
  return sound;
}

const searchable = (samples: Float32Array): SearchableSound => new SearchableSound(samples, RATE_HZ);

describe('spectrum', () => {
  it('gives back the signal that it was made of', () => {
    const signal = speechLike(20, 1).subarray(0, 512);
    const back = signalOf(spectrumOf(signal, 0, 512));
    expect(Math.max(...back.map((value, n) => Math.abs(value - signal[n]!)))).toBeLessThan(1e-9);
  });

  it('counts what lies outside the signal as zero', () => {
    const back = signalOf(spectrumOf(Float32Array.of(1, 2), -2, 8));
    expect([...back].map((value) => Math.round(value * 1e6) / 1e6 + 0)).toEqual([0, 0, 1, 2, 0, 0, 0, 0]);
  });
});

describe('timeScaled', () => {
  it('reads a sine at fractional positions to within -60 dB', () => {
    const sine = Float32Array.from({ length: 400 }, (_, n) => Math.sin(n * 0.7));
    const read = timeScaled(sine, { start: 50.25, step: 0.5, lengthSamples: 500 });
    for (const [n, value] of read.entries())
      expect(Math.abs(value - Math.sin((50.25 + n * 0.5) * 0.7))).toBeLessThan(1e-3);
  });

  it.each([0.5, 2 / 3, 0.777, 0.9998, 1, 1.0002])(
    'reads the same with a step of %d, whichever way it works it out',
    (step) => {
      const slow = Float32Array.from({ length: 400 }, (_, n) => Math.sin(n * 0.3));
      const read = timeScaled(slow, { start: 20.4, step, lengthSamples: 300 });
      for (const [n, value] of read.entries())
        expect(Math.abs(value - Math.sin((20.4 + n * step) * 0.3))).toBeLessThan(1e-3);
      const before = timeScaled(slow, { start: -100, step, lengthSamples: 40 });
      expect([...before].every((value) => value === 0)).toBe(true);
    },
  );

  it('keeps sample n at n times the factor when it decimates', () => {
    const slow = Float32Array.from({ length: 900 }, (_, n) => Math.sin(n * 0.05));
    const third = decimated(slow, 3);
    expect(third).toHaveLength(300);
    expect(Math.abs(third[150]! - slow[450]!)).toBeLessThan(5e-3);
  });
});

describe('locate', () => {
  const reference = speechLike(1000, 2);

  it.each([
    ['quiet room', 40, undefined],
    ['noise of 10 dB', 10, undefined],
    ['more noise than speech', -3, undefined],
    ['reverberant room', 20, { rt60Ms: 300, directToReverberantDb: 3 }],
    ['reflections stronger than the direct sound', 10, { rt60Ms: 400, directToReverberantDb: -6 }],
  ])('finds a reference to a hundredth of a millisecond: %s', (_name, snrDb, room) => {
    const heard =
      room === undefined ? reference : convolved(reference, roomResponse(room, RATE_HZ, seededUniform(4)));
    for (const at of [61_234.37, 100_000.81, 2_000.5]) {
      const found = locate(searchable(soundWith(heard, at, { snrDb })), reference);
      expect(found.state).toBe('found');
      if (found.state === 'found') expect(Math.abs(found.startSample - at) / inMs).toBeLessThan(0.01);
    }
  });

  it('finds it inverted, clipped and twice as loud', () => {
    const loud = soundWith(reference, 50_000, {}).map((value) => Math.max(-0.1, Math.min(0.1, -2 * value)));
    const found = locate(searchable(loud), reference);
    expect(found.state === 'found' && Math.abs(found.startSample - 50_000)).toBeLessThan(0.5);
  });

  it('finds a reference of which the capture holds the end only', () => {
    const found = locate(searchable(soundWith(reference, -20_000.25, {})), reference);
    expect(found.state === 'found' && Math.abs(found.startSample + 20_000.25)).toBeLessThan(0.5);
  });

  it('looks only where it is told to', () => {
    const sound = searchable(soundWith(reference, 50_000, {}));
    expect(locate(sound, reference, { fromSample: 60_000 }).state).toBe('not-found');
    expect(locate(sound, reference, { fromSample: 49_000, toSample: 51_000 }).state).toBe('found');
  });

  it.each([
    ['silence', new Float32Array(RATE_HZ)],
    ['no sound at all', new Float32Array()],
    ['noise', soundWith(new Float32Array(RATE_HZ).fill(1e-3), 0, { snrDb: 0 })],
    ['other speech', soundWith(speechLike(3000, 77), 30_000, { snrDb: 30 })],
  ])('does not find it in %s', (_name, sound) => {
    expect(locate(searchable(sound), reference).state).toBe('not-found');
  });

  it.each([NaN, Infinity, -Infinity])(
    'gives no number for a sound or a reference with a sample of %d',
    (bad) => {
      const sound = soundWith(reference, 50_000, {});
      const spoilt = sound.slice().fill(bad, 190_000, 190_001);
      expect(locate(searchable(spoilt), reference).state).toBe('not-found');
      expect(locate(searchable(sound), reference.slice().fill(bad, 9, 10)).state).toBe('not-found');
    },
  );

  it('states an uncertainty of the size of the error', () => {
    const errors = Array.from({ length: 20 }, (_, n) => {
      const at = 40_000 + 777.13 * n;
      const found = locate(searchable(soundWith(reference, at, { snrDb: 6, seed: n })), reference);
      return found.state === 'found' ? Math.abs(found.startSample - at) / found.uncertaintySamples : Infinity;
    });
    expect(errors.filter((error) => error <= 3).length).toBeGreaterThanOrEqual(18);
  });
});

describe('align', () => {
  const reference = speechLike(2400, 5);
  const onset = 100 * inMs;
  const whole = { onset, end: reference.length };

  it.each([-200, 0, 150])('extrapolates the onset with a drift of %d ppm', (ppm) => {
    const at = 70_000.4;
    const aligned = align(searchable(soundWith(reference, at, { ppm, snrDb: 20 })), reference, whole);
    if (aligned.state === 'not-found') throw new Error('not found');
    expect(Math.abs(aligned.onsetAtSample - (at + onset / (1 + ppm * 1e-6))) / inMs).toBeLessThan(0.02);
    expect(Math.abs(aligned.stretchPpm + ppm)).toBeLessThan(15);
    expect(aligned).toMatchObject({ onsetHeard: true, completeness: 1, missingMs: 0 });
  });

  it('places the onset before a gap, and the end after it', () => {
    const cut = onset + 450 * inMs;
    const stalled = new Float32Array(reference.length + 130 * inMs);
    stalled.set(reference.subarray(0, cut));
    stalled.set(reference.subarray(cut), cut + 130 * inMs);
    const aligned = align(searchable(soundWith(stalled, 60_000, { snrDb: 20 })), reference, whole);
    if (aligned.state === 'not-found') throw new Error('not found');
    expect(Math.abs(aligned.onsetAtSample - (60_000 + onset)) / inMs).toBeLessThan(0.02);
    expect(aligned.onsetHeard).toBe(true);
    expect(Math.abs(aligned.endAtSample - (60_000 + stalled.length)) / inMs).toBeLessThan(1);
  });

  it('tells how much is missing of a reply that was cut', () => {
    const cut = reference.slice().fill(0, onset + 1300 * inMs);
    const aligned = align(searchable(soundWith(cut, 60_000, { snrDb: 30 })), reference, whole);
    if (aligned.state === 'not-found') throw new Error('not found');
    expect(aligned.completeness).toBeGreaterThan(0.5);
    expect(aligned.completeness).toBeLessThan(0.7);
  });

  it('does not take a dropout between two segments for a hidden one', () => {
    const dropped = reference.slice().fill(0, onset + 800 * inMs, onset + 1000 * inMs);
    const heard = convolved(
      dropped,
      roomResponse({ rt60Ms: 400, directToReverberantDb: -6 }, RATE_HZ, seededUniform(6)),
    );
    const aligned = align(searchable(soundWith(heard, 60_000, { snrDb: 10 })), reference, whole);
    expect(aligned.state === 'found' && Math.round(aligned.missingMs)).toBe(200);
  });

  it('says so when the beginning is missing', () => {
    const late = reference.slice().fill(0, 0, onset + 400 * inMs);
    const aligned = align(searchable(soundWith(late, 60_000, { snrDb: 30 })), reference, whole);
    expect(aligned).toMatchObject({ state: 'found', onsetHeard: false });
  });

  it('finds nothing in noise', () => {
    const sound = soundWith(new Float32Array(RATE_HZ).fill(1e-3), 0, { snrDb: 0 });
    expect(align(searchable(sound), reference, whole)).toEqual({ state: 'not-found' });
  });

  it('finds nothing where a converter is stuck', () => {
    const stuck = new Float32Array(3 * RATE_HZ).fill(1);
    expect(align(searchable(stuck), reference, whole)).toEqual({ state: 'not-found' });
    expect(locate(searchable(stuck), reference.subarray(onset, onset + RATE_HZ)).state).toBe('not-found');
  });

  it('does not take 200 ms of likeness for the reply', () => {
    const alone = new Float32Array(reference.length);
    alone.set(reference.subarray(onset + 400 * inMs, onset + 600 * inMs), onset + 400 * inMs);
    expect(align(searchable(soundWith(alone, 60_000, { snrDb: 20 })), reference, whole)).toEqual({
      state: 'not-found',
    });
  });
});
