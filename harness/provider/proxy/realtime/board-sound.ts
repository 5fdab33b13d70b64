import { samplesIn } from '../../../units';
import { Ear } from '../../hearing/ear';
import type { Heard } from '../../hearing/heard';
import { ReceivedStream } from '../../hearing/received-stream';
import type { Recogniser } from '../../hearing/recogniser';
import type { Later } from '../../later';
import { AudioReader, type AudioCoding } from '../../mock/openai-realtime/audio-coding';

/** Rate at which the board's sound is kept, whatever it was written in. */
export const STREAM_RATE_HZ = 24_000;
/** As the mock: a turn is saved right after it. */
const KEEP_RECEIVED_MS = 120_000;
/** Middle of the service's scale; only buffers that the board commits itself are searched for speech. */
const SEARCH_THRESHOLD = 0.5;

const deaf = { started: () => undefined, stopped: () => undefined };

/** What a board sent in one session, and what it sounds like to the bench's own ears. */
export class BoardSound {
  readonly received = new ReceivedStream(STREAM_RATE_HZ, samplesIn(KEEP_RECEIVED_MS, STREAM_RATE_HZ));
  private readonly reader = new AudioReader(STREAM_RATE_HZ);
  private readonly ear: Ear | undefined;

  /** @param recogniser - Undefined: nothing is recognised. */
  constructor(recogniser: Recogniser | undefined) {
    const settings = { threshold: SEARCH_THRESHOLD, silenceDurationMs: Infinity };
    this.ear = recogniser && new Ear(this.received, recogniser, settings, deaf);
  }

  get lengthSamples(): number {
    return this.received.lengthSamples;
  }

  /** Takes the audio of an `append`; what is none is the provider's to refuse. */
  append(audio: string, coding: AudioCoding, hostAtMs: number): void {
    const samples = this.reader.read(audio, coding);
    if (samples !== undefined) this.received.push(samples, hostAtMs);
  }

  /** Which prompt the speech between two stream samples is; undefined without ears. */
  hearSpeech(onsetAtStreamSample: number, offsetAtStreamSample: number): Later<Heard> | undefined {
    return this.ear?.recogniseSpeech(onsetAtStreamSample, offsetAtStreamSample);
  }

  /** The same where nobody has said at which of the samples the speech is. */
  hearSpan(fromStreamSample: number, toStreamSample: number): Later<Heard> | undefined {
    return this.ear?.recogniseSpan(fromStreamSample, toStreamSample);
  }
}
