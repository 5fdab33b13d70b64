import type { Cancel, Deviation, MediaCounts, Scenario } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import type { FaultDesk } from '../../faults/fault-desk';
import type { Heard } from '../../hearing/heard';
import { ReceivedStream } from '../../hearing/received-stream';
import type { Recogniser } from '../../hearing/recogniser';
import type { Delays } from '../../script/delays';
import { Script } from '../../script/script';
import type { ReplyShelf } from '../reply-shelf';
import { isObject, type Fault, type Json } from '../json/check';
import type { Admission } from './auth';
import { readClientEvent } from './client-event';
import { Conversation } from './conversation';
import { ConversationItems } from './conversation-items';
import type { Dialect } from './dialect';
import { newId } from './ids';
import { InputBuffer } from './input-buffer';
import { DeltaOutlet, type ReplyOutlet } from './reply-outlet';
import { Responses } from './responses';
import type { LinkEnd, LinkListener, LinkRules, SessionLink } from './session-link';
import { SessionState } from './session-state';
import { errorEvent, wireEvent, type WireEvent } from './wire-events';

/** What all connections of one mock share. */
export interface ConnectionContext extends LinkRules {
  /** Wall-clock time, which only clients are told. */
  readonly unixNowMs: () => number;
  readonly scenario: Scenario;
  readonly delays: Delays;
  readonly recogniser: Recogniser;
  readonly replies: ReplyShelf;
  readonly toolDoneDelayMs: number;
  readonly keepReceivedMs: number;
  readonly sessionMaxMs: number;
  readonly faults: FaultDesk;
  readonly slowFirstTokenMs: number;
  /** What a corpus prompt says, for transcriptions. */
  readonly transcriptOf: (promptId: string) => string | undefined;
  /** The prompt whose words a typed message has. */
  readonly typed: (text: string) => Heard;
  readonly answerOverride: ConstructorParameters<typeof Script>[1];
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
}

/** What an outlet needs of the session whose replies it carries. */
export interface OutletContext {
  readonly send: (event: WireEvent) => void;
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
  /** All that was said has been played. */
  readonly drained: () => void;
}

/** What a session runs over. */
export interface Carrier {
  link(listener: LinkListener): SessionLink;
  /** For sound that travels beside the events. Absent: in them. */
  outlet?(context: OutletContext): ReplyOutlet;
  /** How that sound arrived, since this was asked before. */
  media?(): MediaCounts;
}

/** Of the sound that a session hears, whatever it comes as. */
export const HEARD_RATE_HZ = 24_000;
/** So that a client that does everything wrong does not fill our memory; later ones are answered only. */
const MOST_LOGGED_ERRORS = 1000;

/** reference/providers.md 2.4: over WebRTC, audio travels only on RTP. */
const onTrackOnly: Fault = {
  code: 'invalid_value',
  message: 'input_audio_buffer.append is not for WebRTC: the audio track is heard.',
  param: 'type',
};

type Handler = (event: Json) => Fault | undefined;

/** One admitted client, over WebSocket or WebRTC: one session of reference/providers.md section 2. */
export class Connection {
  readonly session: SessionState;
  readonly received: ReceivedStream;
  private readonly responses: Responses;
  private readonly input: InputBuffer;
  private readonly handlers: Readonly<Record<string, Handler>>;
  private readonly link: SessionLink;
  private expiry: Cancel | undefined;
  private errors = 0;
  private arrivedAtHostMs = 0;

  constructor(
    private readonly carrier: Carrier,
    { model, begin }: Admission,
    private readonly dialect: Dialect,
    private readonly context: ConnectionContext,
  ) {
    const { clock, scenario, recogniser, replies, toolDoneDelayMs, transcriptOf, typed } = context;
    const expiresAtUnixS = Math.floor((context.unixNowMs() + context.sessionMaxMs) / 1000);
    const session = new SessionState(scenario.turnDetection, model, expiresAtUnixS, begin);
    const received = new ReceivedStream(
      HEARD_RATE_HZ,
      Math.floor((context.keepReceivedMs * HEARD_RATE_HZ) / 1000),
    );
    const conversation = new Conversation();
    const script = new Script(scenario, context.answerOverride);
    const send = (event: WireEvent, isBinary?: boolean): void => this.link.send(event, isBinary);
    const { faults, slowFirstTokenMs } = context;
    const ends = {
      cut: () => this.cut(),
      loseChannel: () => {
        if (carrier.outlet === undefined) return;
        this.deviates('channel-closed', 'The data channel was closed in the middle of a reply.');
        this.link.loseChannel();
      },
      expire: () => this.expire(),
    };
    const log = (event: UnstampedEvent, hostAtMs?: number): void => this.log(event, hostAtMs);
    const { timing, pacing } = scenario;
    const { delays } = context;
    const conversationId = newId('conv');
    const drained = (): void => {
      this.logMedia();
      responses.played();
    };
    const outlet = carrier.outlet?.({ send, log, drained }) ?? new DeltaOutlet({ clock, replies, log });
    this.link = carrier.link({
      message: (data, isBinary) => this.receive(data, isBinary),
      cut: (fault) => {
        this.logError(fault);
        this.stop();
      },
      unsendable: (lengthBytes, cause) => {
        const why = cause instanceof Error ? cause.message : String(cause);
        const message = `An event of ${lengthBytes} bytes is too long for the client: ${why}`;
        this.logError({ code: 'message_too_long', message, param: null });
      },
      closed: (end) => this.closed(end),
    });
    const responses = new Responses(
      {
        ...{
          clock,
          timing,
          delays,
          pacing,
          replies,
          outlet,
          conversation,
          conversationId,
          toolDoneDelayMs,
          send,
          log,
        },
        ...{ faults, slowFirstTokenMs, ...ends },
      },
      session,
      script,
      {
        busy: () => this.input.stopIdleTimeout(),
        idle: () => this.input.armIdleTimeout(),
      },
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
      'input_audio_buffer.append': (event) =>
        carrier.outlet === undefined
          ? this.input.append(event.audio as string, this.arrivedAtHostMs)
          : onTrackOnly,
      'output_audio_buffer.clear': () => outlet.clear(),
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

  /** Takes sound of a track: mono 16-bit at `HEARD_RATE_HZ`. */
  hear(samples: Int16Array, arrivedAtHostMs: number, isInvented: boolean): void {
    this.input.hear(samples, arrivedAtHostMs, isInvented);
  }

  /** Greets the client and serves it until its link closes. */
  open(): void {
    const { context } = this;
    this.log({ type: 'session-open' });
    this.link.open();
    this.expiry = context.clock.after(context.sessionMaxMs, () => this.expire());
    if (context.faults.has('no-session-created'))
      this.deviates('session-untold', 'The session began without session.created.');
    else this.link.send(wireEvent('session.created', { session: this.session.wire }));
  }

  /** Ends the session because the mock cannot go on. */
  fail(message: string): void {
    this.end({ code: 'server_error', message, param: null }, 1011, 'server_error');
  }

  private receive(data: Buffer, isBinary: boolean): void {
    this.arrivedAtHostMs = this.context.clock.nowMs();
    try {
      const message = readClientEvent(data, isBinary, this.dialect);
      const fault = message.fault ?? this.handlers[message.event.type as string]?.(message.event);
      if (fault !== undefined) this.refuse(fault, message.eventId);
    } catch (cause) {
      // A fault of the mock ends one session, which says so, and not those of the other boards.
      this.fail(`The mock failed on a message: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }

  private closed(end: LinkEnd): void {
    this.stop();
    this.logMedia();
    this.log({ type: 'session-closed', ...end });
  }

  private updateSession(change: Json): undefined {
    this.session.update(change);
    this.input.configure();
    this.link.send(wireEvent('session.updated', { session: this.session.wire }));
    this.log({ type: 'session-updated', tools: this.session.toolNames });
    return undefined;
  }

  private expire(): void {
    const minutes = Math.round(this.context.sessionMaxMs / 60_000);
    const message = `Your session hit the maximum duration of ${minutes} minutes.`;
    this.end({ code: 'session_expired', message, param: null }, 1001, 'session_expired');
  }

  /** The fault `mid-stream-death`. */
  private cut(): void {
    this.stop();
    this.link.cutOff();
  }

  private end(fault: Fault, closeCode: number, reason: string): void {
    const type = closeCode === 1011 ? 'server_error' : 'invalid_request_error';
    this.link.send(errorEvent(fault, null, type));
    this.logError(fault);
    this.stop();
    this.link.close(closeCode, reason);
  }

  /** Nothing more is said or waited for. */
  private stop(): void {
    this.responses.abandon();
    this.input.stop();
    this.expiry?.();
  }

  private deviates(code: Deviation, message: string): void {
    this.log({ type: 'deviation', code, message });
  }

  private refuse(fault: Fault, clientEventId: string | null): void {
    this.link.send(errorEvent(fault, clientEventId));
    this.logError(fault);
  }

  private logError({ code, message }: Fault): void {
    if (this.errors++ < MOST_LOGGED_ERRORS) this.log({ type: 'error', code, message });
  }

  private log(event: UnstampedEvent, hostAtMs?: number): void {
    this.context.log({ ...event, sessionId: this.session.id }, hostAtMs);
    if (event.type === 'endpoint') this.logMedia();
  }

  private logMedia(): void {
    const media = this.carrier.media?.();
    if (media !== undefined) this.log({ type: 'media', ...media });
  }
}
