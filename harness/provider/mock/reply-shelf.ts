import { readFileSync } from 'node:fs';
import { readWav, toPcm16 } from '../../audio';
import { ProviderError } from '../../errors';
import type { Corpus, Scenario, SpeechClip, Spoken } from '../../ports';
import { samplesIn } from '../../units';

/** A reply as it goes out: mono s16le at 24 000 Hz, cut into packets. */
export interface Reply {
  readonly clip: SpeechClip;
  readonly lengthSamples: number;
  /** Base64 of each packet; all but the last hold `chunkSamples`. */
  readonly packets: readonly string[];
  readonly chunkSamples: number;
}

/** Rate of audio/pcm in this protocol. */
export const REPLY_RATE_HZ = 24_000;

/** The replies of a corpus, read and encoded ahead so that saying one costs nothing. */
export class ReplyShelf {
  private readonly byUtterance = new Map<string, SpeechClip>();
  private readonly encoded = new Map<string, Reply>();

  constructor(
    corpus: Corpus,
    private readonly chunkMs: number,
  ) {
    for (const clip of corpus.replies.values()) {
      if (!this.byUtterance.has(clip.utterance)) this.byUtterance.set(clip.utterance, clip);
    }
  }

  /**
   * Reads and encodes all that can be said of these.
   * @throws ProviderError `HIL_CORPUS_UNKNOWN_CLIP` for an utterance without a clip, `HIL_AUDIO_RATE` for a clip of another
   *   rate than 24 000 Hz.
   */
  prepare(spoken: readonly (Spoken | undefined)[]): void {
    for (const utterance of spoken.flatMap((words) => Object.values(words ?? {}))) this.get(utterance);
  }

  prepareScenario(scenario: Scenario): void {
    this.prepare([scenario.greeting, scenario.unknown, ...scenario.turns.map((turn) => turn.say)]);
  }

  get(utterance: string): Reply {
    const known = this.encoded.get(utterance);
    if (known !== undefined) return known;
    const clip = this.byUtterance.get(utterance);
    if (clip === undefined) {
      const known = [...this.byUtterance.keys()];
      throw new ProviderError(
        'HIL_CORPUS_UNKNOWN_CLIP',
        `The mock is to say "${utterance}", but the corpus has no such reply; it has ${known.join(', ')}.`,
        { utterance, known },
      );
    }
    const reply = encode(clip, this.chunkMs);
    this.encoded.set(utterance, reply);
    return reply;
  }
}

function encode(clip: SpeechClip, chunkMs: number): Reply {
  const { channels, rateHz } = readWav(readFileSync(clip.path));
  if (rateHz !== REPLY_RATE_HZ) {
    throw new ProviderError(
      'HIL_AUDIO_RATE',
      `Reply ${clip.id} is at ${rateHz} Hz, the mock sends 24000 Hz.`,
      {
        clip: clip.id,
        rateHz,
      },
    );
  }
  const { pcm } = toPcm16(channels[0] ?? new Float32Array());
  const bytes = Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength);
  const chunkSamples = Math.max(1, samplesIn(chunkMs, rateHz));
  const packets: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkSamples * 2) {
    packets.push(bytes.subarray(at, at + chunkSamples * 2).toString('base64'));
  }
  return { clip, lengthSamples: pcm.length, packets, chunkSamples };
}
