import { RateConverter, decodeG711, type G711Law } from '../../../audio';
import { isObject } from '../json/check';

/** How audio is written in `append` and in deltas, by its GA name. */
export type AudioCoding = 'audio/pcm' | 'audio/pcmu' | 'audio/pcma';

/** Law of a coding; undefined: 16-bit samples at 24 000 Hz. */
export const lawOf: Readonly<Record<AudioCoding, G711Law | undefined>> = {
  'audio/pcm': undefined,
  'audio/pcmu': 'mu-law',
  'audio/pcma': 'a-law',
};

/** Coding of a checked format object. */
export const codingOf = (format: unknown): AudioCoding =>
  isObject(format) && typeof format.type === 'string' && format.type in lawOf
    ? (format.type as AudioCoding)
    : 'audio/pcm';

export const G711_RATE_HZ = 8000;

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Reads the audio of `append` events as mono 16-bit samples at one rate. */
export class AudioReader {
  private scratch: Buffer = Buffer.alloc(0);
  private coding: AudioCoding = 'audio/pcm';
  private converter: RateConverter | undefined;

  constructor(private readonly rateHz: number) {}

  /**
   * Samples of base64 text, which hold until the next call; undefined when it is no base64 or ends within a sample.
   * G.711 comes out 4 ms late, since the conversion of its rate looks that far ahead.
   */
  read(audio: string, coding: AudioCoding): Int16Array | undefined {
    if (audio.length % 4 !== 0 || !BASE64.test(audio)) return undefined;
    const bytes = this.bytesOf(audio);
    if (coding !== this.coding) {
      this.coding = coding;
      this.converter = undefined;
    }
    const law = lawOf[coding];
    if (law === undefined) {
      if (bytes.length % 2 !== 0) return undefined;
      // Every platform of Node is little-endian.
      return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
    }
    this.converter ??= new RateConverter(G711_RATE_HZ, this.rateHz);
    const sound = Float32Array.from(decodeG711(bytes, law), (sample) => sample / 32768);
    const { min, max, round } = Math;
    return Int16Array.from(this.converter.push(sound), (sample) =>
      max(-32768, min(32767, round(sample * 32768))),
    );
  }

  private bytesOf(audio: string): Buffer {
    // Not from the pool, where nothing says that samples begin at even addresses; no larger than a usual packet needs.
    if (audio.length > 65_536) return Buffer.from(new Uint8Array(Buffer.from(audio, 'base64')).buffer);
    if (this.scratch.length < audio.length) this.scratch = Buffer.from(new ArrayBuffer(audio.length));
    const length = this.scratch.write(audio, 'base64');
    return this.scratch.subarray(0, length);
  }
}
