import { acousticResponse, directDelaySamples } from './acoustic-response';

const rateHz = 48_000;
const dry = { rt60Ms: 0, directToReverberantDb: 0 };

/** Delay in samples and gain of a response at one frequency. */
function at(response: Float64Array, frequencyHz: number, nearSamples: number) {
  const omega = (2 * Math.PI * frequencyHz) / rateHz;
  let re = 0;
  let im = 0;
  response.forEach((value, n) => {
    re += value * Math.cos(omega * (n - nearSamples));
    im -= value * Math.sin(omega * (n - nearSamples));
  });
  return { delaySamples: nearSamples - Math.atan2(im, re) / omega, gain: Math.hypot(re, im) };
}

const energyOf = (samples: Float64Array) => samples.reduce((sum, value) => sum + value * value, 0);

describe('directDelaySamples', () => {
  it('keeps fractions of a sample', () => {
    expect(directDelaySamples(1.01, rateHz)).toBeCloseTo(48.48, 9);
  });

  it('takes whole samples where no kernel fits', () => {
    expect(directDelaySamples(0.13, rateHz)).toBe(6);
  });

  it('is never earlier than it can be', () => {
    expect(directDelaySamples(0.3, rateHz, 480)).toBe(0);
    expect(directDelaySamples(12, rateHz, 480)).toBe(96);
  });
});

describe('acousticResponse', () => {
  it('is one tap when dry and late by whole samples', () => {
    const response = acousticResponse({ gainDb: -20, delaySamples: 96 }, dry, rateHz, 1, 1);
    expect(response[96]).toBeCloseTo(0.1, 12);
    expect(energyOf(response)).toBeCloseTo(0.01, 12);
  });

  it.each([8.5, 20.25, 48.48, 500.9])('is late by %f samples at every speech frequency', (delaySamples) => {
    const response = acousticResponse({ gainDb: 0, delaySamples }, dry, rateHz, 1, 1);
    for (const frequencyHz of [200, 1_000, 4_000, 8_000]) {
      const found = at(response, frequencyHz, Math.round(delaySamples));
      expect(Math.abs(found.delaySamples - delaySamples)).toBeLessThan(0.002);
      expect(Math.abs(20 * Math.log10(found.gain))).toBeLessThan(0.02);
    }
  });

  it('decays as asked and holds the asked share of reverberation, after the direct sound', () => {
    const room = { rt60Ms: 400, directToReverberantDb: -6 };
    const response = acousticResponse({ gainDb: -10, delaySamples: 100 }, room, rateHz, 7, 1);
    const tail = response.subarray(148);
    const direct = response.subarray(0, 148);
    expect(10 * Math.log10(energyOf(direct) / energyOf(tail))).toBeCloseTo(-6, 1);

    const remaining = (ms: number) => 10 * Math.log10(energyOf(tail.subarray(ms * 48)) / energyOf(tail));
    const decayDbPerMs = (remaining(150) - remaining(20)) / 130;
    expect(-60 / decayDbPerMs).toBeGreaterThan(380);
    expect(-60 / decayDbPerMs).toBeLessThan(420);
  });

  it('is the same for the same seed and another for another path', () => {
    const room = { rt60Ms: 20, directToReverberantDb: 0 };
    const make = (seed: number, stream: number) =>
      acousticResponse({ gainDb: 0, delaySamples: 50 }, room, rateHz, seed, stream);
    expect(make(3, 1)).toEqual(make(3, 1));
    expect(make(3, 1)).not.toEqual(make(3, 2));
    expect(make(3, 1)).not.toEqual(make(4, 1));
  });
});
