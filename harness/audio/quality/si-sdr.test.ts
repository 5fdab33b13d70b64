import { inMs, playedAt, plus, RATE_HZ, rms, speechLike, whiteNoise } from './__fixtures__/followed-sound';
import { crossSpectrum } from './cross-spectrum';
import { projection, siSdrDb } from './si-sdr';

const reference = speechLike(1500, 1);
const lengthSamples = 2000 * inMs;
const ratioOf = (sound: Float32Array, stretch: ReturnType<typeof playedAt>['stretch']): number =>
  siSdrDb(crossSpectrum(reference, sound, RATE_HZ, [stretch])) ?? NaN;

/** Noise with the reference's spectrum, orthogonal to it, and so many dB below it in every band. */
function orthogonalNoise(snrDb: number): Float32Array {
  const other = speechLike(1500, 2);
  const along =
    other.reduce((sum, value, n) => sum + value * (reference[n] ?? 0), 0) /
    (rms(reference) ** 2 * other.length);
  const orthogonal = plus(other, reference, -along);
  const gain = (rms(reference) / rms(orthogonal)) * 10 ** (-snrDb / 20);
  return orthogonal.map((value) => gain * value);
}

describe('siSdrDb', () => {
  it.each([-5, 0, 10, 20, 30])('gives x dB for the reference with orthogonal noise at x = %i dB', (snrDb) => {
    const sound = plus(reference, orthogonalNoise(snrDb));
    const stretch = { fromSample: 0, toSample: reference.length, atSample: 0, step: 1 };
    // The noise's share of the band from 150 to 7 000 Hz scatters by some tenths of a dB.
    expect(Math.abs(ratioOf(sound, stretch) - snrDb)).toBeLessThan(0.5);
  });

  it.each([
    ['a fractional delay', { atSample: 4321.37 }],
    ['drift of 200 ppm', { atSample: 4321.37, ppm: 200 }],
    ['drift of -200 ppm', { atSample: 500.5, ppm: -200 }],
  ])('does not count as distortion: %s', (_name, place) => {
    const { sound, stretch } = playedAt(reference, { ...place, lengthSamples });
    // Within a frame of 21 ms 200 ppm still move 4 µs.
    expect(ratioOf(sound, stretch)).toBeGreaterThan(35);
  });

  it('does not mind the level, nor inverted polarity, nor a place that is 0.4 samples off', () => {
    const { sound, stretch } = playedAt(reference, { atSample: 1000.2, lengthSamples });
    const inverted = plus(sound, whiteNoise(lengthSamples, 4), 0.001).map((value) => -0.01 * value);
    const asIs = ratioOf(plus(sound, whiteNoise(lengthSamples, 4), 0.001), stretch);
    expect(ratioOf(inverted, stretch)).toBeCloseTo(asIs, 3);
    expect(ratioOf(sound, { ...stretch, atSample: 1000.6 })).toBeGreaterThan(40);
  });

  it('counts drift that nobody took out', () => {
    const { sound, stretch } = playedAt(reference, { atSample: 0, ppm: 200, lengthSamples });
    expect(ratioOf(sound, { ...stretch, step: 1 })).toBeLessThan(25);
  });

  it('counts clipping', () => {
    const limit = rms(reference);
    const clipped = reference.map((value) => Math.max(-limit, Math.min(limit, value)));
    const ratio = ratioOf(clipped, { fromSample: 0, toSample: reference.length, atSample: 0, step: 1 });
    expect(ratio).toBeGreaterThan(3);
    expect(ratio).toBeLessThan(15);
  });

  it('is far below 0 for another sound, and nothing for silence and for a blink', () => {
    const stretch = { fromSample: 0, toSample: reference.length, atSample: 0, step: 1 };
    expect(ratioOf(speechLike(1500, 9), stretch)).toBeLessThan(-15);
    expect(
      siSdrDb(crossSpectrum(reference, new Float32Array(lengthSamples), RATE_HZ, [stretch])),
    ).toBeUndefined();
    expect(siSdrDb(crossSpectrum(reference, reference, RATE_HZ, []))).toBeUndefined();
    expect(
      siSdrDb(crossSpectrum(reference, reference, RATE_HZ, [{ ...stretch, toSample: 60 * inMs }])),
    ).toBeUndefined();
  });
});

describe('projection', () => {
  it('says how loud the reference is in the sound, beside noise', () => {
    const { sound, stretch } = playedAt(reference, { atSample: 700.25, lengthSamples });
    const noisy = plus(
      sound.map((value) => -0.02 * value),
      whiteNoise(lengthSamples, 5),
      0.001,
    );
    const found = projection(crossSpectrum(reference, noisy, RATE_HZ, [stretch]));
    expect(found?.gain).toBeCloseTo(-0.02, 3);
    expect(found?.correlation).toBeLessThan(-0.5);
  });
});
