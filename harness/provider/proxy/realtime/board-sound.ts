import { samplesIn } from '../../../units';
import { Ear } from '../../hearing/ear';
import type { Heard } from '../../hearing/heard';
import { ReceivedStream } from '../../hearing/received-stream';
import type { Recogniser } from '../../hearing/recogniser';
import { VoiceActivity } from '../../hearing/voice-activity';
import type { Later } from '../../later';
import { AudioReader, type AudioCoding } from '../../mock/openai-realtime/audio-coding';

/** Rate at which the board's sound is kept, whatever it was written in. */
export const STREAM_RATE_HZ = 24_000;
/** As the mock: a turn is saved right after it. */
const KEEP_RECEIVED_MS = 120_000;
/** Middle of the service's scale. When a turn is over the provider decides, so no silence is long enough. */
const SETTINGS = { threshold: 0.5, silenceDurationMs: Infinity };

const deaf = { started: () => undefined, stopped: () => undefined };

/** Speech in the stream: its first and its last loud sample. */
export interface SpeechSpan {
  readonly onset: number;
  readonly offset: number;
}

/** What a board sent in one session, and what it sounds like to the bench's own ears. */
export class BoardSound {
  readonly received = new ReceivedStream(STREAM_RATE_HZ, samplesIn(KEEP_RECEIVED_MS, STREAM_RATE_HZ));
  private readonly reader = new AudioReader(STREAM_RATE_HZ);
  private readonly activity = new VoiceActivity(STREAM_RATE_HZ, SETTINGS);
  private readonly ear: Ear | undefined;
  private latest: SpeechSpan | undefined;
  /** Of the speech that goes on. */
  private onset: number | undefined;

  /** @param recogniser - Undefined: nothing is recognised. */
  constructor(recogniser: Recogniser | undefined) {
    this.ear = recogniser && new Ear(this.received, recogniser, SETTINGS, deaf);
  }

  get lengthSamples(): number {
    return this.received.lengthSamples;
  }

  /**
   * Takes the audio of an `append`; what is none is the provider's to refuse.
   * @param isInvented - It stands in for sound that was lost.
   */
  append(audio: string, coding: AudioCoding, hostAtMs: number, isInvented: boolean): void {
    const samples = this.reader.read(audio, coding);
    if (samples === undefined) return;
    this.received.push(samples, hostAtMs, isInvented);
    for (const event of this.activity.push(samples)) {
      if (event.type === 'started') this.onset = event.onsetAtStreamSample;
      if (event.type === 'lull')
        this.latest = { onset: event.onsetAtStreamSample, offset: event.offsetAtStreamSample };
    }
  }

  /** Where speech has begun, by the bench's own ears; where the stream is, when they have not heard any yet. */
  get speechOnset(): number {
    return this.onset ?? this.lengthSamples;
  }

  /** The last loud sample from this one on, by the bench's own ears; undefined: there was none. */
  loudUntil(fromStreamSample: number): number | undefined {
    const { latest } = this;
    return latest !== undefined && latest.offset >= fromStreamSample ? latest.offset : undefined;
  }

  /** The speech that has ended last between these stream samples, by the bench's own ears; they wait for the next one then. */
  takeSpeech(fromStreamSample: number, toStreamSample: number): SpeechSpan | undefined {
    this.activity.reset();
    this.onset = undefined;
    const { latest } = this;
    return latest !== undefined && latest.offset >= fromStreamSample && latest.offset < toStreamSample
      ? latest
      : undefined;
  }

  /** Which prompt the speech between two stream samples is; undefined without ears. */
  hearSpeech({ onset, offset }: SpeechSpan): Later<Heard> | undefined {
    return this.ear?.recogniseSpeech(onset, offset);
  }

  /** The same where nobody has said at which of the samples the speech is. */
  hearSpan(fromStreamSample: number, toStreamSample: number): Later<Heard> | undefined {
    return this.ear?.recogniseSpan(fromStreamSample, toStreamSample);
  }
}
