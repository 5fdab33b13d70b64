import { bandPass } from './biquad';

describe('bandPass', () => {
  const tone = (hz: number): Int16Array =>
    Int16Array.from({ length: 24_000 }, (_, n) => 16_384 * Math.sin((2 * Math.PI * hz * n) / 24_000));
  const energyOf = (hz: number): number => bandPass(120, 3400, 24_000)(tone(hz), 0, 24_000);

  it('passes its middle and takes 12 dB an octave off beyond its ends', () => {
    const middle = energyOf(700);
    expect(middle / 24_000).toBeCloseTo(0.125, 2);
    expect(energyOf(60)).toBeLessThan(middle / 12);
    expect(energyOf(6800)).toBeLessThan(middle / 12);
  });

  // 20 ms of digital silence took ten times as long as sound, once the filter had sunk to subnormal numbers.
  it('comes to rest in digital silence', () => {
    const filter = bandPass(120, 3400, 24_000);
    filter(tone(700), 0, 24_000);
    const silence = new Int16Array(480);
    let energy = 1;
    for (let packet = 0; packet < 10; packet++) energy = filter(silence, 0, 480);
    expect(energy).toBe(0);
  });
});
