import type { SampleFormat } from '../../ports';

// Bound once: in Jest's sandbox a global costs a lookup through a proxy.
const { max, min, round } = Math;

/** How a format lies in memory. */
interface Layout {
  readonly bytes: number;
  /** Value of full scale ±1; the largest that fits is one less. */
  readonly fullScale: number;
  readonly read: (from: Buffer, at: number) => number;
  readonly write: (to: Buffer, value: number, at: number) => void;
}

const layouts: Readonly<Record<SampleFormat, Layout>> = {
  S16_LE: {
    bytes: 2,
    fullScale: 2 ** 15,
    read: (from, at) => from.readInt16LE(at),
    write: (to, value, at) => void to.writeInt16LE(value, at),
  },
  S24_3LE: {
    bytes: 3,
    fullScale: 2 ** 23,
    read: (from, at) => from.readIntLE(at, 3),
    write: (to, value, at) => void to.writeIntLE(value, at, 3),
  },
  S24_LE: {
    bytes: 4,
    fullScale: 2 ** 23,
    // Nobody says what the fourth byte holds.
    read: (from, at) => from.readIntLE(at, 3),
    write: (to, value, at) => void to.writeInt32LE(value, at),
  },
  S32_LE: {
    bytes: 4,
    fullScale: 2 ** 31,
    read: (from, at) => from.readInt32LE(at),
    write: (to, value, at) => void to.writeInt32LE(value, at),
  },
};

/** Bytes of one sample of one channel. */
export const bytesPerSample = (format: SampleFormat): number => layouts[format].bytes;

/** One channel of interleaved PCM, full scale ±1. S16 and S24 come out exactly, S32 as near as a float32 is. */
export function decodeChannel(
  frames: Buffer,
  format: SampleFormat,
  channelCount: number,
  channel: number,
): Float32Array {
  const { bytes, fullScale, read } = layouts[format];
  const stride = bytes * channelCount;
  const samples = new Float32Array(frames.length / stride);
  for (let i = 0, at = channel * bytes; i < samples.length; i++, at += stride)
    samples[i] = read(frames, at) / fullScale;
  return samples;
}

/** The same sound on every channel of an output, interleaved, rounded, saturated at full scale. */
export function encodeOnAll(samples: Float32Array, format: SampleFormat, channelCount: number): Buffer {
  const { bytes, fullScale, write } = layouts[format];
  const frames = Buffer.alloc(samples.length * bytes * channelCount);
  let at = 0;
  for (const sample of samples) {
    const value = max(-fullScale, min(fullScale - 1, round(sample * fullScale)));
    for (let channel = 0; channel < channelCount; channel++, at += bytes) write(frames, value, at);
  }
  return frames;
}
