import { RateConverter } from '../../../harness/audio';
import { fromPcm16, toPcm16 } from './pcm16';

export const ADC_RATE_HZ = 16_000;
export const STREAM_RATE_HZ = 24_000;
/** One message: 20 ms of 24 kHz. */
const CHUNK_SAMPLES = 480;

/** Sends 480 samples; gives back the host's time of the write, undefined when they could not be sent and are lost. */
export type SendChunk = (samples: Int16Array) => number | undefined;

/** Counted truth of one sent chunk, still on the board's clock. */
export interface SentChunk {
  /** Samples of the stream that were sent up to the chunk's end. */
  readonly streamSample: number;
  /** The same place on the converter's clock, in samples of the ADC since power-on, with fraction. */
  readonly atAdcSample: number;
  readonly hostAtMs: number;
}

/** The microphone of one session on its way to the provider: 16 kHz from the ADC becomes chunks of 24 kHz. */
export class Uplink {
  private readonly converter = new RateConverter(ADC_RATE_HZ, STREAM_RATE_HZ);
  private waiting: Int16Array = new Int16Array(0);
  private converted = 0;
  private sent = 0;

  /** @param firstAdcSample - ADC sample, since power-on, that the session begins with. */
  constructor(
    private readonly firstAdcSample: number,
    private readonly send: SendChunk,
  ) {}

  /** Takes consecutive ADC samples and sends every chunk that they complete. */
  push(adcSamples: Int16Array): SentChunk[] {
    const fresh = toPcm16(this.converter.push(fromPcm16(adcSamples)));
    const joined = new Int16Array(this.waiting.length + fresh.length);
    joined.set(this.waiting);
    joined.set(fresh, this.waiting.length);
    const chunks: SentChunk[] = [];
    let start = 0;
    for (; start + CHUNK_SAMPLES <= joined.length; start += CHUNK_SAMPLES) {
      const hostAtMs = this.send(joined.subarray(start, start + CHUNK_SAMPLES));
      this.converted += CHUNK_SAMPLES;
      if (hostAtMs === undefined) continue;
      this.sent += CHUNK_SAMPLES;
      const atAdcSample = this.firstAdcSample + this.converter.inputPositionOf(this.converted);
      chunks.push({ streamSample: this.sent, atAdcSample, hostAtMs });
    }
    this.waiting = joined.slice(start);
    return chunks;
  }
}
