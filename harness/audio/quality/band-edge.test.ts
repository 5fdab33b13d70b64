import {
  inMs,
  lowPassed,
  playedAt,
  plus,
  RATE_HZ,
  rms,
  speechLike,
  whiteNoise,
} from './__fixtures__/followed-sound';
import { bandEdgeHz } from './band-edge';
import { crossSpectrum } from './cross-spectrum';

const reference = speechLike(1200, 1);
const stretch = { fromSample: 0, toSample: reference.length, atSample: 0, step: 1 };
const edgeOf = (sound: Float32Array): number | undefined =>
  bandEdgeHz(crossSpectrum(reference, sound, RATE_HZ, [stretch]), 12_000);
const hiss = (snrDb: number): Float32Array => {
  const gain = rms(reference) * 10 ** (-snrDb / 20);
  return whiteNoise(reference.length, 8).map((value) => gain * value);
};

describe('bandEdgeHz', () => {
  it.each([3400, 4000, 7500])('finds the edge of a path that ends at %i Hz, to 250 Hz', (edgeHz) => {
    const passed = lowPassed(reference, edgeHz);
    expect(Math.abs((edgeOf(passed) ?? NaN) - edgeHz)).toBeLessThanOrEqual(250);
    expect(Math.abs((edgeOf(plus(passed, hiss(45))) ?? NaN) - edgeHz)).toBeLessThanOrEqual(250);
  });

  it('is the end of the reference where the path goes further', () => {
    expect(edgeOf(reference)).toBeGreaterThan(11_700);
    expect(edgeOf(reference)).toBeLessThanOrEqual(12_000);
  });

  it('does not mind delay, drift and level', () => {
    const { sound, stretch: placed } = playedAt(lowPassed(reference, 4000), {
      atSample: 777.7,
      ppm: 200,
      lengthSamples: 1500 * inMs,
    });
    const edge = bandEdgeHz(
      crossSpectrum(
        reference,
        sound.map((value) => 0.01 * value),
        RATE_HZ,
        [placed],
      ),
    );
    expect(Math.abs((edge ?? NaN) - 4000)).toBeLessThanOrEqual(250);
  });

  it('is not known where noise hides it', () =>
    expect(edgeOf(plus(lowPassed(reference, 4000), hiss(-6)))).toBeUndefined());

  it.each([
    ['silence', new Float32Array(reference.length)],
    ['another sound', speechLike(1200, 33)],
    ['noise', whiteNoise(reference.length, 3)],
  ])('is not known in %s', (_name, sound) => expect(edgeOf(sound)).toBeUndefined());

  it('is not known from 100 ms', () =>
    expect(
      bandEdgeHz(crossSpectrum(reference, reference, RATE_HZ, [{ ...stretch, toSample: 100 * inMs }])),
    ).toBeUndefined());
});
