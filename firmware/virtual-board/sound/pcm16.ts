import { toPcm16 as quantised } from '../../../harness/audio';

// Plain loops and copies: these run for every sample of a board, and a callback for each of them was a sixth of its processor time.

/** Quantises ±1 to 16 bit, clipping as a converter does. */
export const toPcm16 = (samples: Float32Array): Int16Array => quantised(samples).pcm;

/** 16 bit to ±1. */
export function fromPcm16(samples: Int16Array): Float32Array {
  const converted = new Float32Array(samples.length);
  for (let n = 0; n < samples.length; n++) converted[n] = (samples[n] as number) / 32_768;
  return converted;
}

/** Little-endian bytes, as every provider sends and takes them, and as every machine that Node runs on has them. */
export const pcm16Bytes = (samples: Int16Array): Buffer =>
  Buffer.from(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));

/** Whole samples of little-endian bytes; a last odd byte is left out. */
export const pcm16OfBytes = (bytes: Buffer): Int16Array =>
  new Int16Array(new Uint8Array(bytes.subarray(0, bytes.length & ~1)).buffer);
