import * as fc from 'fast-check';

/** A WAV with the sound that it holds, counted where it was made. */
export interface MadeWav {
  readonly bytes: Buffer;
  readonly rateHz: number;
  /** At full scale ±1. */
  readonly channels: readonly (readonly number[])[];
}

interface Encoding {
  readonly tag: 1 | 3;
  readonly bits: 8 | 16 | 24 | 32 | 64;
}

const encodings: readonly Encoding[] = [
  { tag: 1, bits: 8 },
  { tag: 1, bits: 16 },
  { tag: 1, bits: 24 },
  { tag: 1, bits: 32 },
  { tag: 3, bits: 32 },
  { tag: 3, bits: 64 },
];

/** How writers are known to say how long the sound is: right, not at all (killed), or wrong for a stream. */
const claims = ['right', 'killed', 0xffff_ffff, 0x8000_0000, 0x7fff_f000] as const;

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

function chunk(id: string, body: Buffer, { pad = true, claimed = body.length } = {}): Buffer {
  const even = body.length % 2 === 1 && pad ? Buffer.alloc(1) : Buffer.alloc(0);
  return Buffer.concat([Buffer.from(id, 'latin1'), uint32(claimed), body, even]);
}

function fmtBody(encoding: Encoding, channelCount: number, rateHz: number, extraBytes: number): Buffer {
  const { tag, bits } = encoding;
  const frameBytes = (channelCount * bits) / 8;
  const body = Buffer.alloc(16);
  body.writeUInt16LE(extraBytes === 24 ? 0xfffe : tag, 0);
  body.writeUInt16LE(channelCount, 2);
  body.writeUInt32LE(rateHz, 4);
  body.writeUInt32LE((rateHz * frameBytes) >>> 0, 8);
  body.writeUInt16LE(frameBytes, 12);
  body.writeUInt16LE(bits, 14);
  if (extraBytes === 0) return body;
  if (extraBytes === 2) return Buffer.concat([body, Buffer.alloc(2)]);
  const extension = Buffer.alloc(24);
  extension.writeUInt16LE(22, 0);
  extension.writeUInt16LE(bits, 2);
  extension.writeUInt16LE(tag, 8);
  Buffer.from('000000001000800000aa00389b71', 'hex').copy(extension, 10);
  return Buffer.concat([body, extension]);
}

/** Raw 32-bit patterns as samples of an encoding: their bytes, and what they mean. */
function encode({ tag, bits }: Encoding, raw: readonly number[]): { bytes: Buffer; values: number[] } {
  const bytes = Buffer.alloc((raw.length * bits) / 8);
  const values = raw.map((pattern, index) => {
    const at = (index * bits) / 8;
    if (tag === 3) {
      // Sums of few powers of two: the same as double, as float and back.
      const value = (pattern | 0) / 2 ** 31;
      const single = Math.fround(value);
      if (bits === 32) bytes.writeFloatLE(single, at);
      else bytes.writeDoubleLE(single, at);
      return single;
    }
    const signed = (pattern | 0) >> (32 - bits);
    if (bits === 8) bytes.writeUInt8(signed + 128, at);
    else bytes.writeIntLE(signed, at, bits / 8);
    return Math.fround(signed / 2 ** (bits - 1));
  });
  return { bytes, values };
}

const extraChunk = fc.record({
  id: fc.constantFrom('LIST', 'fact', 'bext', 'cue ', 'JUNK', 'id3 '),
  body: fc.uint8Array({ maxLength: 33 }),
  pad: fc.boolean(),
});

/** Files in every form that readers meet and have to read: encodings, header sizes, odd chunks, sizes that are not filled in. */
export const wholeWavs: fc.Arbitrary<MadeWav> = fc
  .record({
    encoding: fc.constantFrom(...encodings),
    rateHz: fc.constantFrom(8_000, 16_000, 22_050, 44_100, 48_000, 96_000),
    frames: fc.integer({ min: 1, max: 3 }).chain((count) =>
      fc
        .array(
          fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), {
            minLength: count,
            maxLength: count,
          }),
          { maxLength: 40 },
        )
        .map((rows) => ({ count, rows })),
    ),
    extraBytes: fc.constantFrom(0, 2, 24),
    before: fc.array(extraChunk, { maxLength: 3 }),
    after: fc.array(extraChunk, { maxLength: 2 }),
    claim: fc.constantFrom(...claims),
  })
  .map(({ encoding, rateHz, frames: { count, rows }, extraBytes, before, after, claim }) => {
    const { bytes: sound, values } = encode(encoding, rows.flat());
    const isOpen = claim !== 'right';
    const ahead = before.map(({ id, body, pad }, index) =>
      // What leaves out the pad byte can be read only where the sound or its format follows.
      chunk(id, Buffer.from(body), { pad: pad || index < before.length - 1 }),
    );
    const data = chunk('data', sound, isOpen ? { pad: false, claimed: claim === 'killed' ? 0 : claim } : {});
    const behind = isOpen ? [] : after.map(({ id, body }) => chunk(id, Buffer.from(body)));
    const fmt = chunk('fmt ', fmtBody(encoding, count, rateHz, extraBytes));
    const body = Buffer.concat([Buffer.from('WAVE'), fmt, ...ahead, data, ...behind]);
    const riffBytes = claim === 'killed' ? 0 : body.length;
    return {
      bytes: Buffer.concat([Buffer.from('RIFF'), uint32(riffBytes), body]),
      rateHz,
      channels: Array.from({ length: count }, (_, channel) =>
        values.filter((_value, index) => index % count === channel),
      ),
    };
  });

const damage = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(200), value: fc.nat(255) }),
  fc.record({ kind: fc.constant('size' as const), at: fc.nat(200), value: fc.nat(0xffff_ffff) }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(200), value: fc.constant(0) }),
  fc.record({ kind: fc.constant('drop' as const), at: fc.nat(200), value: fc.nat(9) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(200), value: fc.nat(9) }),
);

/** The same files with one to four places damaged: bytes, sizes, cuts, what is missing and what is too much. */
export const damagedWavs: fc.Arbitrary<Buffer> = fc
  .tuple(wholeWavs, fc.array(damage, { minLength: 1, maxLength: 4 }))
  .map(([{ bytes }, damages]) =>
    damages.reduce((sofar, { kind, at, value }) => {
      const place = Math.min(at, Math.max(0, sofar.length - 4));
      const changed = Buffer.from(sofar);
      if (kind === 'set' && changed.length > 0) changed[place] = value;
      if (kind === 'size' && changed.length >= 4) changed.writeUInt32LE(value, place);
      if (kind === 'cut') return changed.subarray(0, at);
      if (kind === 'drop')
        return Buffer.concat([changed.subarray(0, place), changed.subarray(place + value)]);
      if (kind === 'insert')
        return Buffer.concat([changed.subarray(0, place), Buffer.alloc(value, at), changed.subarray(place)]);
      return changed;
    }, bytes),
  );
