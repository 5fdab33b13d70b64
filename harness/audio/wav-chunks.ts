import { ConfigError, type Facts } from '../errors';

/** Format tags of the `fmt ` chunk (Microsoft, "Multiple channel audio data and WAVE files", 2007). */
const FORMAT_TAG = { pcm: 0x0001, float: 0x0003, extensible: 0xfffe } as const;
const PLAIN_FMT_BYTES = 16;
/** Beyond these a header is damaged: no audio interface on sale has more channels or a higher rate. */
const MOST_CHANNELS = 256;
const HIGHEST_RATE_HZ = 768_000;
/** WAVE_FORMAT_EXTENSIBLE keeps the real tag in the first two bytes of its sub-format GUID. */
const SUB_FORMAT_AT_BYTE = 24;

/** What a WAV says about itself, and where its sound is. */
export interface WavLayout {
  readonly sampleFormat: 'pcm' | 'float';
  readonly channelCount: number;
  readonly rateHz: number;
  /** Size of a sample's container: 8, 16, 24 or 32 for PCM, 32 or 64 for float. */
  readonly bitDepth: number;
  /** Whole frames of interleaved samples, little-endian; a view into the bytes that were given. */
  readonly data: Buffer;
}

/** An unreadable file, with what was seen and what was expected. */
export const notWav = (problem: string, facts: Facts, cause?: unknown): ConfigError =>
  new ConfigError(
    'HIL_AUDIO_NOT_WAV',
    `Not a readable WAV: ${problem}; expected RIFF/WAVE with PCM of 8 to 32 bit or float of 32 or 64 bit.`,
    facts,
    cause === undefined ? undefined : { cause },
  );

function readFormat(body: Buffer): Omit<WavLayout, 'data'> {
  if (body.length < PLAIN_FMT_BYTES) {
    throw notWav(`its fmt chunk has ${body.length} bytes, not ${PLAIN_FMT_BYTES}`, { fmtBytes: body.length });
  }
  const tag = body.readUInt16LE(0);
  const isExtensible = tag === FORMAT_TAG.extensible && body.length >= SUB_FORMAT_AT_BYTE + 2;
  const formatTag = isExtensible ? body.readUInt16LE(SUB_FORMAT_AT_BYTE) : tag;
  const channelCount = body.readUInt16LE(2);
  const rateHz = body.readUInt32LE(4);
  const bitDepth = body.readUInt16LE(14);
  const facts = { formatTag, channelCount, rateHz, bitDepth };
  const depths = { [FORMAT_TAG.pcm]: [8, 16, 24, 32], [FORMAT_TAG.float]: [32, 64] }[formatTag];
  if (depths?.includes(bitDepth) !== true) {
    throw notWav(`its samples have format tag 0x${formatTag.toString(16)} and ${bitDepth} bit`, facts);
  }
  if (channelCount === 0 || channelCount > MOST_CHANNELS || rateHz === 0 || rateHz > HIGHEST_RATE_HZ) {
    throw notWav(`it says ${channelCount} channels at ${rateHz} Hz`, facts);
  }
  return { sampleFormat: formatTag === FORMAT_TAG.pcm ? 'pcm' : 'float', channelCount, rateHz, bitDepth };
}

/**
 * Walks the chunks up to the sound. Odd chunks carry a pad byte; a data chunk that claims more than there is (cut off,
 * or streamed with 0xFFFFFFFF) ends with the file; one of size 0 in a file whose RIFF size was never filled in either
 * (a recorder that was killed) does so too.
 * @throws HilError `HIL_AUDIO_NOT_WAV` for anything else than a readable WAV.
 */
export function readWavLayout(bytes: Buffer): WavLayout {
  const magic = bytes.toString('latin1', 0, 4);
  if (bytes.length < 12 || magic !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE') {
    const head = bytes.toString('hex', 0, 12);
    throw notWav(`it has ${bytes.length} bytes and starts with ${head || 'nothing'}`, {
      sizeBytes: bytes.length,
      head,
    });
  }
  const isUnfinished = bytes.readUInt32LE(4) <= 36;
  const seen: string[] = [];
  let format: Omit<WavLayout, 'data'> | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = bytes.toString('latin1', at, at + 4);
    const sizeBytes = bytes.readUInt32LE(at + 4);
    const body = bytes.subarray(at + 8, at + 8 + sizeBytes);
    seen.push(id);
    if (id === 'fmt ') format = readFormat(body);
    if (id === 'data') {
      if (format === undefined) throw notWav('its data chunk comes before its fmt chunk', { chunks: seen });
      const data = sizeBytes === 0 && isUnfinished ? bytes.subarray(at + 8) : body;
      const frameBytes = (format.channelCount * format.bitDepth) / 8;
      return { ...format, data: data.subarray(0, data.length - (data.length % frameBytes)) };
    }
    at += 8 + sizeBytes + (sizeBytes % 2);
  }
  throw notWav(
    `it ends after ${bytes.length} bytes without a data chunk (chunks: ${seen.join(', ') || 'none'})`,
    {
      sizeBytes: bytes.length,
      chunks: seen,
    },
  );
}
