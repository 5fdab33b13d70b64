/**
 * The block format between a virtual board and a virtual rig: two peers on a socket that hand each other one block of
 * sound per tick of one sample clock, in lock-step. Every frame is `u32le length | u8 kind | body`; `length` counts the
 * kind byte and the body.
 *
 * The rig sends `hello`, the board answers `welcome`; then for each block index, from 0 on, the rig sends one `mic` block
 * (what the board's microphone hears) and the board answers with one `speaker` block of the same index and length.
 * Sound is 32-bit float, little-endian, full scale ±1, at `rateHz` of the *rig's* clock.
 */
export const AUDIO_LINK_SCHEMA = 'earshot/audio-link@1';

/** Larger frames are refused: a block is 10 ms, so a megabyte is never legitimate. */
export const MAX_FRAME_BYTES = 1 << 20;

export interface AudioLinkHello {
  readonly schema: typeof AUDIO_LINK_SCHEMA;
  readonly rateHz: number;
  readonly blockSamples: number;
  /** How fast the rig's clock runs against true time, in parts per million. The board needs it to keep its own crystal. */
  readonly rigPpm: number;
}

export interface AudioLinkWelcome {
  readonly schema: typeof AUDIO_LINK_SCHEMA;
  readonly boardPpm: number;
}

/**
 * Counted truth, never measured: source sample `sourceSample` of reply item `itemId` leaves the speaker at link sample
 * `atLinkSample` (fractional, absolute), and the next `lengthSamples` source samples follow at `sourceRateHz` of the
 * board's crystal without a gap.
 */
export interface SpeakerSpan {
  readonly kind: 'speaker';
  readonly itemId: string;
  readonly sourceSample: number;
  readonly lengthSamples: number;
  readonly sourceRateHz: number;
  readonly atLinkSample: number;
  /** Of sound that came over RTP, where the board knows no item and `itemId` is empty. */
  readonly rtp?: RtpSamples;
}

/** Which sound of an RTP stream a span is. What a codec delays sound by is in its samples, not in these numbers. */
export interface RtpSamples {
  readonly ssrc: number;
  /** Time stamp of sample `sourceSample`: 32 bits, wraps; a fraction where the clock has less ticks than the sound has samples. */
  readonly timestamp: number;
  /** Ticks of the time stamp from one source sample to the next. */
  readonly ticksPerSample: number;
}

/**
 * Counted truth: the message or packet that was written at `hostAtMs` ends with stream sample `streamSample` (of the rate that
 * the board sends, from the session's first on), which the microphone heard at link sample `atLinkSample`.
 */
export interface UplinkMark {
  readonly kind: 'uplink';
  readonly streamSample: number;
  readonly atLinkSample: number;
  readonly hostAtMs: number;
}

export type LinkTruth = SpeakerSpan | UplinkMark;

export interface MicBlock {
  readonly kind: 'mic';
  readonly blockIndex: number;
  readonly samples: Float32Array;
}

export interface SpeakerBlock {
  readonly kind: 'speaker';
  readonly blockIndex: number;
  readonly samples: Float32Array;
  readonly truth: readonly LinkTruth[];
}

export type AudioLinkFrame =
  | { readonly kind: 'hello'; readonly hello: AudioLinkHello }
  | { readonly kind: 'welcome'; readonly welcome: AudioLinkWelcome }
  | MicBlock
  | SpeakerBlock;

const kindBytes = { hello: 1, welcome: 2, mic: 3, speaker: 4 } as const;

function frame(kind: keyof typeof kindBytes, body: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(5);
  const length = 1 + body.reduce((sum, part) => sum + part.length, 0);
  head.writeUInt32LE(length, 0);
  head.writeUInt8(kindBytes[kind], 4);
  return Buffer.concat([head, ...body]);
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
};

const bytesOf = (samples: Float32Array): Buffer =>
  Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);

/** Bytes of one frame, ready to be written to the socket. */
export function encodeAudioLinkFrame(value: AudioLinkFrame): Buffer {
  switch (value.kind) {
    case 'hello':
      return frame('hello', [Buffer.from(JSON.stringify(value.hello))]);
    case 'welcome':
      return frame('welcome', [Buffer.from(JSON.stringify(value.welcome))]);
    case 'mic':
      return frame('mic', [u32(value.blockIndex), bytesOf(value.samples)]);
    case 'speaker': {
      const truth = Buffer.from(JSON.stringify(value.truth));
      return frame('speaker', [u32(value.blockIndex), u32(truth.length), truth, bytesOf(value.samples)]);
    }
  }
}

function floatsOf(bytes: Buffer): Float32Array {
  if (bytes.length % 4 !== 0)
    throw new RangeError(`audio link: ${bytes.length} bytes of sound are no whole samples`);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function decodeBody(kind: number, body: Buffer): AudioLinkFrame {
  switch (kind) {
    case kindBytes.hello:
      return { kind: 'hello', hello: JSON.parse(body.toString()) as AudioLinkHello };
    case kindBytes.welcome:
      return { kind: 'welcome', welcome: JSON.parse(body.toString()) as AudioLinkWelcome };
    case kindBytes.mic:
      return { kind: 'mic', blockIndex: body.readUInt32LE(0), samples: floatsOf(body.subarray(4)) };
    case kindBytes.speaker: {
      const truthBytes = body.readUInt32LE(4);
      const truth = JSON.parse(body.subarray(8, 8 + truthBytes).toString()) as LinkTruth[];
      return {
        kind: 'speaker',
        blockIndex: body.readUInt32LE(0),
        truth,
        samples: floatsOf(body.subarray(8 + truthBytes)),
      };
    }
    default:
      throw new RangeError(`audio link: frame kind ${kind} is unknown`);
  }
}

/** Length field and kind byte: with less of a frame nothing is known about it. */
const HEAD_BYTES = 5;

/** Cuts a byte stream into frames, however the socket split it. Pieces are joined once a frame, not once a piece. */
export class AudioLinkDecoder {
  private pieces: Buffer[] = [];
  private pendingBytes = 0;
  /** With less than this the first frame is not complete. */
  private neededBytes = HEAD_BYTES;

  /**
   * Frames that are complete after these bytes, oldest first.
   * @throws RangeError for a frame that is too long, of unknown kind or holds no whole samples; SyntaxError for JSON in
   *   one that is none.
   */
  push(bytes: Buffer): AudioLinkFrame[] {
    this.pieces.push(bytes);
    this.pendingBytes += bytes.length;
    const frames: AudioLinkFrame[] = [];
    while (this.pendingBytes >= this.neededBytes) {
      const pending = this.joined();
      const length = pending.readUInt32LE(0);
      if (length < 1 || length > MAX_FRAME_BYTES)
        throw new RangeError(`audio link: frame of ${length} bytes`);
      this.neededBytes = 4 + length;
      if (pending.length < this.neededBytes) continue;
      frames.push(decodeBody(pending.readUInt8(4), pending.subarray(HEAD_BYTES, this.neededBytes)));
      this.pieces = [pending.subarray(this.neededBytes)];
      this.pendingBytes -= this.neededBytes;
      this.neededBytes = HEAD_BYTES;
    }
    return frames;
  }

  private joined(): Buffer {
    const [first] = this.pieces;
    const whole = first !== undefined && this.pieces.length === 1 ? first : Buffer.concat(this.pieces);
    this.pieces = [whole];
    return whole;
  }
}
