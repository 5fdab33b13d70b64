import type { WebSocket } from 'ws';
import type { Cancel, Clock, Scenario } from '../../../ports';
import { msOfSamples } from '../../../units';
import type { UnstampedEvent } from '../../event-log';
import { Ear } from '../../hearing/ear';
import type { Heard } from '../../hearing/heard';
import { ReceivedStream } from '../../hearing/received-stream';
import type { Recogniser } from '../../hearing/recogniser';
import { Later } from '../../later';
import { Script } from '../../script/script';
import type { ReplyShelf } from '../reply-shelf';
import { checkClientEvent } from './validation';
import { isObject, type Fault, type Json } from './check';
import { Conversation, type ConversationItem } from './conversation';
import { newId } from './ids';
import { Responses } from './responses';
import { SessionState } from './session-state';
import { errorEvent, wireEvent, type WireEvent } from './wire-events';

/** What all connections of one mock share. */
export interface ConnectionContext {
  readonly clock: Clock;
  readonly scenario: Scenario;
  readonly recogniser: Recogniser;
  readonly replies: ReplyShelf;
  readonly toolDoneDelayMs: number;
  readonly keepReceivedMs: number;
  readonly sessionMaxMs: number;
  readonly pingIntervalMs: number;
  /** What a corpus prompt says, for transcriptions. */
  readonly transcriptOf: (promptId: string) => string | undefined;
  /** The prompt whose words a typed message has. */
  readonly typed: (text: string) => Heard;
  readonly answerOverride: ConstructorParameters<typeof Script>[1];
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
}

const RATE_HZ = 24_000;
/** providers.md 2.11: a commit needs 100 ms. */
const SHORTEST_COMMIT_SAMPLES = RATE_HZ / 10;
/** A client that does not read must not fill our memory. */
const MOST_UNSENT_BYTES = 64 * 1024 * 1024;

type Handler = (event: Json) => Fault | undefined;

/** One admitted WebSocket: the GA dialect of reference/providers.md section 2 for one session. */
export class Connection {
  readonly session: SessionState;
  readonly received: ReceivedStream;
  private readonly conversation = new Conversation();
  private readonly script: Script;
  private readonly responses: Responses;
  private readonly ear: Ear;
  private bufferFrom = 0;
  private speechItemId = newId('item');
  private idleTimer: Cancel | undefined;
  private readonly timers = new Set<Cancel>();
  private readonly handlers: Readonly<Record<string, Handler>> = {
    'session.update': (event) => this.updateSession(event.session as Json),
    'input_audio_buffer.append': (event) => this.append(event.audio as string),
    'input_audio_buffer.commit': () => this.commitByClient(),
    'input_audio_buffer.clear': () => this.clear(),
    'conversation.item.create': (event) => this.createItem(event),
    'conversation.item.retrieve': (event) => this.retrieveItem(event.item_id as string),
    'conversation.item.delete': (event) => this.deleteItem(event.item_id as string),
    'conversation.item.truncate': (event) => this.truncateItem(event),
    'response.create': (event) =>
      this.responses.create(isObject(event.response) ? event.response : {}, 'client'),
    'response.cancel': (event) => this.responses.cancel(event.response_id as string | undefined),
  };
  private arrivedAtHostMs = 0;

  constructor(
    private readonly socket: WebSocket,
    model: string,
    private readonly context: ConnectionContext,
  ) {
    const { clock, scenario } = context;
    const nowUnixS = Math.floor(new Date().getTime() / 1000);
    this.session = new SessionState(scenario.turnDetection, model, nowUnixS);
    this.received = new ReceivedStream(RATE_HZ, Math.floor((context.keepReceivedMs * RATE_HZ) / 1000));
    this.script = new Script(scenario, context.answerOverride);
    this.responses = new Responses(
      {
        clock,
        timing: scenario.timing,
        pacing: scenario.pacing,
        replies: context.replies,
        conversation: this.conversation,
        conversationId: newId('conv'),
        toolDoneDelayMs: context.toolDoneDelayMs,
        send: (event) => this.send(event),
        log: (event, hostAtMs) => this.log(event, hostAtMs),
      },
      this.session,
      this.script,
      () => this.armIdleTimeout(),
    );
    this.ear = new Ear(this.received, context.recogniser, this.earSettings(), {
      started: (onset) => this.speechStarted(onset),
      stopped: (turn) => this.speechStopped(turn),
    });
  }

  /** Greets the client and serves it until the socket closes. */
  open(): void {
    const { socket, context } = this;
    socket.on('message', (data, isBinary) => {
      this.arrivedAtHostMs = context.clock.nowMs();
      this.receive(data as Buffer, isBinary);
    });
    socket.on('close', (closeCode, reason) => {
      this.responses.abandon();
      this.idleTimer?.();
      for (const cancel of this.timers) cancel();
      this.log({ type: 'session-closed', closeCode, reason: reason.toString() });
    });
    this.log({ type: 'session-open' });
    this.send(wireEvent('session.created', { session: this.session.wire }));
    this.keepPinging();
    this.timers.add(context.clock.after(context.sessionMaxMs, () => this.expire()));
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (isBinary) {
      const message = 'Expected a text WebSocket message; binary frames are not supported.';
      this.refuse({ code: 'invalid_event', message, param: null }, null);
      return;
    }
    let event: unknown;
    try {
      event = JSON.parse(data.toString());
    } catch {
      // What cannot be parsed is the client's fault and is answered, not thrown.
      this.refuse({ code: 'invalid_json', message: 'The message is not valid JSON.', param: null }, null);
      return;
    }
    const eventId = isObject(event) && typeof event.event_id === 'string' ? event.event_id : null;
    const fault = checkClientEvent(event, '');
    if (fault !== undefined || !isObject(event)) {
      this.refuse(fault ?? { code: 'invalid_type', message: 'Expected an object.', param: null }, eventId);
      return;
    }
    const refused = this.handlers[event.type as string]?.(event);
    if (refused) this.refuse(refused, eventId);
  }

  private updateSession(change: Json): Fault | undefined {
    this.session.update(change);
    this.ear.configure(this.earSettings());
    this.send(wireEvent('session.updated', { session: this.session.wire }));
    this.log({ type: 'session-updated', tools: this.session.toolNames });
    return undefined;
  }

  private append(audio: string): Fault | undefined {
    const bytes = Buffer.from(audio, 'base64');
    if (bytes.length % 2 !== 0) {
      const message = 'Invalid audio: expected whole 16-bit samples in base64.';
      return { code: 'invalid_value', message, param: 'audio' };
    }
    const samples = new Int16Array(bytes.length / 2);
    for (let index = 0; index < samples.length; index++) samples[index] = bytes.readInt16LE(index * 2);
    this.received.push(samples, this.arrivedAtHostMs);
    this.ear.push(samples);
    return undefined;
  }

  private speechStarted(onset: number): void {
    const detection = this.session.turnDetection;
    if (detection === undefined) return;
    this.idleTimer?.();
    this.speechItemId = newId('item');
    const startMs = Math.floor(msOfSamples(onset, RATE_HZ) - detection.prefixPaddingMs);
    const ids = { audio_start_ms: Math.max(0, startMs), item_id: this.speechItemId };
    this.send(wireEvent('input_audio_buffer.speech_started', ids));
    this.log({ type: 'speech-started', onsetAtStreamSample: onset });
    if (detection.interruptsResponse) this.responses.interrupt();
  }

  private speechStopped(turn: Parameters<ConstructorParameters<typeof Ear>[3]['stopped']>[0]): void {
    const detection = this.session.turnDetection;
    if (detection === undefined) return;
    const endMs = Math.floor(msOfSamples(turn.endAtStreamSample, RATE_HZ));
    const decidedAtHostMs = this.context.clock.nowMs();
    this.send(
      wireEvent('input_audio_buffer.speech_stopped', { audio_end_ms: endMs, item_id: this.speechItemId }),
    );
    this.log({ type: 'endpoint', offsetAtStreamSample: turn.offsetAtStreamSample }, decidedAtHostMs);
    this.commit(this.speechItemId, turn.endAtStreamSample, turn.heard);
    if (detection.createsResponse) this.responses.turnEnded((fault) => this.refuse(fault, null));
  }

  private commitByClient(): Fault | undefined {
    const to = this.received.lengthSamples;
    const lengthSamples = to - this.bufferFrom;
    if (lengthSamples < SHORTEST_COMMIT_SAMPLES) {
      const heldMs = msOfSamples(lengthSamples, RATE_HZ).toFixed(2);
      const message = `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${heldMs}ms of audio.`;
      return { code: 'input_audio_buffer_commit_empty', message, param: null };
    }
    const heard = this.ear.recogniseSpan(this.bufferFrom, to);
    this.ear.reset();
    this.commit(newId('item'), to, heard);
    return undefined;
  }

  /** Turns the buffer up to `to` into a user item. */
  private commit(itemId: string, to: number, heard: Later<Heard>): void {
    const audioMs = msOfSamples(to - this.bufferFrom, RATE_HZ);
    this.bufferFrom = to;
    const content = [{ type: 'input_audio', transcript: null }];
    const wire = {
      id: itemId,
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content,
    };
    const item: ConversationItem = { id: itemId, wire, heard, audioMs };
    const previousId = this.conversation.lastId;
    this.send(wireEvent('input_audio_buffer.committed', { previous_item_id: previousId, item_id: itemId }));
    this.addItem(item, undefined);
    this.responses.heard(heard, audioMs);
    heard.use((what) => {
      this.log({ type: 'heard', ...what });
      if (this.session.transcribes) this.transcribe(item, what, audioMs);
    });
  }

  private transcribe(item: ConversationItem, what: Heard, audioMs: number): void {
    const transcript = what.promptId === undefined ? '' : (this.context.transcriptOf(what.promptId) ?? '');
    const ids = { item_id: item.id, content_index: 0 };
    const name = 'conversation.item.input_audio_transcription';
    if (transcript !== '') this.send(wireEvent(`${name}.delta`, { ...ids, delta: transcript }));
    const usage = { type: 'duration', seconds: Math.round(audioMs / 100) / 10 };
    this.send(wireEvent(`${name}.completed`, { ...ids, transcript, usage }));
  }

  private clear(): undefined {
    this.bufferFrom = this.received.lengthSamples;
    this.ear.reset();
    this.send(wireEvent('input_audio_buffer.cleared'));
    return undefined;
  }

  private createItem(event: Json): Fault | undefined {
    const wanted = event.item as Json;
    const id = typeof wanted.id === 'string' ? wanted.id : newId('item');
    if (this.conversation.get(id) !== undefined) {
      const message = `Item with id '${id}' already exists.`;
      return { code: 'invalid_value', message, param: 'item.id' };
    }
    const wire = { object: 'realtime.item', status: 'completed', ...wanted, id };
    const unknown = this.addItem({ id, wire }, event.previous_item_id as string | null | undefined);
    if (unknown) return unknown;
    if (wanted.type === 'function_call_output') {
      const callId = wanted.call_id as string;
      this.script.output(callId);
      this.log({ type: 'tool-output', callId, output: wanted.output as string }, this.arrivedAtHostMs);
    } else if (wanted.type === 'message' && wanted.role === 'user') {
      const parts = wanted.content as readonly Json[];
      const text = parts.map((part) => (typeof part.text === 'string' ? part.text : '')).join(' ');
      this.responses.heard(Later.of(this.context.typed(text)), 0);
    }
    return undefined;
  }

  private addItem(item: ConversationItem, after: string | null | undefined): Fault | undefined {
    const place = this.conversation.add(item, after);
    if (place === undefined) return notFound(after ?? '', 'previous_item_id');
    const fields = { previous_item_id: place.previousId, item: item.wire };
    this.send(wireEvent('conversation.item.added', fields));
    this.send(wireEvent('conversation.item.done', fields));
    return undefined;
  }

  private retrieveItem(id: string): Fault | undefined {
    const item = this.conversation.get(id);
    if (item === undefined) return notFound(id, 'item_id');
    this.send(wireEvent('conversation.item.retrieved', { item: item.wire }));
    return undefined;
  }

  private deleteItem(id: string): Fault | undefined {
    if (!this.conversation.delete(id)) return notFound(id, 'item_id');
    this.send(wireEvent('conversation.item.deleted', { item_id: id }));
    return undefined;
  }

  private truncateItem(event: Json): Fault | undefined {
    const itemId = event.item_id as string;
    const audioEndMs = event.audio_end_ms as number;
    const item = this.conversation.get(itemId);
    if (item === undefined) return notFound(itemId, 'item_id');
    if (item.wire.role !== 'assistant' || item.audioMs === undefined) {
      const message = 'Only model output audio messages can be truncated.';
      return { code: 'invalid_value', message, param: 'item_id' };
    }
    if (audioEndMs > item.audioMs) {
      const message = `Audio content of ${Math.floor(item.audioMs)}ms is already shorter than ${audioEndMs}ms`;
      return { code: 'invalid_value', message, param: 'audio_end_ms' };
    }
    item.audioMs = audioEndMs;
    const fields = { item_id: itemId, content_index: 0, audio_end_ms: audioEndMs };
    this.send(wireEvent('conversation.item.truncated', fields));
    this.log({ type: 'truncated', itemId, audioEndMs });
    return undefined;
  }

  /** `idle_timeout_ms`: nobody speaks after a reply, so the mock commits the silence and speaks first. */
  private armIdleTimeout(): void {
    this.idleTimer?.();
    const idleTimeoutMs = this.session.turnDetection?.idleTimeoutMs;
    if (idleTimeoutMs === undefined) return;
    this.idleTimer = this.context.clock.after(idleTimeoutMs, () => {
      const to = this.received.lengthSamples;
      const itemId = newId('item');
      this.send(
        wireEvent('input_audio_buffer.timeout_triggered', {
          audio_start_ms: Math.floor(msOfSamples(this.bufferFrom, RATE_HZ)),
          audio_end_ms: Math.floor(msOfSamples(to, RATE_HZ)),
          item_id: itemId,
        }),
      );
      this.commit(itemId, to, Later.of({ confidence: 0 }));
      this.responses.turnEnded((fault) => this.refuse(fault, null));
    });
  }

  private earSettings(): { readonly threshold: number; readonly silenceDurationMs: number } {
    return this.session.turnDetection ?? { threshold: 0.5, silenceDurationMs: Infinity };
  }

  private keepPinging(): void {
    const cancel = this.context.clock.after(this.context.pingIntervalMs, () => {
      this.timers.delete(cancel);
      this.socket.ping(Buffer.from('ping'));
      this.keepPinging();
    });
    this.timers.add(cancel);
  }

  private expire(): void {
    const minutes = Math.round(this.context.sessionMaxMs / 60_000);
    const message = `Your session hit the maximum duration of ${minutes} minutes.`;
    this.refuse({ code: 'session_expired', message, param: null }, null);
    this.socket.close(1001, 'session_expired');
  }

  private refuse(fault: Fault, clientEventId: string | null): void {
    this.send(errorEvent(fault, clientEventId));
    this.log({ type: 'error', code: fault.code, message: fault.message });
  }

  private send(event: WireEvent): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.socket.send(JSON.stringify(event));
    if (this.socket.bufferedAmount > MOST_UNSENT_BYTES) this.socket.terminate();
  }

  private log(event: UnstampedEvent, hostAtMs?: number): void {
    this.context.log({ ...event, sessionId: this.session.id }, hostAtMs);
  }
}

const notFound = (id: string, param: string): Fault => ({
  code: 'item_not_found',
  message: `Item with id '${id}' not found.`,
  param,
});
