import type { Cancel, Clock } from '../../../ports';
import { msOfSamples } from '../../../units';
import type { UnstampedEvent } from '../../event-log';
import { Ear, type EarListener } from '../../hearing/ear';
import type { Heard } from '../../hearing/heard';
import type { ReceivedStream } from '../../hearing/received-stream';
import type { Recogniser } from '../../hearing/recogniser';
import { Later } from '../../later';
import type { Fault } from '../json/check';
import { AudioReader } from './audio-coding';
import type { Conversation } from './conversation';
import type { ConversationItems } from './conversation-items';
import { newId } from './ids';
import type { Responses } from './responses';
import type { SessionState } from './session-state';
import { transcriptionUsage, wireEvent, type WireEvent } from './wire-events';

/** What the input audio buffer needs of the session around it. */
export interface InputBufferContext {
  readonly clock: Clock;
  readonly recogniser: Recogniser;
  readonly session: SessionState;
  readonly received: ReceivedStream;
  readonly conversation: Conversation;
  readonly items: ConversationItems;
  readonly responses: Responses;
  readonly send: (event: WireEvent) => void;
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
  /** Something that no client event asked for failed. */
  readonly refuse: (fault: Fault) => void;
  /** What a corpus prompt says, for transcriptions. */
  readonly transcriptOf: (promptId: string) => string | undefined;
}

type EndedTurn = Parameters<EarListener['stopped']>[0];

/** providers.md 2.11: a commit needs 100 ms. */
const SHORTEST_COMMIT_MS = 100;

/** The microphone's side of a session: audio in, turns detected or committed, user items out (providers.md 2.6, 2.7). */
export class InputBuffer {
  private readonly ear: Ear;
  private readonly reader: AudioReader;
  private readonly rateHz: number;
  private from = 0;
  private speechItemId = newId('item');
  private idleTimer: Cancel | undefined;

  constructor(private readonly context: InputBufferContext) {
    this.rateHz = context.received.rateHz;
    this.reader = new AudioReader(this.rateHz);
    this.ear = new Ear(context.received, context.recogniser, this.earSettings(), {
      started: (onset) => this.speechStarted(onset),
      stopped: (turn) => this.speechStopped(turn),
    });
  }

  /** The session's turn detection changed. */
  configure(): void {
    this.ear.configure(this.earSettings());
  }

  append(audio: string, arrivedAtHostMs: number): Fault | undefined {
    const samples = this.reader.read(audio, this.context.session.inputCoding);
    if (samples === undefined) {
      const message = 'Invalid audio: expected whole 16-bit samples in base64.';
      return { code: 'invalid_value', message, param: 'audio' };
    }
    this.hear(samples, arrivedAtHostMs);
    return undefined;
  }

  /** Takes sound at the stream's rate. */
  hear(samples: Int16Array, arrivedAtHostMs: number, isInvented = false): void {
    this.context.received.push(samples, arrivedAtHostMs, isInvented);
    this.ear.push(samples);
  }

  /** `input_audio_buffer.commit` of a client that pushes to talk. */
  commit(): Fault | undefined {
    const to = this.context.received.lengthSamples;
    const heldMs = this.msOf(to - this.from);
    if (heldMs < SHORTEST_COMMIT_MS) {
      const message = `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${heldMs.toFixed(2)}ms of audio.`;
      return { code: 'input_audio_buffer_commit_empty', message, param: null };
    }
    const heard = this.ear.recogniseSpan(this.from, to);
    this.ear.reset();
    this.commitUpTo(to, newId('item'), heard);
    return undefined;
  }

  clear(): undefined {
    this.from = this.context.received.lengthSamples;
    this.ear.reset();
    this.context.send(wireEvent('input_audio_buffer.cleared'));
    return undefined;
  }

  /** `idle_timeout_ms`: nobody speaks after a reply, so the mock commits the silence and speaks first. */
  armIdleTimeout(): void {
    this.stopIdleTimeout();
    const { context } = this;
    const idleTimeoutMs = context.session.turnDetection?.idleTimeoutMs;
    if (idleTimeoutMs === undefined) return;
    this.idleTimer = context.clock.after(idleTimeoutMs, () => {
      const to = context.received.lengthSamples;
      const itemId = newId('item');
      context.send(
        wireEvent('input_audio_buffer.timeout_triggered', {
          audio_start_ms: Math.floor(this.msOf(this.from)),
          audio_end_ms: Math.floor(this.msOf(to)),
          item_id: itemId,
        }),
      );
      this.commitUpTo(to, itemId, Later.of({ confidence: 0 }));
      context.responses.turnEnded(context.refuse);
    });
  }

  stopIdleTimeout(): void {
    this.idleTimer?.();
    this.idleTimer = undefined;
  }

  /** The session is over. */
  stop(): void {
    this.stopIdleTimeout();
    this.ear.reset();
  }

  private speechStarted(onset: number): void {
    const { context } = this;
    const detection = context.session.turnDetection;
    if (detection === undefined) return;
    this.stopIdleTimeout();
    this.speechItemId = newId('item');
    const startMs = Math.max(0, Math.floor(this.msOf(onset) - detection.prefixPaddingMs));
    const ids = { audio_start_ms: startMs, item_id: this.speechItemId };
    context.send(wireEvent('input_audio_buffer.speech_started', ids));
    context.log({ type: 'speech-started', onsetAtStreamSample: onset });
    if (detection.interruptsResponse) context.responses.interrupt();
  }

  private speechStopped({ offsetAtStreamSample, endAtStreamSample, heard }: EndedTurn): void {
    const { context } = this;
    const detection = context.session.turnDetection;
    if (detection === undefined) return;
    const decidedAtHostMs = context.clock.nowMs();
    const ids = { audio_end_ms: Math.floor(this.msOf(endAtStreamSample)), item_id: this.speechItemId };
    context.send(wireEvent('input_audio_buffer.speech_stopped', ids));
    context.log({ type: 'endpoint', offsetAtStreamSample }, decidedAtHostMs);
    this.commitUpTo(endAtStreamSample, this.speechItemId, heard, offsetAtStreamSample);
    if (detection.createsResponse) context.responses.turnEnded(context.refuse);
  }

  /** Turns the buffer up to `to` into a user item. */
  private commitUpTo(to: number, itemId: string, heard: Later<Heard>, offsetAtStreamSample?: number): void {
    const { context } = this;
    const audioMs = this.msOf(to - this.from);
    this.from = to;
    const wire = {
      id: itemId,
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_audio', transcript: null }],
    };
    const previousId = context.conversation.lastId;
    context.send(
      wireEvent('input_audio_buffer.committed', { previous_item_id: previousId, item_id: itemId }),
    );
    context.items.add({ id: itemId, wire, heard, audioMs });
    context.responses.heard(heard, audioMs);
    heard.use((what) => {
      context.log({
        ...{ type: 'heard', ...what },
        ...(offsetAtStreamSample === undefined ? {} : { offsetAtStreamSample }),
      });
      const model = context.session.transcriptionModel;
      if (model !== undefined) this.transcribe(itemId, what, audioMs, model);
    });
  }

  private transcribe(itemId: string, what: Heard, audioMs: number, model: string): void {
    const { conversation, send, transcriptOf } = this.context;
    const transcript = what.promptId === undefined ? '' : (transcriptOf(what.promptId) ?? '');
    const ids = { item_id: itemId, content_index: 0 };
    const name = 'conversation.item.input_audio_transcription';
    if (transcript !== '') send(wireEvent(`${name}.delta`, { ...ids, delta: transcript }));
    const item = conversation.get(itemId);
    if (item !== undefined) item.wire = { ...item.wire, content: [{ type: 'input_audio', transcript }] };
    const usage = transcriptionUsage(model, audioMs, transcript);
    send(wireEvent(`${name}.completed`, { ...ids, transcript, usage }));
  }

  private earSettings(): { readonly threshold: number; readonly silenceDurationMs: number } {
    return this.context.session.turnDetection ?? { threshold: 0.5, silenceDurationMs: Infinity };
  }

  private msOf(lengthSamples: number): number {
    return msOfSamples(lengthSamples, this.rateHz);
  }
}
