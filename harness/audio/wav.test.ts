import { WaveFile } from 'wavefile';

import { isHilError } from '../errors';
import { readWav, toPcm16, writeWav } from './wav';
import { readWavLayout } from './wav-chunks';

/** A ramp through the whole range of a bit depth, both ends included. */
const ramp = (bits: number): number[] =>
  Array.from({ length: 257 }, (_, i) =>
    Math.min(2 ** (bits - 1) - 1, Math.round((i - 128) * 2 ** (bits - 8))),
  );

/** A WAV as the oracle writes it: `wavefile`, an independent implementation. */
function oracleWav(channels: number[][], rateHz: number, bitDepth: string): Buffer {
  const wav = new WaveFile();
  wav.fromScratch(channels.length, rateHz, bitDepth, channels.length === 1 ? channels[0]! : channels);
  return Buffer.from(wav.toBuffer());
}

const chunk = (id: string, body: Buffer, sizeBytes = body.length): Buffer => {
  const head = Buffer.alloc(8);
  head.write(id, 0, 'latin1');
  head.writeUInt32LE(sizeBytes, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
};

const riff = (...chunks: Buffer[]): Buffer => {
  const body = Buffer.concat([Buffer.from('WAVE'), ...chunks]);
  const head = Buffer.from('RIFF\0\0\0\0', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
};

// 16-bit mono at 16 000 Hz.
const fmt = Buffer.from('01000100803e0000007d000002001000', 'hex');
const data = Buffer.from([0x00, 0x40, 0x00, 0xc0, 0xff, 0x7f, 0x00, 0x80]);
const values = [0.5, -0.5, 32_767 / 32_768, -1];

const codeOf = (bytes: Uint8Array): string | undefined => {
  try {
    readWav(bytes);
    return undefined;
  } catch (error) {
    return isHilError(error) ? error.code : `not ours: ${String(error)}`;
  }
};

describe('readWav', () => {
  it.each([16, 24, 32])('reads %i-bit PCM exactly, both ends of the range included', (bits) => {
    const expected = ramp(bits);
    const { channels, rateHz } = readWav(oracleWav([expected], 44_100, `${bits}`));
    expect(rateHz).toBe(44_100);
    expect([...channels[0]!]).toEqual(expected.map((value) => Math.fround(value / 2 ** (bits - 1))));
  });

  it('reads 8-bit silence as silence', () => {
    const { channels } = readWav(oracleWav([[128, 128, 0, 255]], 8000, '8'));
    expect([...channels[0]!]).toEqual([0, 0, -1, 127 / 128]);
  });

  it.each(['32f', '64'])('reads %s-bit float without touching it, beyond full scale too', (depth) => {
    const { channels } = readWav(oracleWav([[0, 0.25, -1.5, 1.5]], 48_000, depth));
    expect([...channels[0]!]).toEqual([0, 0.25, -1.5, 1.5]);
  });

  it('keeps the channels apart', () => {
    const { channels } = readWav(
      oracleWav(
        [
          [1, 2, 3],
          [-4, -5, -6],
        ],
        48_000,
        '16',
      ),
    );
    expect(channels.map((channel) => [...channel].map((value) => value * 32_768))).toEqual([
      [1, 2, 3],
      [-4, -5, -6],
    ]);
  });

  it('reads WAVE_FORMAT_EXTENSIBLE by its sub-format', () => {
    const extensible = Buffer.concat([fmt, Buffer.from('1600100004000000', 'hex')]);
    extensible.writeUInt16LE(0xfffe, 0);
    const guid = Buffer.from('0100000000001000800000aa00389b71', 'hex');
    const { channels } = readWav(riff(chunk('fmt ', Buffer.concat([extensible, guid])), chunk('data', data)));
    expect([...channels[0]!]).toEqual(values);
  });

  it('honours the pad byte of an odd chunk, in front of the sound and behind it', () => {
    const list = chunk('LIST', Buffer.from('odd'));
    const { channels } = readWav(riff(list, chunk('fmt ', fmt), list, chunk('data', data), list));
    expect([...channels[0]!]).toEqual(values);
  });

  it.each([
    ['streamed with an unknown size', 0xffff_ffff],
    ['streamed by espeak-ng', 0x7fff_f000],
    ['cut off', 4000],
  ])('reads to the end of a file that was %s', (_, claimedBytes) => {
    const { channels } = readWav(riff(chunk('fmt ', fmt), chunk('data', data, claimedBytes)));
    expect([...channels[0]!]).toEqual(values);
  });

  it('reads what a recorder wrote that was killed before it filled in the sizes', () => {
    const bytes = riff(chunk('fmt ', fmt), chunk('data', data, 0));
    bytes.writeUInt32LE(0, 4);
    expect([...readWav(bytes).channels[0]!]).toEqual(values);
  });

  it('gives an empty channel for a finished file without samples', () => {
    expect(readWav(riff(chunk('fmt ', fmt), chunk('data', Buffer.alloc(0)))).channels[0]).toHaveLength(0);
  });

  it('gives whole frames or HIL_AUDIO_NOT_WAV for a file cut at any byte', () => {
    const whole = riff(chunk('LIST', Buffer.from('odd')), chunk('fmt ', fmt), chunk('data', data));
    const soundAt = whole.length - data.length;
    for (let end = 0; end < whole.length; end += 1) {
      const cut = whole.subarray(0, end);
      if (end < soundAt) expect(codeOf(cut)).toBe('HIL_AUDIO_NOT_WAV');
      else expect([...readWav(cut).channels[0]!]).toEqual(values.slice(0, (end - soundAt) >> 1));
    }
  });

  const with16 = (change: (body: Buffer) => void): Buffer => {
    const body = Buffer.from(fmt);
    change(body);
    return riff(chunk('fmt ', body), chunk('data', data));
  };

  it.each([
    ['an MP3', Buffer.from('4944330300000000000f54495432', 'hex')],
    ['mu-law', with16((body) => body.writeUInt16LE(7, 0))],
    ['12-bit PCM', with16((body) => body.writeUInt16LE(12, 14))],
    ['no channels', with16((body) => body.writeUInt16LE(0, 2))],
    ['no rate', with16((body) => body.writeUInt32LE(0, 4))],
    ['a data chunk before its fmt chunk', riff(chunk('data', data), chunk('fmt ', fmt))],
    ['no data chunk', riff(chunk('fmt ', fmt))],
    ['a short fmt chunk', riff(chunk('fmt ', fmt.subarray(0, 14)), chunk('data', data))],
    ['24 bit in frames of 32', with16((body) => body.writeUInt16LE(24, 14))],
  ])('refuses %s and says what it saw', (_, bytes) => {
    expect(codeOf(bytes)).toBe('HIL_AUDIO_NOT_WAV');
    expect(() => readWav(bytes)).toThrow(/^Not a readable WAV: .+; expected RIFF\/WAVE/);
  });

  const riffAs = (magic: string): Buffer => {
    const bytes = riff(chunk('fmt ', fmt), chunk('data', data));
    bytes.write(magic, 0, 'latin1');
    return bytes;
  };
  const extensibleOf = (guidHex: string): Buffer => {
    const body = Buffer.concat([fmt, Buffer.from(`1600100004000000${guidHex}`, 'hex')]);
    body.writeUInt16LE(0xfffe, 0);
    return riff(chunk('fmt ', body), chunk('data', data));
  };
  it.each<[string, Buffer, RegExp, Readonly<Record<string, unknown>>]>([
    ['RF64', riffAs('RF64'), /: it is RF64, a WAV beyond 4 GiB \(/, { chunk: 'RIFF', atByte: 0 }],
    ['a big-endian WAV', riffAs('RIFX'), /: it is RIFX, a big-endian WAV \(/, { chunk: 'RIFF', atByte: 0 }],
    ['an MP3', Buffer.from('4944330300000000000f54495432', 'hex'), /: it is MP3 \(/, { chunk: 'RIFF' }],
    [
      'mu-law',
      with16((body) => body.writeUInt16LE(7, 0)),
      /format tag 0x7 \(mu-law\) and 16 bit/,
      { chunk: 'fmt', atByte: 12, compression: 'mu-law' },
    ],
    [
      'A-law in an extensible header',
      extensibleOf('0600000000001000800000aa00389b71'),
      /format tag 0x6 \(A-law\)/,
      { chunk: 'fmt', compression: 'A-law' },
    ],
    [
      'an ambisonic sub-format',
      extensibleOf('010000002107d3118644c8c1ca000000'),
      /names the sub-format 010000002107d3118644c8c1ca000000/,
      { chunk: 'fmt', atByte: 12 },
    ],
    [
      'an extensible header that is cut short',
      riff(chunk('fmt ', Buffer.concat([Buffer.from('feff', 'hex'), fmt.subarray(2)])), chunk('data', data)),
      /its fmt chunk is extensible and has 16 bytes, not 40/,
      { chunk: 'fmt', atByte: 12 },
    ],
    [
      'a LIST chunk of 4 GB',
      riff(chunk('fmt ', fmt), chunk('LIST', Buffer.from('INFO'), 0xffff_fff0), chunk('data', data)),
      /its LIST chunk claims 4294967280 bytes, and 20 bytes later the file ends/,
      { chunk: 'LIST', atByte: 36, claimedBytes: 0xffff_fff0 },
    ],
    [
      'a chunk whose name is damaged',
      riff(chunk('fmt ', fmt), chunk('\0\xff\x1b[', Buffer.alloc(2), 99)),
      /its 0x00ff1b5b chunk claims 99 bytes/,
      { chunk: '0x00ff1b5b' },
    ],
  ])('names what it cannot read: %s', (_, bytes, message, facts) => {
    try {
      readWav(bytes, 'take.wav');
    } catch (error) {
      expect(error).toMatchObject({ code: 'HIL_AUDIO_NOT_WAV', facts: { file: 'take.wav', ...facts } });
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).toMatch(/ File: take\.wav\.$/);
      return;
    }
    throw new Error('it was read');
  });

  it('reads on behind an odd chunk whose pad byte was left out', () => {
    const list = chunk('LIST', Buffer.from('odd')).subarray(0, 11);
    expect([...readWav(riff(chunk('fmt ', fmt), list, chunk('data', data))).channels[0]!]).toEqual(values);
  });

  it('lists few of many chunks', () => {
    const junk = Array.from({ length: 500 }, () => chunk('JUNK', Buffer.alloc(0)));
    expect(() => readWav(riff(chunk('fmt ', fmt), ...junk))).toThrow(/\(chunks: fmt(, JUNK){15}\);/);
  });

  it.each([
    ['is cut off', 4000, 3992],
    ['was streamed', 0xffff_ffff, 0],
    ['was written by arecord to a pipe', 0x8000_0000, 0],
    ['is whole', 8, 0],
  ])('tells how much is missing of a file that %s', (_, claimedBytes, missingBytes) => {
    const bytes = riff(chunk('fmt ', fmt), chunk('data', data, claimedBytes));
    expect(readWavLayout(bytes)).toMatchObject({ missingBytes, rateHz: 16_000, bitDepth: 16, data });
  });

  it('decodes a long file piece by piece without a seam', () => {
    const samples = Float32Array.from({ length: 280_000 }, (_, n) => ((n * 7919) % 65_536) / 32_768 - 1);
    const backwards = samples.slice().reverse();
    const { channels } = readWav(writeWav({ channels: [samples, backwards], rateHz: 48_000 }));
    const same = (one: Float32Array, other: Float32Array): boolean =>
      Buffer.from(one.buffer).equals(Buffer.from(other.buffer));
    expect(channels.map(({ length }) => length)).toEqual([280_000, 280_000]);
    expect(same(channels[0]!, samples)).toBe(true);
    expect(same(channels[1]!, backwards)).toBe(true);
  });

  it('survives damage to any byte', () => {
    const whole = riff(chunk('fmt ', fmt), chunk('data', data));
    for (let at = 0; at < whole.length; at += 1) {
      for (const value of [0, 1, 0x7f, 0x80, 0xff]) {
        const damaged = Buffer.from(whole);
        damaged[at] = value;
        expect([undefined, 'HIL_AUDIO_NOT_WAV']).toContain(codeOf(damaged));
      }
    }
  });

  it('reads a small Buffer of the shared pool like any other', () => {
    const pooled = Buffer.from(riff(chunk('fmt ', fmt), chunk('data', data)));
    expect(pooled.byteLength).toBeLessThan(pooled.buffer.byteLength);
    expect([...readWav(pooled).channels[0]!]).toEqual(values);
  });
});

describe('writeWav', () => {
  it('writes what the oracle reads', () => {
    const left = Float32Array.from(values);
    const right = left.slice().reverse();
    const wav = new WaveFile(writeWav({ channels: [left, right], rateHz: 48_000 }));
    expect(wav.fmt).toMatchObject({ audioFormat: 1, numChannels: 2, sampleRate: 48_000, bitsPerSample: 16 });
    expect(wav.fmt).toMatchObject({ byteRate: 192_000, blockAlign: 4 });
    const samples = wav.getSamples(false, Int16Array) as unknown as Int16Array[];
    expect([...samples[0]!]).toEqual([16_384, -16_384, 32_767, -32_768]);
    expect([...samples[1]!]).toEqual([-32_768, 32_767, -16_384, 16_384]);
  });

  it('gives back every 16-bit value', () => {
    const samples = Float32Array.from({ length: 65_536 }, (_, i) => (i - 32_768) / 32_768);
    expect(readWav(writeWav({ samples, rateHz: 24_000 })).channels[0]).toEqual(samples);
  });

  it('refuses channels of different length', () => {
    const channels = [new Float32Array(2), new Float32Array(3)];
    expect(() => writeWav({ channels, rateHz: 48_000 })).toThrow(RangeError);
  });
});

describe('toPcm16', () => {
  it('saturates what does not fit and counts it, NaN included', () => {
    const { pcm, clippedSamples } = toPcm16(Float32Array.from([1.5, -1.5, 1, NaN, -1, 0.5]));
    expect([...pcm]).toEqual([32_767, -32_768, 32_767, 0, -32_768, 16_384]);
    expect(clippedSamples).toBe(4);
  });
});
