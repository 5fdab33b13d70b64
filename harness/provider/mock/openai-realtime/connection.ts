import type { WebSocket } from 'ws';
import type { Cancel, Clock, Scenario } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import type { Heard } from '../../hearing/heard';
import { ReceivedStream } from '../../hearing/received-stream';
import type { Recogniser } from '../../hearing/recogniser';
import { Script } from '../../script/script';
import type { ReplyShelf } from '../reply-shelf';
import { isObject, type Fault, type Json } from './check';
import { readClientEvent } from './client-event';
import { Conversation } from './conversation';
import { ConversationItems } from './conversation-items';
import { newId } from './ids';
import { InputBuffer } from './input-buffer';
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
/** A client that does not read must not fill our memory. */
const MOST_UNSENT_BYTES = 64 * 1024 * 1024;

type Handler = (event: Json) => Fault | undefined;

/** One admitted WebSocket: the GA dialect of reference/providers.md section 2 for one session. */
export class Connection {
  readonly session: SessionState;
  readonly received: ReceivedStream;
  private readonly responses: Responses;
  private readonly input: InputBuffer;
  private readonly handlers: Readonly<Record<string, Handler>>;
  private readonly timers = new Set<Cancel>();
  private arrivedAtHostMs = 0;

  constructor(
    private readonly socket: WebSocket,
    model: string,
    private readonly context: ConnectionContext,
  ) {
    const { clock, scenario, recogniser, replies, toolDoneDelayMs, transcriptOf, typed } = context;
    const nowUnixS = Math.floor(new Date().getTime() / 1000);
    const session = new SessionState(scenario.turnDetection, model, nowUnixS);
    const received = new ReceivedStream(RATE_HZ, Math.floor((context.keepReceivedMs * RATE_HZ) / 1000));
    const conversation = new Conversation();
    const script = new Script(scenario, context.answerOverride);
    const send = (event: WireEvent): void => this.send(event);
    const log = (event: UnstampedEvent, hostAtMs?: number): void => this.log(event, hostAtMs);
    const { timing, pacing } = scenario;
    const conversationId = newId('conv');
    const responses = new Responses(
      { clock, timing, pacing, replies, conversation, conversationId, toolDoneDelayMs, send, log },
      session,
      script,
      () => this.input.armIdleTimeout(),
    );
    const items = new ConversationItems({
      conversation,
      typed,
      send,
      log,
      heard: (heard) => responses.heard(heard, 0),
      toolOutput: (callId) => script.output(callId),
    });
    const refuse = (fault: Fault): void => this.refuse(fault, null);
    const hearing = { clock, recogniser, session, received, transcriptOf };
    this.input = new InputBuffer({ ...hearing, conversation, items, responses, send, log, refuse });
    this.session = session;
    this.received = received;
    this.responses = responses;
    this.handlers = {
      'session.update': (event) => this.updateSession(event.session as Json),
      'input_audio_buffer.append': (event) => this.input.append(event.audio as string, this.arrivedAtHostMs),
      'input_audio_buffer.commit': () => this.input.commit(),
      'input_audio_buffer.clear': () => this.input.clear(),
      'conversation.item.create': (event) => items.create(event, this.arrivedAtHostMs),
      'conversation.item.retrieve': (event) => items.retrieve(event.item_id as string),
      'conversation.item.delete': (event) => items.delete(event.item_id as string),
      'conversation.item.truncate': (event) => items.truncate(event),
      'response.create': (event) =>
        responses.create(isObject(event.response) ? event.response : {}, 'client'),
      'response.cancel': (event) => responses.cancel(event.response_id as string | undefined),
    };
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
      this.input.stopIdleTimeout();
      for (const cancel of this.timers) cancel();
      this.log({ type: 'session-closed', closeCode, reason: reason.toString() });
    });
    this.log({ type: 'session-open' });
    this.send(wireEvent('session.created', { session: this.session.wire }));
    this.keepPinging();
    this.timers.add(context.clock.after(context.sessionMaxMs, () => this.expire()));
  }

  private receive(data: Buffer, isBinary: boolean): void {
    const message = readClientEvent(data, isBinary);
    const fault = message.fault ?? this.handlers[message.event.type as string]?.(message.event);
    if (fault !== undefined) this.refuse(fault, message.eventId);
  }

  private updateSession(change: Json): undefined {
    this.session.update(change);
    this.input.configure();
    this.send(wireEvent('session.updated', { session: this.session.wire }));
    this.log({ type: 'session-updated', tools: this.session.toolNames });
    return undefined;
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
