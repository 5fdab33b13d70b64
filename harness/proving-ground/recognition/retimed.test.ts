import { retimed } from './retimed';

const RATE_HZ = 24_000;

/** A voice-like buzz: harmonics of 120 Hz. */
const buzz = Float32Array.from({ length: RATE_HZ }, (_, n) => {
  let sum = 0;
  for (let k = 1; k <= 20; k++) sum += Math.cos((2 * Math.PI * 120 * k * n) / RATE_HZ) / k;
  return sum / 10;
});

/** Amplitude of one frequency. */
function amplitudeAt(samples: Float32Array, hz: number): number {
  let [a, b] = [0, 0];
  for (const [n, sample] of samples.entries()) {
    a += sample * Math.cos((2 * Math.PI * hz * n) / RATE_HZ);
    b += sample * Math.sin((2 * Math.PI * hz * n) / RATE_HZ);
  }
  return (2 * Math.hypot(a, b)) / samples.length;
}

it.each([0.95, 1.05])('lasts 1 / %d as long and keeps its pitch', (speed) => {
  const { samples } = retimed({ samples: buzz, rateHz: RATE_HZ }, speed);

  expect(samples).toHaveLength(Math.floor(RATE_HZ / speed));
  // Played at another speed the second harmonic would lie 5 % aside, and nothing at all here.
  expect(amplitudeAt(samples, 240)).toBeCloseTo(0.05, 2);
  expect(amplitudeAt(samples, 240 * speed)).toBeLessThan(0.005);
});

it('moves what was said in time', () => {
  const samples = new Float32Array(RATE_HZ);
  samples.set(buzz.subarray(0, 4800), 12_000);

  const { samples: faster } = retimed({ samples, rateHz: RATE_HZ }, 1.05);

  const from = faster.findIndex((sample) => Math.abs(sample) > 0.05);
  // Within the tolerance of 10 ms and half a window.
  expect(Math.abs(from - 12_000 / 1.05)).toBeLessThan(0.025 * RATE_HZ);
});

it('changes nothing at the old tempo', () => {
  const { samples } = retimed({ samples: buzz, rateHz: RATE_HZ }, 1);
  const inside = samples.subarray(0, RATE_HZ - 720);
  expect(Math.max(...inside.map((sample, n) => Math.abs(sample - (buzz[n] ?? 0))))).toBeLessThan(1e-6);
});
