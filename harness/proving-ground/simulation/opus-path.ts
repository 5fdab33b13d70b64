// The package's native build has one static buffer for all threads of a process, and these run in several.
import { Decoder, Encoder } from '@evan/opus/wasm/index.js';
import { toPcm16 } from '../../audio';

/** What voice boards use: wideband speech, one packet for each 20 ms. */
export const OPUS_RATE_HZ = 16_000;
const PACKET_SAMPLES = 320;
/** `OPUS_SET_BITRATE` of opus_defines.h. */
const BITRATE = { command: 4002, bitsPerSecond: 24_000 } as const;

/**
 * By how much libopus delays speech: 2.5 ms of overlap and 4 ms that line up its two coders. It is latency that a user
 * waits for, so it is counted in the truth. `opus-path.test.ts` holds the coder to it.
 */
export const OPUS_DELAY_MS = 6.5;
export const OPUS_DELAY_SAMPLES = (OPUS_DELAY_MS * OPUS_RATE_HZ) / 1000;

/**
 * Speech after Opus at 24 kbit/s, there and back: mono, 16 000 Hz. Sample n of what went in stands at
 * n + OPUS_DELAY_SAMPLES; the result is longer by that and filled up to a whole packet.
 */
export function throughOpus(samples: Float32Array): Float32Array {
  const encoder = new Encoder({ channels: 1, sample_rate: OPUS_RATE_HZ, application: 'voip' });
  const decoder = new Decoder({ channels: 1, sample_rate: OPUS_RATE_HZ });
  encoder.ctl(BITRATE.command, BITRATE.bitsPerSecond);
  const packets = Math.ceil((samples.length + OPUS_DELAY_SAMPLES) / PACKET_SAMPLES);
  const padded = new Float32Array(packets * PACKET_SAMPLES);
  padded.set(samples);
  const out = new Float32Array(padded.length);
  for (let start = 0; start < padded.length; start += PACKET_SAMPLES) {
    const packet = encoder.encode(toPcm16(padded.subarray(start, start + PACKET_SAMPLES)).pcm);
    const bytes = decoder.decode(packet);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let n = 0; n < PACKET_SAMPLES; n++) out[start + n] = view.getInt16(2 * n, true) / 32_768;
  }
  encoder.drop();
  decoder.drop();
  return out;
}
