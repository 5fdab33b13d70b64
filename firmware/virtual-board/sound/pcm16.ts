import { toPcm16 as quantised } from '../../../harness/audio';

/** Quantises ±1 to 16 bit, clipping as a converter does. */
export const toPcm16 = (samples: Float32Array): Int16Array => quantised(samples).pcm;

/** 16 bit to ±1. */
export const fromPcm16 = (samples: Int16Array): Float32Array =>
  Float32Array.from(samples, (value) => value / 32768);

/** Little-endian bytes, as every provider sends and takes them. */
export const pcm16Bytes = (samples: Int16Array): Buffer => {
  const bytes = Buffer.alloc(samples.length * 2);
  samples.forEach((value, index) => bytes.writeInt16LE(value, index * 2));
  return bytes;
};

/** Whole samples of little-endian bytes; a last odd byte is left out. */
export const pcm16OfBytes = (bytes: Buffer): Int16Array =>
  Int16Array.from({ length: bytes.length >> 1 }, (_, index) => bytes.readInt16LE(index * 2));
