import { WaveFile } from 'wavefile';
import { decodeG711, encodeG711, type G711Law } from './g711';
import { listeningCopy } from './listening-copy';

const everySample = Int16Array.from({ length: 65_536 }, (_, index) => index - 32_768);
const everyCode = Uint8Array.from({ length: 256 }, (_, code) => code);

/** What wavefile makes of the same: another implementation. */
function bytesOf(wave: WaveFile): Uint8Array {
  return (wave.data as { readonly samples: Uint8Array }).samples;
}

describe.each<[G711Law, 'toMuLaw' | 'toALaw', '8m' | '8a', 'fromMuLaw' | 'fromALaw']>([
  ['mu-law', 'toMuLaw', '8m', 'fromMuLaw'],
  ['a-law', 'toALaw', '8a', 'fromALaw'],
])('%s', (law, to, depth, from) => {
  it('decodes each code as another implementation does', () => {
    const wave = new WaveFile();
    wave.fromScratch(1, 8000, depth, everyCode);
    wave[from]();
    expect(decodeG711(everyCode, law)).toEqual(new Int16Array(bytesOf(wave).slice().buffer));
  });

  it('encodes each sample as another implementation does, or to a code that lies as near or nearer', () => {
    const wave = new WaveFile();
    wave.fromScratch(1, 8000, '16', everySample);
    wave[to]();
    const ours = decodeG711(encodeG711(everySample, law), law);
    const theirs = decodeG711(bytesOf(wave), law);
    const errorOf = (decoded: Int16Array, index: number): number =>
      Math.abs((decoded[index] ?? NaN) - (everySample[index] ?? NaN));
    const further = everySample.filter((_, index) => errorOf(ours, index) > errorOf(theirs, index));
    expect([...further]).toEqual([]);
  });

  it('gives back each code that it decoded, but for the second zero', () => {
    const again = encodeG711(decodeG711(everyCode, law), law);
    expect([...everyCode].filter((code) => again[code] !== code)).toEqual(law === 'mu-law' ? [0x7f] : []);
  });
});

describe('silence', () => {
  it('is 0xFF in mu-law and 0xD5 in A-law', () => {
    expect(encodeG711(Int16Array.of(0), 'mu-law')[0]).toBe(0xff);
    expect(encodeG711(Int16Array.of(0), 'a-law')[0]).toBe(0xd5);
  });
});

describe('a copy to listen to', () => {
  const tone = (rateHz: number, amplitude: number): Float32Array =>
    Float32Array.from(
      { length: rateHz / 10 + 1 },
      (_, n) => amplitude * Math.sin((2 * Math.PI * 440 * n) / rateHz),
    );

  it.each([
    [48_000, 16_000],
    [44_100, 44_100],
  ])('of %d Hz is mu-law at %d Hz that another implementation reads, channel by channel', (from, to) => {
    const wave = new WaveFile(listeningCopy({ channels: [tone(from, 0.5), tone(from, 0)], rateHz: from }));
    const { audioFormat, numChannels, sampleRate } = wave.fmt as Record<string, number>;
    expect({ audioFormat, numChannels, sampleRate }).toEqual({
      audioFormat: 7,
      numChannels: 2,
      sampleRate: to,
    });
    wave.fromMuLaw();
    const [left, right] = wave.getSamples(false, Int16Array) as unknown as Int16Array[];
    expect(left).toHaveLength(Math.floor((from / 10 + 1) / (from / to)));
    const middle = [...left!.subarray(200, 1000)];
    expect(Math.max(...middle) / 32_768).toBeCloseTo(0.5, 1);
    expect(right!.every((sample) => sample === 0)).toBe(true);
  });

  it('of nothing is a WAV without samples', () => {
    const bytes = Buffer.from(listeningCopy({ channels: [new Float32Array(0)], rateHz: 48_000 }));
    expect(bytes.readUInt32LE(54)).toBe(0);
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
  });
});
