import { samplesIn } from '../../units';
import { Later } from '../later';
import { heardNothing, type Heard } from './heard';
import type { ReceivedStream } from './received-stream';
import { recognitionOf, type Recogniser, type Recognition } from './recogniser';
import { VoiceActivity, type VoiceActivityEvent, type VoiceActivitySettings } from './voice-activity';

export interface EarListener {
  /** The talker began; stream sample of the first speech, without padding. */
  started(onsetAtStreamSample: number): void;
  /** The silence window is full. */
  stopped(turn: {
    readonly onsetAtStreamSample: number;
    readonly offsetAtStreamSample: number;
    readonly endAtStreamSample: number;
    readonly heard: Later<Heard>;
  }): void;
}

/** Noise that recognition sees before the speech. */
const LEAD_IN_MS = 300;
const TAIL_MS = 80;
/** Nothing of a corpus is longer; more would only cost time. */
const LONGEST_MS = 15_000;

/**
 * Hears a session: finds speech in what was received and has it recognised. Recognition starts in the first lull, so that
 * the answer is usually there when the silence window ends.
 */
export class Ear {
  private readonly activity: VoiceActivity;
  private tried:
    { readonly offset: number; readonly onset: number; readonly recognition: Recognition } | undefined;

  constructor(
    private readonly stream: ReceivedStream,
    private readonly recogniser: Recogniser,
    private settings: VoiceActivitySettings,
    private readonly listener: EarListener,
  ) {
    this.activity = new VoiceActivity(stream.rateHz, settings);
  }

  configure(settings: VoiceActivitySettings): void {
    this.settings = settings;
    this.activity.settings = settings;
  }

  /** True while somebody speaks. */
  get inSpeech(): boolean {
    return this.activity.inSpeech;
  }

  /** Takes samples that the stream holds already. */
  push(samples: Int16Array): void {
    for (const event of this.activity.push(samples)) this.take(event);
  }

  /** Forgets speech in progress. */
  reset(): void {
    this.activity.reset();
    this.giveUpAttempt();
  }

  /** Has stream samples [from, to) recognised as one utterance, for buffers that the client commits itself. */
  recogniseSpan(fromStreamSample: number, toStreamSample: number): Later<Heard> {
    const samples = this.stream.slice(fromStreamSample, toStreamSample);
    const first = toStreamSample - samples.length;
    const span = new VoiceActivity(
      this.stream.rateHz,
      { ...this.settings, silenceDurationMs: Infinity },
      first,
    );
    const padding = new Int16Array(samplesIn(2 * TAIL_MS, this.stream.rateHz));
    const events = [...span.push(samples), ...span.push(padding)];
    const started = events.find((event) => event.type === 'started');
    const lull = events.filter((event) => event.type === 'lull').at(-1);
    if (started === undefined || lull === undefined) return Later.of(heardNothing);
    const recognition = this.recognise(started.onsetAtStreamSample, lull.offsetAtStreamSample);
    recognition.hurry();
    return recognition.heard;
  }

  /** Has speech recognised of which somebody else has said where it is. */
  recogniseSpeech(onsetAtStreamSample: number, offsetAtStreamSample: number): Later<Heard> {
    const recognition = this.recognise(onsetAtStreamSample, offsetAtStreamSample);
    recognition.hurry();
    return recognition.heard;
  }

  private take(event: VoiceActivityEvent): void {
    switch (event.type) {
      case 'started':
        this.listener.started(event.onsetAtStreamSample);
        return;
      case 'lull':
        this.tryToRecognise(event.onsetAtStreamSample, event.offsetAtStreamSample);
        return;
      case 'resumed':
        this.giveUpAttempt();
        return;
      case 'stopped': {
        const { onsetAtStreamSample, offsetAtStreamSample, endAtStreamSample } = event;
        const { heard, hurry } = this.tryToRecognise(onsetAtStreamSample, offsetAtStreamSample);
        hurry();
        this.tried = undefined;
        this.listener.stopped({ onsetAtStreamSample, offsetAtStreamSample, endAtStreamSample, heard });
      }
    }
  }

  private tryToRecognise(onset: number, offset: number): Recognition {
    if (this.tried?.onset === onset && this.tried.offset === offset) return this.tried.recognition;
    this.giveUpAttempt();
    const recognition = this.recognise(onset, offset);
    this.tried = { onset, offset, recognition };
    return recognition;
  }

  private giveUpAttempt(): void {
    this.tried?.recognition.abandon();
    this.tried = undefined;
  }

  private recognise(onset: number, offset: number): Recognition {
    const { rateHz } = this.stream;
    if (offset - onset > samplesIn(LONGEST_MS, rateHz)) return recognitionOf(Later.of(heardNothing));
    const from = Math.max(0, onset - samplesIn(LEAD_IN_MS, rateHz));
    const to = Math.min(this.stream.lengthSamples, offset + 1 + samplesIn(TAIL_MS, rateHz));
    const samples = this.stream.slice(from, to);
    const invented = this.stream.inventedIn(to - samples.length, to);
    return this.recogniser.recognise(samples, onset - from, invented);
  }
}
