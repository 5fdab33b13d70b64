import { decode } from 'wav-decoder';

import type { MultiChannelClip, PcmClip } from './pcm-clip';
import { notWav, readWavLayout, type WavLayout } from './wav-chunks';

const HEADER_BYTES = 44;
/** Sound is decoded in pieces of this size, so that a long file needs no copies of its length. */
const BLOCK_BYTES = 1 << 20;
const INT16_FULL_SCALE = 32_768;
/** What a RIFF header's 32-bit size can say. */
const MAX_DATA_BYTES = 0xffff_ffff - HEADER_BYTES;

interface WavHeader {
  readonly formatTag: 1 | 3;
  readonly channelCount: number;
  readonly rateHz: number;
  readonly bitDepth: number;
  readonly dataBytes: number;
}

function header({ formatTag, channelCount, rateHz, bitDepth, dataBytes }: WavHeader): Buffer {
  const frameBytes = (channelCount * bitDepth) / 8;
  const bytes = Buffer.alloc(HEADER_BYTES);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(formatTag, 20);
  bytes.writeUInt16LE(channelCount, 22);
  bytes.writeUInt32LE(rateHz, 24);
  bytes.writeUInt32LE(rateHz * frameBytes, 28);
  bytes.writeUInt16LE(frameBytes, 32);
  bytes.writeUInt16LE(bitDepth, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(dataBytes, 40);
  return bytes;
}

/**
 * 8-bit samples as 16 bit and 24-bit ones as 32 bit, without loss: wav-decoder reads 8-bit silence as +0.004 and the
 * lowest 24-bit value as +1.
 */
function widened(layout: WavLayout): WavLayout {
  const { data, bitDepth } = layout;
  if (bitDepth === 8) {
    const wide = Buffer.alloc(data.length * 2);
    for (const [index, value] of data.entries()) wide.writeInt16LE((value - 128) * 256, index * 2);
    return { ...layout, bitDepth: 16, data: wide };
  }
  if (bitDepth === 24) {
    const wide = Buffer.alloc((data.length / 3) * 4);
    for (let at = 0; at < data.length; at += 3) data.copy(wide, (at / 3) * 4 + 1, at, at + 3);
    return { ...layout, bitDepth: 32, data: wide };
  }
  return layout;
}

/** What rigs record, in a loop of its own: reports read hundreds of captures, and a call for each sample took most of their time. */
function decodedPcm16({ channelCount, data }: WavLayout): readonly Float32Array[] {
  const frames = data.length / 2 / channelCount;
  // Aligned, which a view into a file need not be; little-endian, like every machine that Node runs on with a sound card.
  const samples = new Int16Array(new Uint8Array(data).buffer);
  return Array.from({ length: channelCount }, (_, channel) => {
    const own = new Float32Array(frames);
    for (let frame = 0; frame < frames; frame += 1)
      own[frame] = (samples[frame * channelCount + channel] ?? 0) / INT16_FULL_SCALE;
    return own;
  });
}

/** Sound of some whole frames; `layout` has their bytes. */
function decoded(layout: WavLayout): readonly Float32Array[] {
  if (layout.sampleFormat === 'pcm' && layout.bitDepth === 16) return decodedPcm16(layout);
  const { sampleFormat, channelCount, rateHz, bitDepth, data } = widened(layout);
  const formatTag = sampleFormat === 'pcm' ? 1 : 3;
  const head = header({ formatTag, channelCount, rateHz, bitDepth, dataBytes: data.length });
  // A fresh ArrayBuffer: wav-decoder copies a Buffer only when it is of its own realm, which under Jest it is not.
  const plain = new Uint8Array(head.length + data.length);
  plain.set(head);
  plain.set(data, head.length);
  return decode.sync(plain.buffer, { symmetric: true }).channelData;
}

/**
 * The sound of a WAV file: full scale ±1, integer samples divided by 2^(bits - 1) on both sides of zero, any rate, one
 * array per channel. PCM of 8, 16, 24 and 32 bit and float of 32 and 64 bit, extensible or not; float samples are not
 * touched, so they may exceed full scale or be no number. A file that was cut off or never finished gives the whole frames
 * it has; a finished file without samples gives empty channels. Beside what is given back it holds a few MiB at most.
 * @param file - What messages call the file.
 * @throws HilError `HIL_AUDIO_NOT_WAV` for anything else, with what was seen; `facts` has `chunk` and `atByte`.
 */
export function readWav(bytes: Uint8Array, file?: string): MultiChannelClip {
  const layout = readWavLayout(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), file);
  const { channelCount, bitDepth, rateHz, data } = layout;
  const frameBytes = (channelCount * bitDepth) / 8;
  const blockFrames = Math.max(1, Math.floor(BLOCK_BYTES / frameBytes));
  const channels = Array.from({ length: channelCount }, () => new Float32Array(data.length / frameBytes));
  try {
    for (let frame = 0; frame * frameBytes < data.length; frame += blockFrames) {
      const block = data.subarray(frame * frameBytes, (frame + blockFrames) * frameBytes);
      decoded({ ...layout, data: block }).forEach((samples, index) => channels[index]?.set(samples, frame));
    }
  } catch (cause) {
    throw notWav(
      'its samples could not be decoded',
      { chunk: 'data', sizeBytes: bytes.length },
      { file, cause },
    );
  }
  return { channels, rateHz };
}

/**
 * 16-bit PCM of samples at full scale ±1, rounded to nearest. What does not fit is set to the nearest end, never wrapped,
 * and counted; a NaN becomes 0 and counts too.
 */
export function toPcm16(samples: Float32Array): {
  readonly pcm: Int16Array;
  readonly clippedSamples: number;
} {
  const pcm = new Int16Array(samples.length);
  let clippedSamples = 0;
  // Bound once and looped: it runs for every sample of a simulated board, and in Jest's sandbox a global costs a lookup through a proxy.
  const { max, min, round } = Math;
  for (let n = 0; n < samples.length; n++) {
    const value = round((samples[n] as number) * INT16_FULL_SCALE);
    const fitting = max(-INT16_FULL_SCALE, min(INT16_FULL_SCALE - 1, value));
    if (fitting !== value) clippedSamples += 1;
    pcm[n] = fitting;
  }
  return { pcm, clippedSamples };
}

/**
 * A WAV file of 16-bit PCM: 44-byte header, then the channels interleaved. The inverse of `readWav` for 16-bit sound.
 * Samples over full scale saturate; `toPcm16` counts them.
 * @throws RangeError when the channels differ in length or the sound exceeds the 4 GiB that a WAV holds.
 */
export function writeWav(clip: MultiChannelClip | PcmClip): Buffer {
  const channels = 'channels' in clip ? clip.channels : [clip.samples];
  const lengthSamples = channels[0]?.length ?? 0;
  const dataBytes = channels.length * lengthSamples * 2;
  if (channels.length === 0 || channels.some((channel) => channel.length !== lengthSamples)) {
    throw new RangeError(`writeWav: channels of ${channels.map((c) => c.length).join(', ')} samples`);
  }
  if (dataBytes > MAX_DATA_BYTES) throw new RangeError(`writeWav: ${dataBytes} bytes do not fit into a WAV`);
  const head = header({
    formatTag: 1,
    channelCount: channels.length,
    rateHz: clip.rateHz,
    bitDepth: 16,
    dataBytes,
  });
  const interleaved = new Int16Array(channels.length * lengthSamples);
  channels.forEach((channel, channelIndex) => {
    const { pcm } = toPcm16(channel);
    for (let index = 0; index < pcm.length; index += 1)
      interleaved[index * channels.length + channelIndex] = pcm[index] as number;
  });
  // Little-endian, like every machine that Node runs on with a sound card.
  return Buffer.concat([head, Buffer.from(interleaved.buffer)]);
}
