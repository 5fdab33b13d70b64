import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { annotateSpeech, decodeG711, writeWav, type SampleSpan } from '../../../audio';
import type { ReplyRequest, SpeechClip } from '../../../ports';
import { G711_RATE_HZ, lawOf, type AudioCoding } from '../../mock/openai-realtime/audio-coding';

/** The only rate of 16-bit replies (reference/providers.md 2.5). */
const PCM_RATE_HZ = 24_000;
/** Eleven minutes of 16-bit sound: more than the turns that are still to be saved can hold. */
const MOST_BYTES = 32 * 1024 * 1024;

/** Replies whose sound is still to come: more than one session speaks at once only where boards are many. */
const MOST_UNHEARD = 100;

interface KeptReply {
  readonly coding: AudioCoding;
  readonly pieces: Buffer[];
  /** Which samples stand in for sound that was lost on the way, in order and apart. */
  readonly invented: SampleSpan[];
  bytes: number;
  transcript: string;
}

/** Where a piece of a reply stands in it. */
export interface ReplyPiece {
  readonly rateHz: number;
  readonly fromSample: number;
  readonly lengthSamples: number;
}

const sampleBytesOf = (coding: AudioCoding): number => (lawOf[coding] === undefined ? 2 : 1);

/** The sound of the replies that passed lately, by item: nobody else can say what a live provider has said. */
export class ReplyArchive {
  private readonly replies = new Map<string, KeptReply>();
  /** Of replies of which nothing was heard yet: over WebRTC words come before the sound. */
  private readonly transcripts = new Map<string, string>();
  private totalBytes = 0;

  /**
   * Keeps a piece of base64 sound; where it ends within a sample, the rest counts with the next piece.
   * @param isInvented - It stands in for sound that was lost on the way.
   */
  keep(itemId: string, delta: string, coding: AudioCoding, isInvented = false): ReplyPiece {
    const reply = this.of(itemId, coding);
    const piece = Buffer.from(delta, 'base64');
    const sampleBytes = sampleBytesOf(reply.coding);
    const fromSample = Math.floor(reply.bytes / sampleBytes);
    reply.pieces.push(piece);
    reply.bytes += piece.length;
    this.totalBytes += piece.length;
    this.dropOldest(itemId);
    const lengthSamples = Math.floor(reply.bytes / sampleBytes) - fromSample;
    if (isInvented) noteInvented(reply.invented, { from: fromSample, to: fromSample + lengthSamples });
    return { rateHz: rateOf(reply.coding), fromSample, lengthSamples };
  }

  /** What the provider says that the reply says. */
  transcribe(itemId: string, transcript: string): void {
    const reply = this.replies.get(itemId);
    if (reply !== undefined) reply.transcript = transcript;
    else this.transcripts.set(itemId, transcript);
    const [oldest] = this.transcripts.keys();
    if (this.transcripts.size > MOST_UNHEARD && oldest !== undefined) this.transcripts.delete(oldest);
  }

  /** Writes what was sent of a reply as a mono 16-bit WAV; undefined when it is not held any more or holds no speech. */
  async save({ itemId, path }: ReplyRequest): Promise<SpeechClip | undefined> {
    const reply = this.replies.get(itemId);
    if (reply === undefined) return undefined;
    const rateHz = rateOf(reply.coding);
    const samples = samplesOf(reply);
    const speech = annotateSpeech({ samples, rateHz });
    if (speech === undefined) return undefined;
    const wav = writeWav({ samples, rateHz });
    await writeFile(path, wav);
    return {
      id: itemId,
      utterance: itemId,
      kind: 'reply',
      // Not determined: providers say the words and not the language.
      language: 'und',
      voice: 'provider',
      transcript: reply.transcript,
      licence: 'NOASSERTION',
      path,
      sha256: createHash('sha256').update(wav).digest('hex'),
      rateHz,
      lengthSamples: samples.length,
      onsetSample: speech.onsetSample,
      offsetSample: speech.offsetSample,
      ...(reply.invented.length > 0 && { invented: [...reply.invented] }),
    };
  }

  private of(itemId: string, coding: AudioCoding): KeptReply {
    const known = this.replies.get(itemId);
    if (known !== undefined) return known;
    const transcript = this.transcripts.get(itemId) ?? '';
    this.transcripts.delete(itemId);
    const reply: KeptReply = { coding, pieces: [], invented: [], bytes: 0, transcript };
    this.replies.set(itemId, reply);
    return reply;
  }

  private dropOldest(newest: string): void {
    for (const [itemId, { bytes }] of this.replies) {
      if (this.totalBytes <= MOST_BYTES || itemId === newest) return;
      this.replies.delete(itemId);
      this.totalBytes -= bytes;
    }
  }
}

function noteInvented(spans: SampleSpan[], { from, to }: SampleSpan): void {
  const last = spans.at(-1);
  if (last?.to === from) spans[spans.length - 1] = { from: last.from, to };
  else spans.push({ from, to });
}

const rateOf = (coding: AudioCoding): number => (lawOf[coding] === undefined ? PCM_RATE_HZ : G711_RATE_HZ);

function samplesOf({ coding, pieces }: KeptReply): Float32Array {
  const bytes = Buffer.concat(pieces);
  const law = lawOf[coding];
  if (law !== undefined) return Float32Array.from(decodeG711(bytes, law), (sample) => sample / 32_768);
  return Float32Array.from(
    { length: Math.floor(bytes.length / 2) },
    (_, index) => bytes.readInt16LE(2 * index) / 32_768,
  );
}
