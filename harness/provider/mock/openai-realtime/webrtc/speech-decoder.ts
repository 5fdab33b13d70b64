import type * as Opus from '@evan/opus/wasm/index.js';
import { RateConverter, decodeG711, type G711Law } from '../../../../audio';
import { G711_RATE_HZ } from '../audio-coding';
import { HEARD_RATE_HZ } from '../connection';
import type { RtpCodec } from './offer';

export type OpusLibrary = typeof Opus;

/** Decodes the packets of one talker, in order, to mono 16-bit samples at 24 000 Hz. */
export interface SpeechDecoder {
  /** Length of what a packet carries, in ticks of its codec's clock; undefined when it is no packet of the codec. */
  ticksOf(payload: Buffer): number | undefined;
  /** @returns Undefined when the packet cannot be decoded. */
  decode(payload: Buffer): Int16Array | undefined;
  /** What stands in for packets that did not come; `ticks` of the codec's clock. */
  conceal(ticks: number): Int16Array;
  /** Silence that nobody sent. */
  silence(ticks: number): Int16Array;
  /** Gives its memory back. */
  close(): void;
}

const OPUS_TICKS_PER_SAMPLE = 48_000 / HEARD_RATE_HZ;
/** Longer holes go silent, as a decoder without news fades out anyway. */
const MOST_CONCEALED_TICKS = 0.12 * 48_000;

/** Frame lengths by configuration number, in ticks of 48 000 Hz: RFC 6716 table 2. */
const silkTicks = [480, 960, 1920, 2880];
const celtTicks = [120, 240, 480, 960];

function frameTicksOf(toc: number): number {
  const configuration = toc >> 3;
  if (configuration < 12) return silkTicks[configuration % 4] ?? 960;
  if (configuration < 16) return silkTicks[configuration % 2] ?? 960;
  return celtTicks[configuration % 4] ?? 960;
}

class OpusDecoder implements SpeechDecoder {
  private readonly decoder: InstanceType<OpusLibrary['Decoder']>;
  /** Configuration of the last packet. */
  private toc: number | undefined;

  constructor(library: OpusLibrary) {
    this.decoder = new library.Decoder({ channels: 1, sample_rate: HEARD_RATE_HZ });
  }

  ticksOf(payload: Buffer): number | undefined {
    const toc = payload[0];
    if (toc === undefined) return undefined;
    const code = toc & 0x03;
    // RFC 6716 section 3.2: one frame, two, or as many as the second byte says.
    const frames = code === 0 ? 1 : code < 3 ? 2 : (payload[1] ?? 0) & 0x3f;
    const ticks = frames * frameTicksOf(toc);
    return ticks > 0 && ticks <= MOST_CONCEALED_TICKS ? ticks : undefined;
  }

  decode(payload: Buffer): Int16Array | undefined {
    const samples = this.run(payload);
    if (samples !== undefined) this.toc = payload[0];
    return samples;
  }

  conceal(ticks: number): Int16Array {
    const out = new Int16Array(Math.round(ticks / OPUS_TICKS_PER_SAMPLE));
    if (this.toc === undefined) return out;
    // A packet that has its configuration and nothing else is a lost frame to a decoder: RFC 6716 section 3.2.1.
    const lostFrame = Buffer.of(this.toc & 0xfc);
    const mostSamples = Math.min(out.length, MOST_CONCEALED_TICKS / OPUS_TICKS_PER_SAMPLE);
    for (let at = 0; at < mostSamples;) {
      const concealed = this.run(lostFrame);
      if (concealed === undefined || concealed.length === 0) break;
      out.set(concealed.subarray(0, out.length - at), at);
      at += concealed.length;
    }
    return out;
  }

  silence(ticks: number): Int16Array {
    return new Int16Array(Math.round(ticks / OPUS_TICKS_PER_SAMPLE));
  }

  close(): void {
    this.decoder.drop();
  }

  private run(payload: Buffer): Int16Array | undefined {
    try {
      const bytes = this.decoder.decode(payload);
      return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
    } catch {
      // Whatever the client sends as Opus: it is counted and concealed.
      return undefined;
    }
  }
}

class G711Decoder implements SpeechDecoder {
  private readonly converter = new RateConverter(G711_RATE_HZ, HEARD_RATE_HZ);

  constructor(private readonly law: G711Law) {}

  ticksOf(payload: Buffer): number | undefined {
    return payload.length > 0 ? payload.length : undefined;
  }

  decode(payload: Buffer): Int16Array {
    return this.convert(Float32Array.from(decodeG711(payload, this.law), (sample) => sample / 32_768));
  }

  conceal(ticks: number): Int16Array {
    return this.silence(ticks);
  }

  silence(ticks: number): Int16Array {
    return this.convert(new Float32Array(ticks));
  }

  close(): void {
    // Nothing is held.
  }

  private convert(sound: Float32Array): Int16Array {
    const { min, max, round } = Math;
    return Int16Array.from(this.converter.push(sound), (sample) =>
      max(-32_768, min(32_767, round(sample * 32_768))),
    );
  }
}

export const decoderFor = ({ name }: RtpCodec, opus: OpusLibrary): SpeechDecoder =>
  name === 'opus' ? new OpusDecoder(opus) : new G711Decoder(name === 'PCMU' ? 'mu-law' : 'a-law');
