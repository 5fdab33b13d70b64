import { Decoder, Encoder } from '@evan/opus/wasm/index.js';
import { decodeG711, encodeG711 } from '../../../harness/audio';
import { CHUNK_MS } from '../sound/uplink';
import { pcma, type AudioFormat } from './audio-format';

/** `OPUS_SET_BITRATE` and `OPUS_SET_COMPLEXITY` of opus_defines.h. */
const SET_BITRATE = 4002;
const SET_COMPLEXITY = 4010;
/**
 * What firmware sets on a chip without time to spare: realtime-embedded-sdk by its own constant, openai_demo by the default of
 * esp_audio_codec. libopus' own, 9, is also four times the work.
 */
const COMPLEXITY = 0;
/** The 2 low bits of an Opus packet's first byte say how many frames follow: RFC 6716 section 3.1. */
const ONE_FRAME = 0xfc;
/** What is repeated for lost G.711 fades by 6 dB a packet. */
const FADE = 0.5;

/** Codes speech, 20 ms a packet, and takes packets apart. Mono, 16 bit. */
export interface AudioCoder {
  encode(samples: Int16Array): Buffer;
  /** @throws Error for what is no packet of the codec. */
  decode(packet: Buffer): Int16Array;
  /** 20 ms that stand in for a lost packet. */
  conceal(): Int16Array;
  /** Gives its memory back. */
  close(): void;
}

class OpusCoder implements AudioCoder {
  private readonly encoder: Encoder;
  private readonly decoder: Decoder;
  /** A packet without content of the mode that the sender uses: what makes libopus conceal 20 ms. */
  private empty: Buffer | undefined;

  constructor(private readonly format: AudioFormat) {
    const { sampleRateHz, bitsPerSecond } = format;
    this.encoder = new Encoder({ channels: 1, sample_rate: sampleRateHz, application: 'voip' });
    this.encoder.ctl(SET_COMPLEXITY, COMPLEXITY);
    if (bitsPerSecond !== undefined) this.encoder.ctl(SET_BITRATE, bitsPerSecond);
    this.decoder = new Decoder({ channels: 1, sample_rate: sampleRateHz });
  }

  encode(samples: Int16Array): Buffer {
    return Buffer.from(this.encoder.encode(samples));
  }

  decode(packet: Buffer): Int16Array {
    if (packet.length === 0) throw new RangeError('empty packet');
    const samples = this.samplesOf(packet);
    this.empty = Buffer.of((packet[0] as number) & ONE_FRAME);
    return samples;
  }

  conceal(): Int16Array {
    if (this.empty !== undefined) return this.samplesOf(this.empty);
    return new Int16Array((this.format.sampleRateHz * CHUNK_MS) / 1000);
  }

  close(): void {
    this.encoder.drop();
    this.decoder.drop();
  }

  private samplesOf(packet: Buffer): Int16Array {
    const bytes = this.decoder.decode(packet);
    return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  }
}

class PcmaCoder implements AudioCoder {
  private last: Int16Array = new Int16Array((pcma.sampleRateHz * CHUNK_MS) / 1000);

  encode(samples: Int16Array): Buffer {
    return Buffer.from(encodeG711(samples, 'a-law'));
  }

  decode(packet: Buffer): Int16Array {
    this.last = decodeG711(packet, 'a-law');
    return this.last;
  }

  conceal(): Int16Array {
    this.last = this.last.map((sample) => sample * FADE);
    return this.last;
  }

  close(): void {
    this.last = new Int16Array(0);
  }
}

export const coderOf = (format: AudioFormat): AudioCoder =>
  format.name === 'opus' ? new OpusCoder(format) : new PcmaCoder();
