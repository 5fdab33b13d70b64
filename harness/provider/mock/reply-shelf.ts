import { readFileSync } from 'node:fs';
import { encodeG711, RateConverter, readWav, toPcm16, type G711Law } from '../../audio';
import { ProviderError } from '../../errors';
import type { Corpus, Scenario, SpeechClip, Spoken } from '../../ports';
import { samplesIn } from '../../units';

/** A reply as it goes out: mono, cut into packets; s16le at 24 000 Hz, or G.711 at 8 000 Hz. */
export interface Reply {
  readonly clip: SpeechClip;
  readonly rateHz: number;
  readonly lengthSamples: number;
  /** Base64 of each packet; all but the last hold `chunkSamples`. */
  readonly packets: readonly string[];
  readonly chunkSamples: number;
}

/** Rate of audio/pcm in this protocol. */
const REPLY_RATE_HZ = 24_000;
const G711_RATE_HZ = 8000;

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

  /** @param law - Of G.711; undefined: 16-bit samples. */
  get(utterance: string, law?: G711Law): Reply {
    const key = law === undefined ? utterance : `${utterance} ${law}`;
    const known = this.encoded.get(key);
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
    const reply = encode(clip, this.chunkMs, law);
    this.encoded.set(key, reply);
    return reply;
  }
}

function encode(clip: SpeechClip, chunkMs: number, law: G711Law | undefined): Reply {
  const { channels, rateHz: clipRateHz } = readWav(readFileSync(clip.path), clip.path);
  if (clipRateHz !== REPLY_RATE_HZ) {
    throw new ProviderError(
      'HIL_AUDIO_RATE',
      `Reply ${clip.id} is at ${clipRateHz} Hz, the mock sends 24000 Hz.`,
      {
        clip: clip.id,
        rateHz: clipRateHz,
      },
    );
  }
  const samples = channels[0] ?? new Float32Array();
  const rateHz = law === undefined ? REPLY_RATE_HZ : G711_RATE_HZ;
  const { pcm } = toPcm16(law === undefined ? samples : atTelephoneRate(samples));
  const bytes =
    law === undefined
      ? Buffer.from(pcm.buffer, pcm.byteOffset, pcm.byteLength)
      : Buffer.from(encodeG711(pcm, law));
  const chunkSamples = Math.max(1, samplesIn(chunkMs, rateHz));
  const chunkBytes = chunkSamples * (law === undefined ? 2 : 1);
  const packets: string[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    packets.push(bytes.subarray(at, at + chunkBytes).toString('base64'));
  }
  return { clip, rateHz, lengthSamples: pcm.length, packets, chunkSamples };
}

function atTelephoneRate(samples: Float32Array): Float32Array {
  const converter = new RateConverter(REPLY_RATE_HZ, G711_RATE_HZ);
  const outputs = Math.round((samples.length * G711_RATE_HZ) / REPLY_RATE_HZ);
  const flushed = new Float32Array(samples.length + 2 * converter.lookaheadSamples);
  flushed.set(samples);
  return converter.push(flushed, outputs);
}
