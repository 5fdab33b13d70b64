import { seededUniform } from '../../units';
import { goOn } from './between-steps';
import { mostMissing } from './missing-part';
import { errorWeights, RoomFit } from './room-filter';
import { WAVE_RATE_HZ } from './playback';

const MS = WAVE_RATE_HZ / 1000;
const LEAD_IN = 200 * MS;

const noise = (lengthSamples: number, level: number, seed: number): Float32Array => {
  const random = seededUniform(seed);
  return Float32Array.from({ length: lengthSamples }, () => level * (2 * random() - 1));
};

/** A second of sound between silences, 100 ms of it, from 500 ms on, as strong as told. */
function template(weak = 1): Float32Array {
  const sound = noise(1400 * MS, 1, 1);
  return sound.map((sample, n) => {
    if (n < LEAD_IN || n >= 1200 * MS) return 0;
    return n >= 500 * MS && n < 600 * MS ? weak * sample : sample;
  });
}

/** Through a room of a direct sound and two reflections, the noise of a level added. */
function heardIn(
  room: readonly (readonly [number, number])[],
  sound: Float32Array,
  level: number,
): Float32Array {
  const background = noise(sound.length, level, 2);
  return background.map((sample, n) =>
    room.reduce((sum, [gain, delay]) => sum + gain * (sound[n - delay] ?? 0), sample),
  );
}
const room = [
  [1, 0],
  [-0.6, 3 * MS],
  [0.4, 11 * MS],
] as const;

function missingOf(played: Float32Array, sound: Float32Array, level: number): number {
  const heard = heardIn(room, sound, level);
  const weights = errorWeights(heard, LEAD_IN);
  const fit = new RoomFit(heard, {
    rateHz: WAVE_RATE_HZ,
    filterMs: 40,
    aheadMs: 10,
    weights,
    weightedToHz: WAVE_RATE_HZ / 2,
  });
  return mostMissing(played, fit.model(played, goOn));
}

/** The same sound with `[fromMs, toMs)` put through a change. */
const changed = (
  sound: Float32Array,
  fromMs: number,
  toMs: number,
  change: (sample: number, n: number) => number,
): Float32Array => sound.map((sample, n) => (n >= fromMs * MS && n < toMs * MS ? change(sample, n) : sample));

describe('mostMissing', () => {
  it('finds nothing missing of what was played through a room, in noise 10 dB below it', () => {
    expect(missingOf(template(), template(), 0.32)).toBeLessThan(0.3);
  });

  it('finds a part that was not there, and one that other sound of the same strength replaced', () => {
    const other = noise(1400 * MS, 1, 3);
    expect(
      missingOf(
        template(),
        changed(template(), 700, 760, () => 0),
        0.32,
      ),
    ).toBeCloseTo(1, 0);
    const replaced = changed(template(), 700, 760, (_, n) => other[n] as number);
    expect(missingOf(template(), replaced, 0.32)).toBeGreaterThan(0.8);
  });

  it('finds it at both ends as well', () => {
    for (const [fromMs, toMs] of [
      [200, 260],
      [1140, 1200],
    ] as const)
      expect(
        missingOf(
          template(),
          changed(template(), fromMs, toMs, () => 0),
          0.32,
        ),
      ).toBeGreaterThan(0.8);
  });

  it('says more than 1 of a part that was turned round', () => {
    expect(
      missingOf(
        template(),
        changed(template(), 700, 760, (sample) => -sample),
        0.32,
      ),
    ).toBeGreaterThan(1.5);
  });

  it('finds a part that is as strong as the noise, and says nothing of one that lies 20 dB under it', () => {
    const without = (weak: number): number => missingOf(template(weak), template(0), 0.32);
    expect(without(0.32)).toBeGreaterThan(0.8);
    expect(without(0.03)).toBeLessThan(0.3);
  });

  it('finds a part 16 dB weaker than the others, and says nothing of one 26 dB weaker, which coders do not keep, in silence', () => {
    const without = (weak: number): number => missingOf(template(weak), template(0), 0.001);
    expect(without(0.16)).toBeGreaterThan(0.8);
    expect(without(0.05)).toBeLessThan(0.3);
  });

  it('finds nothing in a template of silence, nor of one that is louder or softer as a whole', () => {
    expect(missingOf(new Float32Array(1400 * MS), template(), 0.1)).toBe(0);
    expect(
      missingOf(
        template().map((sample) => 0.01 * sample),
        template(),
        0.32,
      ),
    ).toBeLessThan(0.3);
  });
});
