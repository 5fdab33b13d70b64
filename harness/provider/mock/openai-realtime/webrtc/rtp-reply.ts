import type { ReplyShelf } from '../../reply-shelf';
import type { RtpCodec } from './offer';
import type { OpusLibrary } from './speech-decoder';

type OpusEncoder = InstanceType<OpusLibrary['Encoder']>;

/** What every packet of a reply carries, as `a=ptime` defaults to (RFC 3551 section 4.2). */
export const PACKET_MS = 20;

/** `OPUS_SET_BITRATE` and `OPUS_GET_LOOKAHEAD` of opus_defines.h; wideband speech needs no more bits. */
const SET_BITRATE = 4002;
const GET_LOOKAHEAD = 4027;
const BITS_PER_SECOND = 32_000;

/** A reply cut into RTP payloads of 20 ms. */
export interface RtpReply {
  /** Of what was encoded: 24 000 Hz for Opus, 8000 Hz for G.711. */
  readonly rateHz: number;
  readonly lengthSamples: number;
  readonly packetSamples: number;
  /** One more than the sound needs where the codec lets its end out late. */
  readonly packets: number;
  /** By how much a decoder lets out a sample later than it went in: 6.5 ms of libopus, none of G.711. */
  readonly codecDelayMs: number;
  /** Payloads are asked for in order the first time. */
  payload(packet: number): Buffer;
}

/** Sound of base64 packets, as the shelf keeps it. */
const bytesOf = (packets: readonly string[]): Buffer =>
  Buffer.concat(packets.map((packet) => Buffer.from(packet, 'base64')));

/** Encodes packet by packet, each when it is first asked for, so that no reply costs its whole encoding at once. */
class OpusReply implements RtpReply {
  readonly rateHz = 24_000;
  readonly packetSamples = (this.rateHz * PACKET_MS) / 1000;
  readonly lengthSamples: number;
  readonly packets: number;
  readonly codecDelayMs: number;
  private readonly encoded: Buffer[] = [];
  private encoder: OpusEncoder | undefined;

  constructor(
    library: OpusLibrary,
    private readonly samples: Int16Array,
  ) {
    this.encoder = new library.Encoder({ channels: 1, sample_rate: this.rateHz, application: 'voip' });
    this.encoder.ctl(SET_BITRATE, BITS_PER_SECOND);
    const delaySamples = this.encoder.ctl(GET_LOOKAHEAD);
    this.codecDelayMs = (delaySamples * 1000) / this.rateHz;
    this.lengthSamples = samples.length;
    this.packets = Math.ceil((samples.length + delaySamples) / this.packetSamples);
  }

  payload(packet: number): Buffer {
    while (this.encoded.length <= packet && this.encoder !== undefined) {
      const from = this.encoded.length * this.packetSamples;
      const frame = new Int16Array(this.packetSamples);
      frame.set(this.samples.subarray(from, from + this.packetSamples));
      this.encoded.push(Buffer.from(this.encoder.encode(frame)));
      if (this.encoded.length < this.packets) continue;
      this.encoder.drop();
      this.encoder = undefined;
    }
    return this.encoded[packet] ?? Buffer.alloc(0);
  }
}

class G711Reply implements RtpReply {
  readonly rateHz = 8000;
  readonly packetSamples = (this.rateHz * PACKET_MS) / 1000;
  readonly codecDelayMs = 0;
  readonly lengthSamples: number;
  readonly packets: number;

  constructor(
    private readonly bytes: Buffer,
    private readonly silence: number,
  ) {
    this.lengthSamples = bytes.length;
    this.packets = Math.ceil(bytes.length / this.packetSamples);
  }

  payload(packet: number): Buffer {
    const payload = Buffer.alloc(this.packetSamples, this.silence);
    const from = packet * this.packetSamples;
    this.bytes.copy(payload, 0, from, from + this.packetSamples);
    return payload;
  }
}

/** Codes of a sample that is 0: G.711. */
const silenceOf = { PCMU: 0xff, PCMA: 0xd5 } as const;

/** The replies of a corpus as RTP carries them, encoded once for all calls. */
export class RtpReplies {
  private readonly known = new Map<string, RtpReply>();

  constructor(
    private readonly shelf: ReplyShelf,
    private readonly opus: OpusLibrary,
  ) {}

  /** @throws ProviderError `HIL_CORPUS_UNKNOWN_CLIP`, `HIL_AUDIO_RATE`. */
  get(utterance: string, codec: RtpCodec['name']): RtpReply {
    const key = `${codec} ${utterance}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const reply = this.encode(utterance, codec);
    this.known.set(key, reply);
    return reply;
  }

  private encode(utterance: string, codec: RtpCodec['name']): RtpReply {
    if (codec !== 'opus') {
      const { packets } = this.shelf.get(utterance, codec === 'PCMU' ? 'mu-law' : 'a-law');
      return new G711Reply(bytesOf(packets), silenceOf[codec]);
    }
    const bytes = bytesOf(this.shelf.get(utterance).packets);
    const samples = new Int16Array(bytes.length / 2);
    for (let at = 0; at < samples.length; at++) samples[at] = bytes.readInt16LE(2 * at);
    return new OpusReply(this.opus, samples);
  }
}
