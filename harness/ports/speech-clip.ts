import type { SampleSpan } from '../audio';

/**
 * A recorded utterance of the corpus. `onsetSample` is the index of its first speech sample and `offsetSample` the index
 * of its last one, both at `rateHz` of the file; they are annotations and part of the fixture.
 */
export interface SpeechClip {
  /** Unique among the clips of its kind, such as `en-light-on-a`; a prompt and a reply may share one. */
  readonly id: string;
  /** What is said, whoever says it: `en-light-on`. Clips of one utterance differ in voice only. */
  readonly utterance: string;
  readonly kind: 'prompt' | 'reply';
  /** BCP 47: `en`, `zh`. */
  readonly language: string;
  readonly voice: string;
  readonly transcript: string;
  readonly licence: string;
  /** Absolute path of the WAV. */
  readonly path: string;
  /** Lower-case hex of the WAV file's bytes. */
  readonly sha256: string;
  readonly rateHz: number;
  readonly lengthSamples: number;
  readonly onsetSample: number;
  readonly offsetSample: number;
  /**
   * False: the mock's ears do not know this prompt, so that a test can say something unknown. Absent: true; of no meaning
   * for replies.
   */
  readonly recognisable?: boolean;
  /**
   * Of a reply that a proxy has recorded from RTP: what stands in for sound that was lost on the way to the proxy, in order and
   * apart. Absent: nothing was lost.
   */
  readonly invented?: readonly SampleSpan[];
}

/** All clips of a corpus folder, by id. */
export interface Corpus {
  readonly prompts: ReadonlyMap<string, SpeechClip>;
  readonly replies: ReadonlyMap<string, SpeechClip>;
}
