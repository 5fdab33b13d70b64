import { RateConverter } from './rate-converter';

const sine = (lengthSamples: number, cyclesPerSample: number): Float32Array =>
  Float32Array.from({ length: lengthSamples }, (_, n) => Math.sin(2 * Math.PI * cyclesPerSample * n));

/** A smooth pulse whose middle is at a fractional place; narrow enough in frequency for every rate here. */
const pulse = (lengthSamples: number, at: number, widthSamples: number): Float32Array =>
  Float32Array.from({ length: lengthSamples }, (_, n) => Math.exp(-(((n - at) / widthSamples) ** 2) / 2));

const middleOf = (samples: Float32Array): number => {
  let weighted = 0;
  let total = 0;
  samples.forEach((value, n) => {
    weighted += n * value;
    total += value;
  });
  return weighted / total;
};

const ratios: readonly (readonly [string, number, number])[] = [
  ['48 to 16 kHz', 48_000, 16_000],
  ['16 to 24 kHz', 16_000, 24_000],
  ['24 to 48 kHz', 24_000, 48_000],
  ['48 to 16 kHz, 200 ppm apart', 48_000 * 1.0001, 16_000 * 0.9999],
  ['24 to 48 kHz, 400 ppm apart', 24_000 * 1.0002, 48_000 * 0.9998],
];

describe('RateConverter', () => {
  it.each(ratios)('puts a pulse where the positions say: %s', (_name, inputRateHz, outputRateHz) => {
    const converter = new RateConverter(inputRateHz, outputRateHz);
    const at = 2000.37;
    const output = converter.push(pulse(4000, at, 12));
    expect(Math.abs(converter.inputPositionOf(middleOf(output)) - at)).toBeLessThan(1e-3);
    expect(converter.outputPositionOf(at)).toBeCloseTo(converter.outputPositionOf(1) * at, 9);
  });

  it.each(ratios)('keeps a tone of the pass band to -75 dB: %s', (_name, inputRateHz, outputRateHz) => {
    const converter = new RateConverter(inputRateHz, outputRateHz);
    const toneHz = 0.35 * Math.min(inputRateHz, outputRateHz);
    const output = converter.push(sine(6000, toneHz / inputRateHz));
    let worst = 0;
    for (let k = 200; k < output.length - 200; k++) {
      const exact = Math.sin((2 * Math.PI * toneHz * converter.inputPositionOf(k)) / inputRateHz);
      worst = Math.max(worst, Math.abs(output[k]! - exact));
    }
    expect(20 * Math.log10(worst)).toBeLessThan(-75);
  });

  it('lets nothing through that the slower side cannot hold', () => {
    const output = new RateConverter(48_000, 16_000).push(sine(24_000, 9_000 / 48_000));
    const worst = Math.max(...output.subarray(200).map(Math.abs));
    expect(20 * Math.log10(worst)).toBeLessThan(-80);
  });

  it('gives the same samples however the input was cut', () => {
    const input = sine(3000, 0.03);
    const whole = new RateConverter(48_000, 16_000.8).push(input);
    for (const cut of [1, 7, 480]) {
      const converter = new RateConverter(48_000, 16_000.8);
      const parts: number[] = [];
      for (let n = 0; n < input.length; n += cut) parts.push(...converter.push(input.subarray(n, n + cut)));
      expect(Float32Array.from(parts)).toEqual(whole);
    }
  });

  it('says how many inputs a number of outputs needs, and holds back what was not asked for', () => {
    const converter = new RateConverter(24_000 * 1.00005, 48_000);
    let pushed = 0;
    for (let block = 0; block < 500; block++) {
      const needed = converter.inputsFor(480);
      pushed += needed;
      expect(converter.push(new Float32Array(needed), 480)).toHaveLength(480);
    }
    const last = converter.inputPositionOf(500 * 480 - 1);
    expect(pushed).toBe(Math.floor(last) + converter.lookaheadSamples + 1);
  });

  it('counts its group delay: an output waits for the inputs after its place, and for no more', () => {
    const converter = new RateConverter(48_000, 16_000);
    expect(converter.push(new Float32Array(converter.lookaheadSamples))).toHaveLength(0);
    expect(converter.push(new Float32Array(1))).toHaveLength(1);
  });

  it('refuses rates that are no rates', () => {
    expect(() => new RateConverter(0, 48_000)).toThrow(RangeError);
    expect(() => new RateConverter(48_000, NaN)).toThrow(RangeError);
  });
});
