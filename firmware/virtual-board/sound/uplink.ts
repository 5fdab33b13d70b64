import { RateConverter } from '../../../harness/audio';
import { fromPcm16, toPcm16 } from './pcm16';

export const ADC_RATE_HZ = 16_000;
/** What one message or packet carries. */
export const CHUNK_MS = 20;

/** Sends 20 ms; gives back the host's time of the write, undefined when they could not be sent and are lost. */
export type SendChunk = (samples: Int16Array) => number | undefined;

/** Counted truth of one sent chunk, still on the board's clock. */
export interface SentChunk {
  /** Samples of the stream that were sent up to the chunk's end. */
  readonly streamSample: number;
  /** The same place on the converter's clock, in samples of the ADC since power-on, with fraction. */
  readonly atAdcSample: number;
  readonly hostAtMs: number;
}

/** The microphone of one session on its way to the provider: 16 kHz from the ADC becomes chunks of the rate that is sent. */
export class Uplink {
  /** Undefined: what is sent has the ADC's own rate. */
  private readonly converter: RateConverter | undefined;
  private readonly chunkSamples: number;
  private waiting: Int16Array = new Int16Array(0);
  private converted = 0;
  private sent = 0;

  /** @param firstAdcSample - ADC sample, since power-on, that the session begins with. */
  constructor(
    private readonly firstAdcSample: number,
    streamRateHz: number,
    private readonly send: SendChunk,
  ) {
    if (streamRateHz !== ADC_RATE_HZ) this.converter = new RateConverter(ADC_RATE_HZ, streamRateHz);
    this.chunkSamples = (streamRateHz * CHUNK_MS) / 1000;
  }

  /** Takes consecutive ADC samples and sends every chunk that they complete. */
  push(adcSamples: Int16Array): SentChunk[] {
    const { converter, chunkSamples } = this;
    const fresh = converter === undefined ? adcSamples : toPcm16(converter.push(fromPcm16(adcSamples)));
    const joined = new Int16Array(this.waiting.length + fresh.length);
    joined.set(this.waiting);
    joined.set(fresh, this.waiting.length);
    const chunks: SentChunk[] = [];
    let start = 0;
    for (; start + chunkSamples <= joined.length; start += chunkSamples) {
      const hostAtMs = this.send(joined.subarray(start, start + chunkSamples));
      this.converted += chunkSamples;
      if (hostAtMs === undefined) continue;
      this.sent += chunkSamples;
      const position = converter?.inputPositionOf(this.converted) ?? this.converted;
      const atAdcSample = this.firstAdcSample + position;
      chunks.push({ streamSample: this.sent, atAdcSample, hostAtMs });
    }
    this.waiting = joined.slice(start);
    return chunks;
  }
}
