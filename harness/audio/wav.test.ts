import { WaveFile } from 'wavefile';

import { isHilError } from '../errors';
import { readWav, toPcm16, writeWav } from './wav';

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
  ])('refuses %s and says what it saw', (_, bytes) => {
    expect(codeOf(bytes)).toBe('HIL_AUDIO_NOT_WAV');
    expect(() => readWav(bytes)).toThrow(/^Not a readable WAV: .+; expected RIFF\/WAVE/);
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
