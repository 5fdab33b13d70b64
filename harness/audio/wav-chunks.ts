import { ConfigError, type Facts } from '../errors';

/** Format tags of the `fmt ` chunk (Microsoft, "Multiple channel audio data and WAVE files", 2007). */
const FORMAT_TAG = { pcm: 0x0001, float: 0x0003, extensible: 0xfffe } as const;
/** Tags of what recorders and converters also put into a WAV, by the names that their menus have (mmreg.h). */
const compressions: Readonly<Record<number, string>> = {
  0x0002: 'Microsoft ADPCM',
  0x0006: 'A-law',
  0x0007: 'mu-law',
  0x0011: 'IMA ADPCM',
  0x0031: 'GSM 6.10',
  0x0050: 'MPEG',
  0x0055: 'MP3',
  0x00ff: 'AAC',
  0x0161: 'WMA',
  0x704f: 'Opus',
  0xf1ac: 'FLAC',
};
/** What files start with that are no WAV, however they are named. */
const otherFiles: readonly (readonly [start: string, name: string])[] = [
  ['RF64', 'RF64, a WAV beyond 4 GiB'],
  ['BW64', 'BW64, a WAV beyond 4 GiB'],
  ['RIFX', 'RIFX, a big-endian WAV'],
  ['riff', 'Wave64'],
  ['FORM', 'AIFF'],
  ['caff', 'CAF'],
  ['fLaC', 'FLAC'],
  ['OggS', 'Ogg'],
  ['ID3', 'MP3'],
  ['\xff\xfb', 'MP3'],
];
const PLAIN_FMT_BYTES = 16;
const EXTENSIBLE_FMT_BYTES = 40;
/** Beyond these a header is damaged: no audio interface on sale has more channels or a higher rate. */
const MOST_CHANNELS = 256;
const HIGHEST_RATE_HZ = 768_000;
/** WAVE_FORMAT_EXTENSIBLE keeps the real tag in the first two bytes of its sub-format GUID; the others are always these. */
const SUB_FORMAT_AT_BYTE = 24;
const SUB_FORMAT_TAIL = '000000001000800000aa00389b71';
/**
 * Writers to a pipe cannot know the length and claim one that no file reaches: ffmpeg 0xFFFFFFFF, arecord 0x80000000, sox and
 * espeak-ng 0x7FFFF000.
 */
const UNKNOWN_FROM_BYTES = 0x7fff_0000;
/** Chunk names that an error lists: a damaged file may have millions of them. */
const LISTED_CHUNKS = 16;

/** What a WAV says about itself, and where its sound is. */
export interface WavLayout {
  readonly sampleFormat: 'pcm' | 'float';
  readonly channelCount: number;
  readonly rateHz: number;
  /** Size of a sample's container: 8, 16, 24 or 32 for PCM, 32 or 64 for float. */
  readonly bitDepth: number;
  /** Whole frames of interleaved samples, little-endian; a view into the bytes that were given. */
  readonly data: Buffer;
  /** Bytes of sound that the file announces and does not have: it was cut off. 0 as well where its writer could not know. */
  readonly missingBytes: number;
}

/** Where in the file it is: a chunk's name and the byte it starts at. */
export interface WavPlace {
  readonly chunk: string;
  readonly atByte: number;
}

/** An unreadable file, with what was seen where, and what was expected. */
export const notWav = (
  problem: string,
  facts: Facts & Partial<WavPlace>,
  options: { readonly file?: string | undefined; readonly cause?: unknown } = {},
): ConfigError =>
  new ConfigError(
    'HIL_AUDIO_NOT_WAV',
    `Not a readable WAV: ${problem}; expected RIFF/WAVE with PCM of 8 to 32 bit or float of 32 or 64 bit.` +
      (options.file === undefined ? '' : ` File: ${options.file}.`),
    { ...(options.file === undefined ? {} : { file: options.file }), ...facts },
    options.cause === undefined ? undefined : { cause: options.cause },
  );

type Format = Omit<WavLayout, 'data' | 'missingBytes'>;
type Refuse = (problem: string, facts?: Facts) => ConfigError;

function readFormat(body: Buffer, refuse: Refuse): Format {
  if (body.length < PLAIN_FMT_BYTES) {
    throw refuse(`its fmt chunk has ${body.length} bytes, not ${PLAIN_FMT_BYTES}`, { fmtBytes: body.length });
  }
  const tag = body.readUInt16LE(0);
  const isExtensible = tag === FORMAT_TAG.extensible;
  if (isExtensible && body.length < EXTENSIBLE_FMT_BYTES) {
    throw refuse(`its fmt chunk is extensible and has ${body.length} bytes, not ${EXTENSIBLE_FMT_BYTES}`, {
      fmtBytes: body.length,
    });
  }
  const formatTag = isExtensible ? body.readUInt16LE(SUB_FORMAT_AT_BYTE) : tag;
  const channelCount = body.readUInt16LE(2);
  const rateHz = body.readUInt32LE(4);
  const frameBytes = body.readUInt16LE(12);
  const bitDepth = body.readUInt16LE(14);
  const facts = { formatTag, channelCount, rateHz, bitDepth, frameBytes };
  if (isExtensible) {
    const subFormat = body.toString('hex', SUB_FORMAT_AT_BYTE, EXTENSIBLE_FMT_BYTES);
    if (!subFormat.endsWith(SUB_FORMAT_TAIL)) {
      throw refuse(`its fmt chunk names the sub-format ${subFormat}`, { ...facts, subFormat });
    }
  }
  const depths = { [FORMAT_TAG.pcm]: [8, 16, 24, 32], [FORMAT_TAG.float]: [32, 64] }[formatTag];
  if (depths?.includes(bitDepth) !== true) {
    const name = compressions[formatTag];
    const hex = `0x${formatTag.toString(16)}`;
    throw refuse(
      `its samples have format tag ${hex}${name === undefined ? '' : ` (${name})`} and ${bitDepth} bit`,
      { ...facts, ...(name === undefined ? {} : { compression: name }) },
    );
  }
  if (channelCount === 0 || channelCount > MOST_CHANNELS || rateHz === 0 || rateHz > HIGHEST_RATE_HZ) {
    throw refuse(`its fmt chunk says ${channelCount} channels at ${rateHz} Hz`, facts);
  }
  if (frameBytes !== (channelCount * bitDepth) / 8) {
    throw refuse(
      `its fmt chunk says ${frameBytes} bytes for a frame of ${channelCount} samples of ${bitDepth} bit`,
      facts,
    );
  }
  return { sampleFormat: formatTag === FORMAT_TAG.pcm ? 'pcm' : 'float', channelCount, rateHz, bitDepth };
}

function assertRiff(bytes: Buffer, file: string | undefined): void {
  const head = bytes.toString('latin1', 0, 12);
  if (bytes.length >= 12 && head.startsWith('RIFF') && head.endsWith('WAVE')) return;
  const name = otherFiles.find(([start]) => head.startsWith(start))?.[1];
  const hex = bytes.toString('hex', 0, 12);
  const starts = `it has ${bytes.length} bytes and starts with ${hex || 'nothing'}`;
  throw notWav(
    name === undefined ? starts : `it is ${name} (${starts})`,
    { chunk: 'RIFF', atByte: 0, sizeBytes: bytes.length, head: hex },
    { file },
  );
}

/** A chunk's name; of a damaged one its bytes. */
const nameOf = (id: string): string =>
  /^[ -~]{4}$/.test(id) ? id.trim() : `0x${Buffer.from(id, 'latin1').toString('hex')}`;

/** Some writers leave out the byte that evens a chunk. Then, and only then, the sound or its format follows at once. */
const lacksPad = (bytes: Buffer, at: number): boolean =>
  ['data', 'fmt '].includes(bytes.toString('latin1', at, at + 4));

/**
 * Walks the chunks up to the sound, in time and memory that grow with their number alone. Odd chunks carry a pad byte, or
 * not; a data chunk that claims more than there is (cut off, or streamed) ends with the file; one of size 0 in a file whose
 * RIFF size was never filled in either (a recorder that was killed) does so too.
 * @param file - What messages call the file.
 * @throws HilError `HIL_AUDIO_NOT_WAV` for anything else than a readable WAV; `facts` has `chunk` and `atByte`.
 */
export function readWavLayout(bytes: Buffer, file?: string): WavLayout {
  assertRiff(bytes, file);
  const isUnfinished = bytes.readUInt32LE(4) <= 36;
  const seen: string[] = [];
  let format: Format | undefined;
  let at = 12;
  while (at + 8 <= bytes.length) {
    const id = bytes.toString('latin1', at, at + 4);
    const chunk = nameOf(id);
    const sizeBytes = bytes.readUInt32LE(at + 4);
    const bodyAt = at + 8;
    const body = bytes.subarray(bodyAt, bodyAt + sizeBytes);
    const place = { chunk, atByte: at };
    const refuse: Refuse = (problem, facts = {}) => notWav(problem, { ...place, ...facts }, { file });
    if (seen.length < LISTED_CHUNKS) seen.push(chunk);
    if (id === 'data') {
      if (format === undefined) {
        throw refuse('its data chunk comes before its fmt chunk', { chunks: seen });
      }
      const data = sizeBytes === 0 && isUnfinished ? bytes.subarray(bodyAt) : body;
      const frameBytes = (format.channelCount * format.bitDepth) / 8;
      const missingBytes = sizeBytes >= UNKNOWN_FROM_BYTES ? 0 : sizeBytes - body.length;
      return { ...format, missingBytes, data: data.subarray(0, data.length - (data.length % frameBytes)) };
    }
    if (sizeBytes > body.length) {
      throw refuse(
        `its ${chunk} chunk claims ${sizeBytes} bytes, and ${body.length} bytes later the file ends without a data chunk`,
        { claimedBytes: sizeBytes, sizeBytes: bytes.length, chunks: seen },
      );
    }
    if (id === 'fmt ') format = readFormat(body, refuse);
    const isOdd = sizeBytes % 2 === 1;
    at = bodyAt + sizeBytes + (isOdd && !lacksPad(bytes, bodyAt + sizeBytes) ? 1 : 0);
  }
  throw notWav(
    `it ends after ${bytes.length} bytes without a data chunk (chunks: ${seen.join(', ') || 'none'})`,
    { chunk: 'data', atByte: at, sizeBytes: bytes.length, chunks: seen },
    { file },
  );
}
