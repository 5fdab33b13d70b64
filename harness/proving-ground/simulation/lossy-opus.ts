// The package's native build has one static buffer for all threads of a process, and these run in several.
import { Decoder, Encoder } from '@evan/opus/wasm/index.js';
import { toPcm16 } from '../../audio';
import { OPUS_DELAY_SAMPLES, OPUS_RATE_HZ } from './opus-path';

const PACKET_SAMPLES = 320;
/** `OPUS_SET_BITRATE` of opus_defines.h. */
const SET_BITRATE = 4002;
/** All of a packet's first byte but the count of frames: alone it makes libopus conceal 20 ms (RFC 6716 section 3.1). */
const ONE_FRAME = 0xfc;

/** A stretch of what went in, in samples: half-open. */
export interface LostStretch {
  readonly fromSample: number;
  readonly toSample: number;
}

/**
 * Speech through Opus of which packets are lost and concealed by the decoder, mono, 16 000 Hz: sample n of what went in stands at
 * n + OPUS_DELAY_SAMPLES. The truth is what the lost packets would have carried.
 * @param isLost - Asked for each packet in order; the first always arrives.
 */
export function throughLossyOpus(
  samples: Float32Array,
  isLost: () => boolean,
  bitsPerSecond = 24_000,
): { readonly samples: Float32Array; readonly lost: readonly LostStretch[] } {
  const encoder = new Encoder({ channels: 1, sample_rate: OPUS_RATE_HZ, application: 'voip' });
  const decoder = new Decoder({ channels: 1, sample_rate: OPUS_RATE_HZ });
  encoder.ctl(SET_BITRATE, bitsPerSecond);
  const packets = Math.ceil((samples.length + OPUS_DELAY_SAMPLES) / PACKET_SAMPLES);
  const padded = new Float32Array(packets * PACKET_SAMPLES);
  padded.set(samples);
  const out = new Float32Array(padded.length);
  const lost: LostStretch[] = [];
  let empty: Uint8Array | undefined;
  for (let start = 0; start < padded.length; start += PACKET_SAMPLES) {
    const packet = encoder.encode(toPcm16(padded.subarray(start, start + PACKET_SAMPLES)).pcm);
    const isGone = isLost() && empty !== undefined;
    const bytes = decoder.decode(isGone && empty !== undefined ? empty : packet);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let n = 0; n < PACKET_SAMPLES; n++) out[start + n] = view.getInt16(2 * n, true) / 32_768;
    if (!isGone) empty = Uint8Array.of((packet[0] ?? 0) & ONE_FRAME);
    else {
      const fromSample = start - OPUS_DELAY_SAMPLES;
      const last = lost.at(-1);
      const stretch = { fromSample, toSample: fromSample + PACKET_SAMPLES };
      if (last?.toSample === fromSample)
        lost[lost.length - 1] = { ...last, toSample: fromSample + PACKET_SAMPLES };
      else lost.push(stretch);
    }
  }
  encoder.drop();
  decoder.drop();
  return { samples: out, lost };
}
