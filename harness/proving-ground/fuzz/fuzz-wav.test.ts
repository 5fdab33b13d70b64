import { fuzzWav, isReadOrRefused } from './fuzz-wav';

describe('readWav', () => {
  it('reads every form of WAV to the sample, and refuses damaged ones with file, chunk and place', () => {
    expect(fuzzWav({ files: 300, seed: 20_261_121 })).toEqual({ whole: undefined, damaged: undefined });
  });

  it('takes a file of nothing but empty chunks for what it is', () => {
    const junk = Buffer.concat([Buffer.from('RIFF\0\0\0\0WAVE', 'latin1'), Buffer.alloc(8 * 100_000, 0)]);
    expect(isReadOrRefused(junk)).toBe(true);
  });
});
