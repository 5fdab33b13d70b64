import type { Clock, FunctionCall, ProviderFault, ScenarioPacing, ScenarioTiming } from '../../../ports';
import { msOfSamples } from '../../../units';
import type { UnstampedEvent } from '../../event-log';
import type { FaultDesk } from '../../faults/fault-desk';
import type { Later } from '../../later';
import type { Delays } from '../../script/delays';
import type { Answer } from '../../script/script';
import { Timers } from '../../timers';
import type { Reply, ReplyShelf } from '../reply-shelf';
import type { Json } from '../json/check';
import type { Conversation, ConversationItem } from './conversation';
import { newId } from './ids';
import type { Midway, ReplyOutlet } from './reply-outlet';
import { responseObject } from './response-object';
import { rateLimitsEvent, wireEvent, type WireEvent } from './wire-events';

/** What one response needs of the session around it. */
export interface PlayerContext {
  readonly clock: Clock;
  readonly timing: ScenarioTiming;
  readonly delays: Delays;
  readonly pacing: ScenarioPacing;
  readonly replies: ReplyShelf;
  readonly outlet: ReplyOutlet;
  readonly conversation: Conversation;
  readonly conversationId: string;
  readonly outputAudio: Json;
  /** Strict race of providers.md 1.3: how long after its events a function-call response stays active. */
  readonly toolDoneDelayMs: number;
  readonly faults: FaultDesk;
  readonly slowFirstTokenMs: number;
  /** A conversation that is too long loses its oldest part; false: the response fails instead. */
  readonly truncates: boolean;
  /** @param isBinary - As a binary message, which no service does. */
  readonly send: (event: WireEvent, isBinary?: boolean) => void;
  /** Cuts the connection. */
  readonly cut: () => void;
  /** Ends the events where sound goes on without them. */
  readonly loseChannel: () => void;
  /** Ends the session as too old. */
  readonly expire: () => void;
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
  readonly called: (callId: string) => void;
  readonly over: (player: ResponsePlayer) => void;
}

export interface ResponseRequest {
  readonly trigger: 'client' | 'turn-detected';
  readonly modality: 'audio' | 'text';
  /** `conversation: "none"`: its items are nobody's memory. */
  readonly outOfBand: boolean;
  readonly metadata: unknown;
  readonly inputAudioMs: number;
  readonly answer: Later<Answer>;
}

/** How a reply is to end before its end: the faults `mid-stream-death`, `mid-stream-stall` and `content-blocked`. */
type Break = 'dies' | 'stalls' | 'is-blocked';

type Status = 'completed' | 'cancelled' | 'failed' | 'incomplete';

/** One response from `response.created` to `response.done`, in the order of providers.md 2.9. */
export class ResponsePlayer {
  readonly id = newId('resp');
  private readonly output: ConversationItem[] = [];
  private readonly timers: Timers;
  private createdAtHostMs = 0;
  private said = '';
  private sentMs = 0;
  private closeOpenItem: ((status: 'completed' | 'incomplete') => void) | undefined;
  private finished = false;
  private unsaid: (() => void) | undefined;
  private fault: ProviderFault | undefined;

  constructor(
    private readonly context: PlayerContext,
    readonly request: ResponseRequest,
  ) {
    this.timers = new Timers(context.clock);
  }

  get isOver(): boolean {
    return this.finished;
  }

  /** Calls back when it is cancelled before it has called or said anything. */
  onUnsaid(callback: () => void): void {
    this.unsaid = callback;
  }

  start(): void {
    const { context, request, id } = this;
    this.createdAtHostMs = context.clock.nowMs();
    if (context.faults.has('wrong-framing')) this.tellOfFraming();
    this.send(wireEvent('response.created', { response: this.wire('in_progress', null) }));
    context.log({ type: 'response-started', responseId: id, trigger: request.trigger }, this.createdAtHostMs);
    request.answer.use((answer) => this.give(answer));
  }

  /** Ends it early; its open item ends as `incomplete`. */
  cancel(reason: 'turn_detected' | 'client_cancelled'): void {
    if (this.finished) return;
    this.closeOpenItem?.('incomplete');
    if (this.output.length === 0) this.unsaid?.();
    this.finish('cancelled', { type: 'cancelled', reason });
  }

  /** Ends it without a word: the socket has gone. */
  abandon(): void {
    this.finished = true;
    this.timers.stop();
  }

  private give(answer: Answer): void {
    if (this.finished) return;
    const { timing, delays, slowFirstTokenMs } = this.context;
    this.fault = answer.fault;
    if (answer.fault === 'wrong-framing') this.tellOfFraming();
    if (this.isRefused()) return;
    const slowMs = this.has('slow-first-token') ? slowFirstTokenMs : undefined;
    if (answer.calls.length > 0) {
      this.at(slowMs ?? delays.draw(timing.toolCallMs), () => this.call(answer.calls));
      return;
    }
    const firstAudioMs = slowMs ?? delays.draw(timing.firstAudioMs);
    const { say } = answer;
    if (say === undefined) this.at(firstAudioMs, () => this.breakOr(() => this.finish('completed', null)));
    else if (this.request.modality === 'audio') {
      const reply = this.context.outlet.replyFor(say, this.context.outputAudio);
      this.at(firstAudioMs, () => this.speak(reply));
    } else {
      const reply = this.context.replies.get(say);
      this.at(firstAudioMs, () => this.write(reply));
    }
  }

  /** True when a fault ends it before it says anything. */
  private isRefused(): boolean {
    if (this.has('session-end')) {
      this.context.expire();
      return true;
    }
    if (this.has('rate-limit')) {
      this.fail('rate_limit_exceeded', 'Rate limit reached. Please try again in 1s.');
      return true;
    }
    if (!this.has('too-long') || this.context.truncates) return false;
    this.fail('context_length_exceeded', 'The conversation is longer than the context of the model.');
    return true;
  }

  private has(fault: ProviderFault): boolean {
    return this.context.faults.has(fault, this.fault);
  }

  private fail(code: string, message: string): void {
    this.unsaid?.();
    this.context.log({ type: 'error', code, message, responseId: this.id });
    this.finish('failed', { type: 'failed', error: { type: 'invalid_request_error', code, message } });
  }

  private tellOfFraming(): void {
    const message = `The events of response ${this.id} are binary messages.`;
    this.context.log({ type: 'deviation', code: 'binary-message', message });
  }

  private get breaks(): Break | undefined {
    if (this.has('mid-stream-death')) return 'dies';
    if (this.has('mid-stream-stall')) return 'stalls';
    return this.has('content-blocked') ? 'is-blocked' : undefined;
  }

  /** Goes on, or ends as a fault wants it. */
  private breakOr(goOn: () => void): void {
    const { breaks, context } = this;
    if (breaks === undefined) {
      goOn();
      return;
    }
    if (breaks === 'is-blocked') {
      this.closeOpenItem?.('incomplete');
      this.finish('incomplete', { type: 'incomplete', reason: 'content_filter' });
      return;
    }
    // The session goes on, and nothing more comes of this response.
    if (breaks === 'stalls') return;
    context.log({ type: 'response-done', responseId: this.id, status: 'failed' });
    context.outlet.madeAll(this.id);
    context.outlet.whenPlayed(() => context.cut());
  }

  /** How much of something that is said in parts is said. */
  private partsOf(parts: number): number {
    return this.breaks === undefined ? parts : Math.ceil(parts / 2);
  }

  private send(event: WireEvent): void {
    this.context.send(event, this.has('wrong-framing'));
  }

  private call(calls: readonly FunctionCall[]): void {
    const { context } = this;
    for (const [outputIndex, call] of calls.entries()) {
      const callId = newId('call');
      const text = JSON.stringify(call.arguments);
      const item: ConversationItem = { id: newId('item'), wire: {} };
      const shape = (status: string, args: string): Json => ({
        id: item.id,
        object: 'realtime.item',
        type: 'function_call',
        status,
        name: call.name,
        call_id: callId,
        arguments: args,
      });
      item.wire = shape('in_progress', '');
      this.openItem(item, outputIndex);
      const ids = { response_id: this.id, item_id: item.id, output_index: outputIndex, call_id: callId };
      for (let at = 0; at < this.partsOf(text.length); at += 16) {
        const delta = text.slice(at, at + 16);
        this.send(wireEvent('response.function_call_arguments.delta', { ...ids, delta }));
      }
      if (this.breaks !== undefined) {
        this.closeOpenItem = () => {
          item.wire = shape('incomplete', '');
          this.itemDone(item, outputIndex, false);
        };
        this.breakOr(() => undefined);
        return;
      }
      context.called(callId);
      const hostAtMs = context.clock.nowMs();
      const made = { ...ids, name: call.name, arguments: text };
      this.send(wireEvent('response.function_call_arguments.done', made));
      // With the same call_id, which is what a board has to notice.
      if (this.has('duplicate')) this.send(wireEvent('response.function_call_arguments.done', made));
      context.log({ type: 'tool-call', responseId: this.id, callId, ...call }, hostAtMs);
      item.wire = shape('completed', text);
      this.itemDone(item, outputIndex, true);
    }
    this.after(context.toolDoneDelayMs, () => this.finish('completed', null));
  }

  private speak(reply: Reply): void {
    const { context, id: responseId } = this;
    const words = reply.clip.transcript.match(/\S+\s*|\S/gu) ?? [];
    const item = this.openMessage('output_audio');
    const ids = { response_id: responseId, item_id: item.id, output_index: 0, content_index: 0 };
    const startedAtHostMs = context.clock.nowMs();
    let transcript = '';
    this.closeOpenItem = (status) => {
      this.send(wireEvent('response.output_audio.done', ids));
      this.send(wireEvent('response.output_audio_transcript.done', { ...ids, transcript }));
      this.closeMessage(item, { type: 'output_audio', transcript }, { type: 'audio', transcript }, status);
    };
    const midway = this.midway(reply);
    const packet = (index: number): void => {
      const fromSample = index * reply.chunkSamples;
      const lengthSamples = Math.min(reply.chunkSamples, reply.lengthSamples - fromSample);
      const share = (part: number): number => Math.round((part * words.length) / reply.packets.length);
      const spoken = words.slice(share(index), share(index + 1)).join('');
      const part = { responseId, item, reply, packet: index, fromSample, lengthSamples };
      context.outlet.say({
        ...part,
        ...(midway !== undefined && { midway }),
        send: (event) => this.send(event),
        sendWords: () => {
          if (spoken === '') return;
          transcript += spoken;
          this.send(wireEvent('response.output_audio_transcript.delta', { ...ids, delta: spoken }));
        },
      });
      this.sentMs = item.audioMs = msOfSamples(fromSample + lengthSamples, reply.rateHz);
      this.said = transcript;
    };
    const { chunkMs, realTimeFactor } = context.pacing;
    const count = this.partsOf(reply.packets.length);
    const speakFrom = (first: number): void => {
      for (let index = first; index < count && !this.finished; index++) {
        const dueAtHostMs = startedAtHostMs + (index * chunkMs) / realTimeFactor;
        if (realTimeFactor > 0 && index > first && dueAtHostMs > context.clock.nowMs()) {
          this.after(dueAtHostMs - context.clock.nowMs(), () => speakFrom(index));
          return;
        }
        packet(index);
      }
      if (this.finished) return;
      this.breakOr(() => {
        this.closeOpenItem?.('completed');
        this.finish('completed', null);
      });
    };
    speakFrom(0);
  }

  /** The faults `audio-stops` and `channel-closes`. */
  private midway({ lengthSamples, rateHz }: Reply): Midway | undefined {
    const stops = this.has('audio-stops');
    if (!stops && !this.has('channel-closes')) return undefined;
    const reached = (): boolean => {
      if (!stops) this.context.loseChannel();
      return stops;
    };
    return { atMs: msOfSamples(lengthSamples, rateHz) / 2, reached };
  }

  private write(reply: Reply): void {
    const item = this.openMessage('output_text');
    const ids = { response_id: this.id, item_id: item.id, output_index: 0, content_index: 0 };
    const deltas = reply.clip.transcript.match(/\S+\s*/gu) ?? [];
    const said = deltas.slice(0, this.partsOf(deltas.length));
    const text = said.join('');
    for (const delta of said) this.send(wireEvent('response.output_text.delta', { ...ids, delta }));
    this.said = text;
    this.closeOpenItem = (status) => {
      this.send(wireEvent('response.output_text.done', { ...ids, text }));
      this.closeMessage(item, { type: 'output_text', text }, { type: 'text', text }, status);
    };
    this.breakOr(() => {
      this.closeOpenItem?.('completed');
      this.finish('completed', null);
    });
  }

  private openMessage(content: 'output_audio' | 'output_text'): ConversationItem {
    const id = newId('item');
    const message = {
      id,
      object: 'realtime.item',
      type: 'message',
      status: 'in_progress',
      role: 'assistant',
    };
    const item: ConversationItem = { id, wire: { ...message, content: [] }, audioMs: 0 };
    this.openItem(item, 0);
    this.send(
      wireEvent('response.content_part.added', {
        response_id: this.id,
        item_id: id,
        output_index: 0,
        content_index: 0,
        part: content === 'output_audio' ? { type: 'audio', transcript: '' } : { type: 'text', text: '' },
      }),
    );
    return item;
  }

  private closeMessage(
    item: ConversationItem,
    content: Json,
    part: Json,
    status: 'completed' | 'incomplete',
  ): void {
    this.closeOpenItem = undefined;
    item.wire = { ...item.wire, status, content: [content] };
    const ids = { response_id: this.id, item_id: item.id, output_index: 0, content_index: 0 };
    this.send(wireEvent('response.content_part.done', { ...ids, part }));
    this.itemDone(item, 0, status === 'completed');
  }

  private openItem(item: ConversationItem, outputIndex: number): void {
    const { context } = this;
    this.output.push(item);
    const response = { response_id: this.id, output_index: outputIndex };
    this.send(wireEvent('response.output_item.added', { ...response, item: item.wire }));
    if (this.request.outOfBand) return;
    const previous = context.conversation.add(item)?.previousId ?? null;
    this.send(wireEvent('conversation.item.added', { previous_item_id: previous, item: item.wire }));
  }

  private itemDone(item: ConversationItem, outputIndex: number, whole: boolean): void {
    const { context } = this;
    if (whole && !this.request.outOfBand) {
      const previous = context.conversation.before(item.id);
      this.send(wireEvent('conversation.item.done', { previous_item_id: previous, item: item.wire }));
    }
    const response = { response_id: this.id, output_index: outputIndex };
    this.send(wireEvent('response.output_item.done', { ...response, item: item.wire }));
  }

  private finish(status: Status, details: Json | null): void {
    if (this.finished) return;
    this.finished = true;
    this.timers.stop();
    this.send(wireEvent('response.done', { response: this.wire(status, details) }));
    this.context.log({ type: 'response-done', responseId: this.id, status });
    this.context.outlet.madeAll(this.id);
    this.context.over(this);
    this.send(rateLimitsEvent());
  }

  private wire(status: Status | 'in_progress', details: Json | null): Json {
    const { request, context } = this;
    return responseObject({
      id: this.id,
      status,
      details,
      output: this.output.map((item) => item.wire),
      conversationId: request.outOfBand ? null : context.conversationId,
      modality: request.modality,
      outputAudio: context.outputAudio,
      metadata: request.metadata,
      inputAudioMs: request.inputAudioMs,
      outputAudioMs: this.sentMs,
      said: this.said,
    });
  }

  /** Runs `delayMs` after response.created, at once when that has passed. */
  private at(delayMs: number, step: () => void): void {
    this.after(delayMs <= 0 ? 0 : this.createdAtHostMs + delayMs - this.context.clock.nowMs(), step);
  }

  private after(delayMs: number, step: () => void): void {
    if (!this.finished) this.timers.after(delayMs, step);
  }
}
