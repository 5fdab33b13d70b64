import { sampleFormats } from '../../ports';
import { bytesPerSample, decodeChannel, encodeOnAll } from './sample-codec';

describe('samples of sound cards', () => {
  it.each([
    ['S16_LE', '0080ff7f0100', [-1, 32767 / 32768, 1 / 32768]],
    ['S24_3LE', '000080ffff7f010000', [-1, 8388607 / 8388608, 1 / 8388608]],
    // The fourth byte of a card that leaves rubbish there.
    ['S24_LE', '000080a5ffff7f5a010000ff', [-1, 8388607 / 8388608, 1 / 8388608]],
    ['S32_LE', '000000800000004000010000', [-1, 0.5, 256 / 2 ** 31]],
  ] as const)('reads %s', (format, hex, expected) => {
    expect([...decodeChannel(Buffer.from(hex, 'hex'), format, 1, 0)]).toEqual(expected);
  });

  it('takes one channel out of several', () => {
    const frames = Buffer.from('010002000300040005000600', 'hex');
    const channel = (wanted: number) =>
      [...decodeChannel(frames, 'S16_LE', 3, wanted)].map((each) => each * 32768);
    expect([channel(0), channel(1), channel(2)]).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
  });

  it.each(sampleFormats)('writes %s to every channel and saturates at full scale', (format) => {
    const samples = Float32Array.of(0, 0.5, -0.25, 1.5, -1.5, 1);
    const bytes = encodeOnAll(samples, format, 2);
    expect(bytes).toHaveLength(samples.length * 2 * bytesPerSample(format));
    for (const channel of [0, 1]) {
      const read = [...decodeChannel(bytes, format, 2, channel)];
      expect(read.slice(0, 3)).toEqual([0, 0.5, -0.25]);
      expect(read[4]).toBe(-1);
      expect(read[3]).toBeGreaterThan(0.99996);
      expect(read[5]).toBe(read[3]);
    }
  });

  it('gives 16 bits back as they came', () => {
    const all = Float32Array.from({ length: 65_536 }, (_, i) => (i - 32_768) / 32_768);
    expect(decodeChannel(encodeOnAll(all, 'S16_LE', 1), 'S16_LE', 1, 0)).toEqual(all);
  });
});
