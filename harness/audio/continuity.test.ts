import { convolved, roomResponse } from '../measurement/__fixtures__/room';
import { seededNormal, seededUniform } from '../measurement/__fixtures__/seeded';
import { align } from './align';
import { SearchableSound } from './locate';
import { timeScaled } from './time-scale';

const RATE_HZ = 48_000;
const inMs = RATE_HZ / 1000;
const AT = 24_000;
const ONSET = 100 * inMs;

/** Noise of changing colour, a syllable every 150 ms. */
function syllables(lengthMs: number, seed: number): Float32Array {
  const normal = seededNormal(seededUniform(seed));
  let low = 0;
  const half = Float32Array.from({ length: lengthMs * (inMs / 2) }, (_, n) => {
    const place = n / (75 * inMs);
    low += (0.2 + 0.1 * (Math.floor(place) % 3)) * (normal() - low);
    return 0.4 * (0.5 + 0.5 * Math.sin(Math.PI * place) ** 2) * low;
  });
  return timeScaled(half, { start: 0, step: 0.5, lengthSamples: lengthMs * inMs });
}

const reference = syllables(2500, 3);
const part = (fromMs: number, toMs: number): Float32Array =>
  reference.subarray(ONSET + fromMs * inMs, ONSET + toMs * inMs);
const silence = (lengthMs: number): Float32Array => new Float32Array(lengthMs * inMs);

interface Path {
  /** How much longer the sound takes than its reference. */
  readonly ppm?: number;
  readonly snrDb?: number;
  readonly room?: { readonly rt60Ms: number; readonly directToReverberantDb: number };
}

/** A sound in which the parts follow each other without a break, from the reference's onset at AT on. */
function heard(parts: readonly Float32Array[], { snrDb = 30, room, ppm = 0 }: Path = {}) {
  const source = Float32Array.from(parts.flatMap((samples) => [...samples]));
  const played =
    ppm === 0
      ? source
      : timeScaled(source, { start: 0, step: 1 / (1 + ppm * 1e-6), lengthSamples: source.length });
  const uniform = seededUniform(8);
  const arriving = room === undefined ? played : convolved(played, roomResponse(room, RATE_HZ, uniform));
  const normal = seededNormal(uniform);
  const samples = new Float32Array(AT + arriving.length + 24_000);
  samples.set(arriving, AT);
  const rms = Math.sqrt(reference.reduce((sum, value) => sum + value * value, 0) / reference.length);
  const noisy = samples.map((value) => value + rms * 10 ** (-snrDb / 20) * normal());
  const aligned = align(new SearchableSound(noisy, RATE_HZ), reference, {
    onset: ONSET,
    end: reference.length,
  });
  if (aligned.state === 'not-found') throw new Error('not found');
  return aligned;
}

const paths: readonly (readonly [string, Path])[] = [
  ['in quiet', {}],
  ['in noise of 10 dB', { snrDb: 10 }],
  ['with clocks that are 200 ppm apart', { ppm: 200 }],
  ['with clocks that are 200 ppm apart the other way', { ppm: -200 }],
  ['in a hard room', { snrDb: 20, room: { rt60Ms: 300, directToReverberantDb: -3 } }],
];

describe.each(paths)('continuity %s', (_name, path) => {
  it('has nothing to say about a reply that came whole', () => {
    expect(heard([part(0, 2400)], path)).toMatchObject({
      gaps: [],
      repeats: [],
      skips: [],
      leadingCutMs: 0,
      trailingCutMs: 0,
    });
  });

  it('tells an underrun by its place and length', () => {
    const { gaps, repeats, skips } = heard([part(0, 1230), silence(130), part(1230, 2400)], path);
    expect({ repeats, skips }).toEqual({ repeats: [], skips: [] });
    expect(gaps).toHaveLength(1);
    expectNear(gaps[0], 1230, 130);
  });

  it('tells speech that comes twice', () => {
    const { gaps, repeats, skips } = heard([part(0, 1230), part(1110, 2400)], path);
    expect({ gaps, skips }).toEqual({ gaps: [], skips: [] });
    expect(repeats).toHaveLength(1);
    expectNear(repeats[0], 1230, 120);
  });

  it('tells speech that was left out', () => {
    const { gaps, repeats, skips } = heard([part(0, 1230), part(1290, 2400)], path);
    expect({ gaps, repeats }).toEqual({ gaps: [], repeats: [] });
    expect(skips).toHaveLength(1);
    expectNear(skips[0], 1230, 60);
  });

  it('measures what is cut at the start and at the end', () => {
    const { leadingCutMs, trailingCutMs, gaps } = heard([silence(270), part(270, 1870)], path);
    expect(Math.abs(leadingCutMs - 270)).toBeLessThanOrEqual(15);
    expect(Math.abs(trailingCutMs - 530)).toBeLessThanOrEqual(15);
    expect(gaps).toEqual([]);
  });
});

function expectNear(
  found: { readonly atSample: number; readonly lengthMs: number } | undefined,
  atMs: number,
  lengthMs: number,
): void {
  expect(Math.abs(((found?.atSample ?? NaN) - AT) / inMs - atMs)).toBeLessThanOrEqual(15);
  expect(Math.abs((found?.lengthMs ?? NaN) - lengthMs)).toBeLessThanOrEqual(6);
}

describe('continuity', () => {
  it.each([20, 60, 250])('finds a dropout of %d ms, after which nothing has moved', (lengthMs) => {
    const { gaps, repeats, skips } = heard([part(0, 1220), silence(lengthMs), part(1220 + lengthMs, 2400)]);
    expect({ repeats, skips }).toEqual({ repeats: [], skips: [] });
    expect(gaps).toHaveLength(1);
    expect(Math.abs((gaps[0]?.lengthMs ?? NaN) - lengthMs)).toBeLessThanOrEqual(10);
  });

  it.each([1160, 1230, 1290, 1340])(
    'does not take what is heard twice, from %d ms on, for a dropout',
    (at) => {
      const { gaps, repeats } = heard([part(0, at), part(at - 100, 2400)]);
      expect(gaps).toEqual([]);
      expect(repeats.map(({ lengthMs }) => Math.round(lengthMs))).toEqual([100]);
    },
  );

  it('finds every one of several breaks', () => {
    const { gaps, repeats } = heard([
      part(0, 700),
      silence(80),
      part(700, 1500),
      part(1400, 2000),
      silence(50),
      part(2000, 2400),
    ]);
    expect(gaps.map(({ lengthMs }) => Math.round(lengthMs / 10))).toEqual([8, 5]);
    expect(repeats.map(({ lengthMs }) => Math.round(lengthMs / 10))).toEqual([10]);
  });

  it.each([
    ['30 ms later', 30, 80],
    ['60 ms later', 60, 120],
  ])('leaves the onset at a head that is lost again %s', (_name, headMs, lengthMs) => {
    const { gaps, onsetHeard, onsetAtSample, leadingCutMs } = heard([
      part(0, headMs),
      silence(lengthMs),
      part(headMs + lengthMs, 2400),
    ]);
    expect({ onsetHeard, leadingCutMs }).toEqual({ onsetHeard: true, leadingCutMs: 0 });
    expect(Math.abs(onsetAtSample - AT)).toBeLessThan(0.02 * inMs);
    expect(gaps).toHaveLength(1);
    expect(Math.abs((gaps[0]?.lengthMs ?? NaN) - lengthMs)).toBeLessThanOrEqual(10);
  });

  it('sees the same behind an amplifier that inverts', () => {
    const inverted = [part(0, 40), silence(80), part(120, 2400)].map((samples) =>
      samples.map((value) => -value),
    );
    const { gaps, onsetHeard, leadingCutMs } = heard(inverted);
    expect({ onsetHeard, leadingCutMs }).toEqual({ onsetHeard: true, leadingCutMs: 0 });
    expect(gaps.map(({ lengthMs }) => Math.round(lengthMs / 10))).toEqual([8]);
  });

  it('has no onset where the first 90 ms were lost', () => {
    expect(heard([silence(90), part(90, 2400)]).onsetHeard).toBe(false);
  });

  it('leaves the onset at a head ahead of two underruns', () => {
    const { onsetHeard, onsetAtSample } = heard([
      part(0, 50),
      silence(100),
      part(50, 150),
      silence(60),
      part(150, 2400),
    ]);
    expect(onsetHeard).toBe(true);
    expect(Math.abs(onsetAtSample - AT)).toBeLessThan(0.02 * inMs);
  });

  it.each([60, 90])('leaves the onset at a head of %d ms ahead of an underrun', (headMs) => {
    const { gaps, onsetHeard, onsetAtSample } = heard([part(0, headMs), silence(120), part(headMs, 2400)]);
    expect(onsetHeard).toBe(true);
    expect(Math.abs(onsetAtSample - AT)).toBeLessThan(0.02 * inMs);
    expect(gaps.map(({ lengthMs }) => Math.round(lengthMs / 10))).toEqual([12]);
  });
});
