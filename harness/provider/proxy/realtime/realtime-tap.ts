import { keepNewest } from '../../../ports';
import { samplesIn } from '../../../units';
import type { UnstampedEvent } from '../../event-log';
import type { Heard } from '../../hearing/heard';
import type { ReceivedStream } from '../../hearing/received-stream';
import type { Recogniser } from '../../hearing/recogniser';
import type { Later } from '../../later';
import { isObject, type Json } from '../../mock/json/check';
import type { ReceivedArchive } from '../../mock/received-archive';
import type { Side, SocketTraffic } from '../traffic';
import { BoardSound, STREAM_RATE_HZ } from './board-sound';
import type { ReplyArchive } from './reply-archive';
import { unseenSession, withSession, type SessionFacts } from './session-facts';
import { numberIn, objectIn, seenEvent, textIn, type SeenEvent } from './wire-event';

/** What the taps of all sessions share. */
export interface RealtimeTapContext {
  /** Undefined: nobody says which prompt the board sent. */
  readonly recogniser: Recogniser | undefined;
  readonly received: ReceivedArchive;
  readonly replies: ReplyArchive;
  /** Replies leave at the pace of speech, and whoever lets them out logs it. Absent: each piece leaves as it comes. */
  readonly paced?: boolean;
  /**
   * The service counts the board's sound in a stream of its own, as it does where packets get lost on the way to it or begin before
   * it listens: then only the bench's ears know places in this one. Absent: both count the same samples.
   */
  readonly ownPlaces?: boolean;
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
}

/** The board has spoken, and the provider has taken it for a turn. */
export interface TakenTurn {
  /** When the packet with the last loud sample had arrived, by the bench's own ears. */
  readonly spokeUntilHostMs: number;
  /** Undefined without ears. */
  readonly heard: Later<Heard> | undefined;
}

/** As the mock: a board that does everything wrong does not fill our memory. */
const MOST_LOGGED_ERRORS = 1000;
/** A call comes a second time in its own response, and no response has more. */
const MOST_CALLS = 1_000;
/** RFC 6455 section 7.1.5: the connection went without a CLOSE. */
const CUT = 1006;

type Status = 'completed' | 'cancelled' | 'failed' | 'incomplete';
const statuses: readonly string[] = ['completed', 'cancelled', 'failed', 'incomplete'] satisfies Status[];
const isStatus = (status: string): status is Status => statuses.includes(status);

/**
 * Turns what a board and OpenAI Realtime say to each other, GA or beta, into the events that a mock would have logged, and
 * keeps the sound of both. What it cannot read it leaves out: it never disturbs the session itself.
 */
export class RealtimeTap implements SocketTraffic {
  private session: SessionFacts = unseenSession;
  /** What the board asked for last, in force until the service says otherwise. */
  private asked: SessionFacts = unseenSession;
  private knownId: string | undefined;
  private readonly sound: BoardSound;
  private readonly active = new Set<string>();
  private readonly calls = new Map<string, string>();
  private readonly called = new Set<string>();
  private responsesAsked = 0;
  private errors = 0;
  /** Response whose events were last told to be binary messages. */
  private framedOtherwise: string | undefined;
  /** First stream sample that no user item has. */
  private uncommittedFrom = 0;
  private committedTo: number | undefined;
  /** Of the endpoint whose speech has not been committed yet. */
  private decidedOffset: number | undefined;
  private speech: { readonly onset: number; readonly offset: number | undefined } | undefined;

  /**
   * @param id - Of a session that the service gives none.
   * @param turnTaken - Told when the provider has committed what was said, before anybody is told of that message.
   */
  constructor(
    private readonly id: string,
    private readonly context: RealtimeTapContext,
    private readonly turnTaken: (turn: TakenTurn) => void = () => undefined,
  ) {
    this.sound = new BoardSound(context.recogniser);
  }

  /** Undefined until the service lets the board in. */
  get sessionId(): string | undefined {
    return this.knownId;
  }

  /** What the board has sent so far. */
  get received(): ReceivedStream {
    return this.sound.received;
  }

  /** The session as both sides know it. */
  get facts(): SessionFacts {
    return this.session;
  }

  opened(): void {
    // The service says by its first event whether the board was let in.
  }

  message(from: Side, data: Buffer, isBinary: boolean, hostAtMs: number, isInvented = false): void {
    const event = seenEvent(data);
    if (event === undefined) return;
    if (from === 'board') this.ofBoard(event, hostAtMs, isInvented);
    else {
      if (isBinary) this.tellOfFraming(event, hostAtMs);
      this.ofProvider(event, hostAtMs, isInvented);
    }
  }

  closed(by: Side, code: number, reason: string, hostAtMs: number): void {
    if (this.sessionId === undefined) {
      const message = `closed by the ${by} with ${code} before the session began`;
      if (this.errors === 0) this.log({ type: 'error', code: String(code), message }, hostAtMs);
      return;
    }
    const cutByProvider = code === CUT && by === 'provider';
    if (cutByProvider) {
      for (const responseId of this.active)
        this.log({ type: 'response-done', responseId, status: 'failed' }, hostAtMs);
    }
    this.active.clear();
    this.context.received.close(this.sessionId);
    // Of a connection that broke on the board's side nobody knows who broke it.
    const known = code !== CUT || cutByProvider;
    const closedBy = known ? { closedBy: by } : {};
    this.log({ type: 'session-closed', closeCode: code, reason, ...closedBy }, hostAtMs);
  }

  refused(status: number, body: Buffer, hostAtMs: number): void {
    const message = body.toString('utf8').slice(0, 500);
    this.log({ type: 'error', code: String(status), message, httpStatus: status }, hostAtMs);
  }

  /** Once a response: no client need cope with it. */
  private tellOfFraming(event: SeenEvent, hostAtMs: number): void {
    const responseId = textIn(event, 'response_id') || textIn(objectIn(event, 'response'), 'id');
    const isTold =
      this.framedOtherwise !== undefined && (responseId === '' || responseId === this.framedOtherwise);
    if (isTold) return;
    this.framedOtherwise = responseId;
    const of = responseId === '' ? 'The events of the provider' : `The events of response ${responseId}`;
    this.log({ type: 'deviation', code: 'binary-message', message: `${of} are binary messages.` }, hostAtMs);
  }

  private ofBoard(event: SeenEvent, hostAtMs: number, isInvented: boolean): void {
    switch (event.type) {
      case 'session.update':
        this.asked = withSession(this.session, objectIn(event, 'session'));
        return;
      case 'input_audio_buffer.append':
        this.sound.append(textIn(event, 'audio'), this.asked.input, hostAtMs, isInvented);
        return;
      case 'input_audio_buffer.commit':
        this.committedTo = this.sound.lengthSamples;
        return;
      case 'input_audio_buffer.clear':
        this.uncommittedFrom = this.sound.lengthSamples;
        return;
      case 'response.create':
        this.responsesAsked += 1;
        return;
      case 'conversation.item.create': {
        const { type, call_id: callId, output } = objectIn(event, 'item');
        if (type === 'function_call_output' && typeof callId === 'string' && typeof output === 'string')
          this.log({ type: 'tool-output', callId, output }, hostAtMs);
      }
    }
  }

  private ofProvider(event: SeenEvent, hostAtMs: number, isInvented: boolean): void {
    switch (event.type) {
      case 'session.created':
        this.knownId = textIn(objectIn(event, 'session'), 'id') || this.id;
        this.asked = this.session = withSession(this.session, objectIn(event, 'session'));
        this.context.received.open(this.knownId, this.sound.received);
        this.log({ type: 'session-open' }, hostAtMs);
        return;
      case 'session.updated':
        this.asked = this.session = withSession(this.session, objectIn(event, 'session'));
        this.log({ type: 'session-updated', tools: this.session.tools }, hostAtMs);
        return;
      case 'input_audio_buffer.speech_started':
        this.speechStarted(numberIn(event, 'audio_start_ms') ?? 0, hostAtMs);
        return;
      case 'input_audio_buffer.speech_stopped':
        this.speechStopped(numberIn(event, 'audio_end_ms') ?? 0, hostAtMs);
        return;
      case 'input_audio_buffer.committed':
        this.committed(hostAtMs);
        return;
      case 'response.created':
        this.responseCreated(objectIn(event, 'response'), hostAtMs);
        return;
      case 'response.output_item.added': {
        const { type, id, name } = objectIn(event, 'item');
        if (type !== 'function_call' || typeof id !== 'string' || typeof name !== 'string') return;
        this.calls.set(id, name);
        keepNewest(this.calls, MOST_CALLS);
        return;
      }
      case 'response.function_call_arguments.done':
        this.call(event, hostAtMs);
        return;
      case 'response.output_audio.delta':
        this.spoke(event, hostAtMs, isInvented);
        return;
      case 'response.output_audio_transcript.done':
        this.context.replies.transcribe(textIn(event, 'item_id'), textIn(event, 'transcript'));
        return;
      case 'conversation.item.truncated': {
        const audioEndMs = numberIn(event, 'audio_end_ms') ?? 0;
        this.log({ type: 'truncated', itemId: textIn(event, 'item_id'), audioEndMs }, hostAtMs);
        return;
      }
      case 'response.done':
        this.responseDone(objectIn(event, 'response'), hostAtMs);
        return;
      case 'error':
        this.failed(objectIn(event, 'error'), hostAtMs);
    }
  }

  /** `audio_start_ms` already reaches back by the padding (reference/providers.md 2.6). */
  private speechStarted(audioStartMs: number, hostAtMs: number): void {
    const told = samplesIn(audioStartMs + this.session.prefixPaddingMs, STREAM_RATE_HZ);
    const onset = this.context.ownPlaces === true ? this.sound.speechOnset : told;
    this.speech = { onset, offset: undefined };
    this.log({ type: 'speech-started', onsetAtStreamSample: onset }, hostAtMs);
  }

  /** `audio_end_ms` includes the silence window. */
  private speechStopped(audioEndMs: number, hostAtMs: number): void {
    const isOwn = this.context.ownPlaces === true;
    const end = isOwn ? this.sound.lengthSamples : samplesIn(audioEndMs, STREAM_RATE_HZ);
    const { silenceMs } = this.session;
    this.committedTo = end;
    const told = Math.max(0, end - samplesIn(silenceMs ?? 0, STREAM_RATE_HZ) - 1);
    const offset = (isOwn ? this.sound.loudUntil(this.uncommittedFrom) : undefined) ?? told;
    // How long a semantic detector has waited it does not say: where the speech ends in there is searched for.
    this.speech = this.speech && { ...this.speech, offset: silenceMs === undefined ? undefined : offset };
    this.decidedOffset = offset;
    this.log({ type: 'endpoint', offsetAtStreamSample: offset }, hostAtMs);
  }

  private committed(hostAtMs: number): void {
    const { sound, speech, uncommittedFrom: from, decidedOffset } = this;
    const to = this.committedTo ?? sound.lengthSamples;
    this.speech = this.committedTo = this.decidedOffset = undefined;
    this.uncommittedFrom = to;
    const own = sound.takeSpeech(from, to);
    const told = speech?.offset === undefined ? own : { onset: speech.onset, offset: speech.offset };
    const heard = told === undefined ? sound.hearSpan(from, to) : sound.hearSpeech(told);
    const last = own?.offset ?? told?.offset;
    const spokeUntilHostMs = (last === undefined ? undefined : sound.received.arrivalOf(last)) ?? hostAtMs;
    this.turnTaken({ spokeUntilHostMs, heard });
    const place = decidedOffset === undefined ? {} : { offsetAtStreamSample: decidedOffset };
    heard?.use((what) => this.log({ type: 'heard', ...what, ...place }));
  }

  private responseCreated(response: Json, hostAtMs: number): void {
    const responseId = textIn(response, 'id');
    const trigger = this.responsesAsked > 0 ? 'client' : 'turn-detected';
    this.responsesAsked = Math.max(0, this.responsesAsked - 1);
    this.active.add(responseId);
    this.log({ type: 'response-started', responseId, trigger }, hostAtMs);
  }

  /** The same call may come twice, and in the beta without its name. */
  private call(event: SeenEvent, hostAtMs: number): void {
    const callId = textIn(event, 'call_id');
    if (this.called.has(callId)) return;
    this.called.add(callId);
    keepNewest(this.called, MOST_CALLS);
    const name = textIn(event, 'name') || (this.calls.get(textIn(event, 'item_id')) ?? '');
    const made = argumentsIn(textIn(event, 'arguments'));
    const responseId = textIn(event, 'response_id');
    if (made === undefined) {
      const message = `The arguments of ${name} are no JSON object.`;
      this.logError({ type: 'error', code: 'malformed', message, responseId }, hostAtMs);
    }
    this.log({ type: 'tool-call', responseId, callId, name, arguments: made ?? {} }, hostAtMs);
  }

  private spoke(event: SeenEvent, hostAtMs: number, isInvented: boolean): void {
    const itemId = textIn(event, 'item_id');
    const { output } = this.session;
    const piece = this.context.replies.keep(itemId, textIn(event, 'delta'), output, isInvented);
    if (piece.lengthSamples === 0 || this.context.paced === true) return;
    const responseId = textIn(event, 'response_id');
    this.log({ type: 'audio-out', responseId, itemId, replyId: itemId, ...piece }, hostAtMs);
  }

  private responseDone(response: Json, hostAtMs: number): void {
    const responseId = textIn(response, 'id');
    const written = textIn(response, 'status');
    const status = isStatus(written) ? written : 'failed';
    this.active.delete(responseId);
    if (status === 'failed') {
      const error = objectIn(objectIn(response, 'status_details'), 'error');
      const code = textIn(error, 'code') || textIn(error, 'type') || 'unknown';
      this.logError({ type: 'error', code, message: textIn(error, 'message'), responseId }, hostAtMs);
    }
    this.log({ type: 'response-done', responseId, status }, hostAtMs);
  }

  private failed(error: Json, hostAtMs: number): void {
    const code = textIn(error, 'code');
    // Then no response follows what the board has asked for.
    if (code === 'conversation_already_has_active_response')
      this.responsesAsked = Math.max(0, this.responsesAsked - 1);
    if (textIn(error, 'param').startsWith('session')) this.asked = this.session;
    const said = { code: code || textIn(error, 'type') || 'unknown', message: textIn(error, 'message') };
    this.logError({ type: 'error', ...said }, hostAtMs);
  }

  private logError(error: Extract<UnstampedEvent, { readonly type: 'error' }>, hostAtMs: number): void {
    if (this.errors++ < MOST_LOGGED_ERRORS) this.log(error, hostAtMs);
  }

  private log(event: UnstampedEvent, hostAtMs?: number): void {
    const { sessionId } = this;
    this.context.log(sessionId === undefined ? event : { ...event, sessionId }, hostAtMs);
  }
}

function argumentsIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const decoded: unknown = JSON.parse(text === '' ? '{}' : text);
    return isObject(decoded) ? decoded : undefined;
  } catch {
    return undefined;
  }
}
