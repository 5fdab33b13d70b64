import { WaveFile } from 'wavefile';
import { decodeG711, encodeG711, type G711Law } from './g711';

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
