import type { RawData, WebSocket } from 'ws';
import type { Clock } from '../../../ports';
import { msOfSamples } from '../../../units';
import type { UnstampedEvent } from '../../event-log';
import { Ear, type EarListener } from '../../hearing/ear';
import type { Heard } from '../../hearing/heard';
import type { Recogniser } from '../../hearing/recogniser';
import type { Later } from '../../later';
import { isObject, type Json } from '../../mock/json/check';
import { newId } from '../../mock/openai-realtime/ids';
import { errorEvent, wireEvent } from '../../mock/openai-realtime/wire-events';
import type { RealtimeTap } from '../../proxy/realtime/realtime-tap';
import { objectIn, seenEvent, textIn, type SeenEvent } from '../../proxy/realtime/wire-event';
import { Timers } from '../../timers';
import type { Cue, RecordedMessage, RecordedSession, RecordedTurn } from './recorded-session';

/** What the sessions of one replay share. */
export interface ReplayContext {
  readonly clock: Clock;
  readonly recogniser: Recogniser;
  /** Silence after which speech is taken for over: no longer than any recorded decision took. */
  readonly silenceMs: number;
  /** The turn that answers what was heard; a text: why there is none. */
  readonly choose: (heard: Heard) => RecordedTurn | string;
}

const STOPPED = 'input_audio_buffer.speech_stopped';
const COMMITTED = 'input_audio_buffer.committed';

/** Ids that a service gives out (reference/providers.md 2.8), as JSON has them. */
const givenIds = /"((?:item|resp|call|event)_[A-Za-z0-9]+)"/g;

const bytesOf = (data: RawData): Buffer =>
  Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);

/** Objects field by field, everything else as the change has it. */
function merged(old: unknown, change: unknown): unknown {
  if (!isObject(old) || !isObject(change)) return change;
  const fields = Object.entries(change).map(([name, value]) => [name, merged(old[name], value)] as const);
  return Object.fromEntries([...Object.entries(old), ...fields]);
}

/** A turn that is being answered. */
interface OpenTurn {
  readonly cues: readonly Cue[];
  next: number;
  readonly rename: (id: string) => string;
}

const asItIs = (id: string): string => id;

/**
 * Plays a recorded session to a board: hears when it has spoken and what, and answers with the recorded turn of that, each
 * message at its recorded time after the end of the speech; what the board sends then gets what followed it in that turn.
 */
export class ReplaySession {
  private readonly ear: Ear;
  private readonly plays = new Set<Timers>();
  private readonly active = new Map<string, Json>();
  private readonly sent = new Map<RecordedTurn, number>();
  private turn: OpenTurn;
  /** What the board sent while it was not known yet what it had said. */
  private waiting: SeenEvent[] | undefined;
  private pushed = 0;
  private uncommittedFrom = 0;
  private userItemId = newId('item');
  private offsetAtStreamSample = 0;
  private heard: Heard | undefined;
  private shown: Json = {};
  private over = false;

  constructor(
    private readonly board: WebSocket,
    private readonly session: RecordedSession,
    private readonly tap: RealtimeTap,
    private readonly log: (event: UnstampedEvent) => void,
    private readonly context: ReplayContext,
  ) {
    this.turn = { cues: session.cues, next: 0, rename: asItIs };
    const settings = { threshold: 0.5, silenceDurationMs: context.silenceMs };
    this.ear = new Ear(tap.received, context.recogniser, settings, {
      started: (onset) => this.speechStarted(onset),
      stopped: (turn) => this.speechStopped(turn),
    });
  }

  /** Greets the board and serves it until the socket closes. */
  open(): void {
    const { board, tap, session, context } = this;
    const { clock } = context;
    board.on('error', () => undefined);
    board.on('message', (data, isBinary) => this.receive(bytesOf(data), isBinary));
    board.once('close', (code, reason) => {
      if (!this.over) tap.closed('board', code, reason.toString(), clock.nowMs());
      this.stop();
    });
    tap.opened();
    this.play(session.greeting, clock.nowMs(), asItIs, () => {
      const { end } = session;
      if (!session.wasAdmitted && end.how === 'closed') this.close(end.code, end.reason);
    });
  }

  /** Ends the session because the replay cannot go on. */
  fail(message: string): void {
    this.say(errorEvent({ code: 'server_error', message, param: null }, null, 'server_error'));
    this.close(1011, 'server_error');
  }

  private close(code: number, reason: string): void {
    if (this.over) return;
    this.tap.closed('provider', code, reason, this.context.clock.nowMs());
    this.stop();
    // What stands for a cut cannot be sent.
    if (code === 1006) this.board.terminate();
    else this.board.close(code === 1005 ? undefined : code, reason);
  }

  private stop(): void {
    this.over = true;
    this.drop();
    this.ear.reset();
  }

  private receive(data: Buffer, isBinary: boolean): void {
    if (this.over) return;
    this.tap.message('board', data, isBinary, this.context.clock.nowMs());
    const event = seenEvent(data);
    if (event?.type === 'input_audio_buffer.append') this.hear();
    else if (event !== undefined && this.waiting !== undefined) this.waiting.push(event);
    else if (event !== undefined) this.answer(event);
  }

  private hear(): void {
    const { received } = this.tap;
    const samples = received.slice(this.pushed, received.lengthSamples);
    this.pushed = received.lengthSamples;
    this.ear.push(samples);
  }

  private speechStarted(onset: number): void {
    const { facts, received } = this.tap;
    if (!facts.detectsTurns) return;
    this.userItemId = newId('item');
    const startMs = Math.max(0, Math.floor(msOfSamples(onset, received.rateHz) - facts.prefixPaddingMs));
    const ids = { audio_start_ms: startMs, item_id: this.userItemId };
    this.say(wireEvent('input_audio_buffer.speech_started', ids));
    if (facts.interrupts) this.interrupt('turn_detected');
  }

  private speechStopped({ offsetAtStreamSample, heard }: Parameters<EarListener['stopped']>[0]): void {
    if (this.tap.facts.detectsTurns) this.turnEnded(offsetAtStreamSample, heard);
  }

  private turnEnded(offsetAtStreamSample: number, heard: Later<Heard>): void {
    const { context, tap } = this;
    const spokeUntilHostMs = tap.received.arrivalOf(offsetAtStreamSample) ?? context.clock.nowMs();
    this.offsetAtStreamSample = offsetAtStreamSample;
    this.uncommittedFrom = tap.received.lengthSamples;
    const waiting: SeenEvent[] = [];
    this.waiting = waiting;
    heard.use((what) => {
      if (this.over || this.waiting !== waiting) return;
      this.waiting = undefined;
      this.heard = what;
      this.begin(context.choose(what), spokeUntilHostMs);
      for (const event of waiting) this.answer(event);
    });
  }

  private begin(turn: RecordedTurn | string, spokeUntilHostMs: number): void {
    if (typeof turn === 'string') {
      this.turn = { cues: [], next: 0, rename: asItIs };
      const item_id = this.userItemId;
      if (this.tap.facts.detectsTurns) this.say(this.stopped(wireEvent(STOPPED, { item_id })));
      this.say(wireEvent(COMMITTED, { previous_item_id: null, item_id }));
      this.refuse(turn);
      return;
    }
    const times = this.sent.get(turn) ?? 0;
    this.sent.set(turn, times + 1);
    // The same ids twice in a session would be the same items: boards count on it.
    const suffix = times === 0 ? '' : `x${times}`;
    const { userItemId } = this;
    const rename = (id: string): string => (id === turn.userItemId ? userItemId : `${id}${suffix}`);
    this.turn = { cues: turn.cues, next: 0, rename };
    this.play(turn.answer, spokeUntilHostMs, rename);
  }

  /** What followed an event of the board when it was recorded; some follow by themselves. */
  private answer(event: SeenEvent): void {
    switch (event.type) {
      case 'input_audio_buffer.commit': {
        const { received } = this.tap;
        this.userItemId = newId('item');
        this.turnEnded(
          received.lengthSamples - 1,
          this.ear.recogniseSpan(this.uncommittedFrom, received.lengthSamples),
        );
        this.ear.reset();
        return;
      }
      case 'input_audio_buffer.clear':
        this.uncommittedFrom = this.tap.received.lengthSamples;
        this.ear.reset();
        this.say(wireEvent('input_audio_buffer.cleared'));
        return;
      case 'conversation.item.truncate': {
        const { item_id, content_index, audio_end_ms } = event;
        this.say(wireEvent('conversation.item.truncated', { item_id, content_index, audio_end_ms }));
        return;
      }
      case 'response.cancel':
        this.interrupt('client_cancelled');
        return;
      default:
        this.answerAsRecorded(event);
    }
  }

  private answerAsRecorded(event: SeenEvent): void {
    const { turn, context, session } = this;
    if (event.type === 'session.update') this.shown = merged(this.shown, objectIn(event, 'session')) as Json;
    const place = turn.cues.findIndex(({ on }, index) => index >= turn.next && on === event.type);
    const cue = turn.cues[place];
    if (cue !== undefined) {
      turn.next = place + 1;
      this.play(cue.messages, context.clock.nowMs(), turn.rename);
    } else if (event.type === 'session.update') {
      const known = session.cues.find(({ on }) => on === event.type);
      if (known === undefined) this.say(wireEvent('session.updated', { session: this.shown }));
      else this.play(known.messages, context.clock.nowMs(), asItIs);
    } else if (event.type === 'response.create') {
      this.refuse('the recorded board had asked for no further response here');
    }
  }

  private refuse(why: string): void {
    // The tap logs it from what is sent.
    this.say(errorEvent({ code: 'no_take', message: `earshot replay: ${why}`, param: null }));
  }

  /** What is being said stops, and so does what was about to be. */
  private interrupt(reason: 'turn_detected' | 'client_cancelled'): void {
    const running = [...this.active.values()];
    if (reason === 'client_cancelled' && running.length === 0) {
      const message = 'Cancellation failed: no active response found';
      this.say(errorEvent({ code: 'response_cancel_not_active', message, param: null }));
      return;
    }
    this.drop();
    for (const response of running) {
      const status_details = { type: 'cancelled', reason };
      this.say(
        wireEvent('response.done', { response: { ...response, status: 'cancelled', status_details } }),
      );
    }
  }

  private drop(): void {
    for (const timers of this.plays) timers.stop();
    this.plays.clear();
  }

  /** Sends messages at their times after `fromHostAtMs`, late ones at once, in their order. */
  private play(
    messages: readonly RecordedMessage[],
    fromHostAtMs: number,
    rename: (id: string) => string,
    done?: () => void,
  ): void {
    const { clock } = this.context;
    const timers = new Timers(clock);
    this.plays.add(timers);
    const sendFrom = (first: number): void => {
      for (let index = first; index < messages.length; index++) {
        const message = messages[index];
        if (message === undefined || this.over || !this.plays.has(timers)) return;
        const waitMs = fromHostAtMs + message.afterMs - clock.nowMs();
        if (waitMs > 0) {
          timers.after(waitMs, () => sendFrom(index));
          return;
        }
        this.send(message, rename);
      }
      this.plays.delete(timers);
      done?.();
    };
    sendFrom(0);
  }

  private send({ bytes, event }: RecordedMessage, rename: (id: string) => string): void {
    const changed = event === undefined ? undefined : this.fitting(event);
    const text = changed === undefined ? bytes.toString('utf8') : JSON.stringify(changed);
    this.write(Buffer.from(text.replace(givenIds, (_, id: string) => `"${rename(id)}"`)));
  }

  /** An event with what only holds for this session; undefined: as it was recorded. */
  private fitting(event: SeenEvent): Json | undefined {
    switch (event.type) {
      case 'session.created':
        this.shown = objectIn(event, 'session');
        return undefined;
      case 'session.updated':
        // What the board declares today, not what it declared when it was recorded.
        this.shown = merged(objectIn(event, 'session'), this.shown) as Json;
        return { ...event, session: this.shown };
      case STOPPED:
        return this.stopped(event);
      default:
        return undefined;
    }
  }

  private stopped(event: Json): Json {
    const { received, facts } = this.tap;
    const endMs = msOfSamples(this.offsetAtStreamSample + 1, received.rateHz) + (facts.silenceMs ?? 0);
    return { ...event, audio_end_ms: Math.round(endMs) };
  }

  private say(event: Json): void {
    this.write(Buffer.from(JSON.stringify(event)));
  }

  private write(bytes: Buffer): void {
    if (this.over || this.board.readyState !== this.board.OPEN) return;
    const hostAtMs = this.context.clock.nowMs();
    this.board.send(bytes, { binary: false });
    const event = seenEvent(bytes);
    if (event?.type === 'response.created') {
      const response = objectIn(event, 'response');
      this.active.set(textIn(response, 'id'), response);
    } else if (event?.type === 'response.done') this.active.delete(textIn(objectIn(event, 'response'), 'id'));
    this.tap.message('provider', bytes, false, hostAtMs);
    // After the decision on the turn, as the mock logs it.
    if (event?.type === COMMITTED && this.heard !== undefined) {
      this.log({ type: 'heard', ...this.heard });
      this.heard = undefined;
    }
  }
}

/** No window is shorter than what a word may pause for, and none that decides is longer. */
const [LEAST_SILENCE_MS, MOST_SILENCE_MS] = [100, 500];

/** Silence that decides a turn: the service's own window, but no longer than the quickest recorded decision took. */
export function decidingSilenceMs(sessions: readonly RecordedSession[]): number {
  const seen = sessions.flatMap(({ turns, facts }) => [
    ...(facts.silenceMs === undefined ? [] : [facts.silenceMs]),
    ...turns.flatMap(({ endpointMs }) => endpointMs ?? []),
  ]);
  return Math.max(LEAST_SILENCE_MS, Math.min(MOST_SILENCE_MS, ...seen));
}
