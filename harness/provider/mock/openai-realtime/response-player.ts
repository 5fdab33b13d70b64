import type { Clock, FunctionCall, ScenarioPacing, ScenarioTiming } from '../../../ports';
import { msOfSamples } from '../../../units';
import type { UnstampedEvent } from '../../event-log';
import type { Later } from '../../later';
import type { Delays } from '../../script/delays';
import type { Answer } from '../../script/script';
import { Timers } from '../../timers';
import { REPLY_RATE_HZ, type Reply, type ReplyShelf } from '../reply-shelf';
import type { Json } from '../json/check';
import type { Conversation, ConversationItem } from './conversation';
import { newId } from './ids';
import { responseObject } from './response-object';
import { rateLimitsEvent, wireEvent, type WireEvent } from './wire-events';

/** What one response needs of the session around it. */
export interface PlayerContext {
  readonly clock: Clock;
  readonly timing: ScenarioTiming;
  readonly delays: Delays;
  readonly pacing: ScenarioPacing;
  readonly replies: ReplyShelf;
  readonly conversation: Conversation;
  readonly conversationId: string;
  readonly outputAudio: Json;
  /** Strict race of providers.md 1.3: how long after its events a function-call response stays active. */
  readonly toolDoneDelayMs: number;
  readonly send: (event: WireEvent) => void;
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
    context.send(wireEvent('response.created', { response: this.wire('in_progress', null) }));
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
    const { timing, delays } = this.context;
    if (answer.calls.length > 0) {
      this.at(delays.draw(timing.toolCallMs), () => this.call(answer.calls));
      return;
    }
    const firstAudioMs = delays.draw(timing.firstAudioMs);
    if (answer.say === undefined) this.at(firstAudioMs, () => this.finish('completed', null));
    else {
      const reply = this.context.replies.get(answer.say);
      const say = this.request.modality === 'audio' ? () => this.speak(reply) : () => this.write(reply);
      this.at(firstAudioMs, say);
    }
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
      for (let at = 0; at < text.length; at += 16) {
        const delta = text.slice(at, at + 16);
        context.send(wireEvent('response.function_call_arguments.delta', { ...ids, delta }));
      }
      context.called(callId);
      const hostAtMs = context.clock.nowMs();
      context.send(
        wireEvent('response.function_call_arguments.done', { ...ids, name: call.name, arguments: text }),
      );
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
      context.send(wireEvent('response.output_audio.done', ids));
      context.send(wireEvent('response.output_audio_transcript.done', { ...ids, transcript }));
      this.closeMessage(item, { type: 'output_audio', transcript }, { type: 'audio', transcript }, status);
    };
    const packet = (index: number, delta: string): void => {
      const share = (part: number): number => Math.round((part * words.length) / reply.packets.length);
      const spoken = words.slice(share(index), share(index + 1)).join('');
      if (spoken !== '') {
        transcript += spoken;
        context.send(wireEvent('response.output_audio_transcript.delta', { ...ids, delta: spoken }));
      }
      const fromSample = index * reply.chunkSamples;
      const lengthSamples = Math.min(reply.chunkSamples, reply.lengthSamples - fromSample);
      const event = wireEvent('response.output_audio.delta', { ...ids, delta });
      const hostAtMs = context.clock.nowMs();
      context.send(event);
      const sent = { replyId: reply.clip.id, rateHz: REPLY_RATE_HZ, fromSample, lengthSamples };
      context.log({ type: 'audio-out', responseId, itemId: item.id, ...sent }, hostAtMs);
      this.sentMs = item.audioMs = msOfSamples(fromSample + lengthSamples, REPLY_RATE_HZ);
      this.said = transcript;
    };
    const { chunkMs, realTimeFactor } = context.pacing;
    const speakFrom = (first: number): void => {
      for (let index = first; index < reply.packets.length && !this.finished; index++) {
        const dueAtHostMs = startedAtHostMs + (index * chunkMs) / realTimeFactor;
        if (realTimeFactor > 0 && index > first && dueAtHostMs > context.clock.nowMs()) {
          this.after(dueAtHostMs - context.clock.nowMs(), () => speakFrom(index));
          return;
        }
        packet(index, reply.packets[index] ?? '');
      }
      if (this.finished) return;
      this.closeOpenItem?.('completed');
      this.finish('completed', null);
    };
    speakFrom(0);
  }

  private write(reply: Reply): void {
    const { context } = this;
    const item = this.openMessage('output_text');
    const ids = { response_id: this.id, item_id: item.id, output_index: 0, content_index: 0 };
    const text = reply.clip.transcript;
    for (const delta of text.match(/\S+\s*/gu) ?? []) {
      context.send(wireEvent('response.output_text.delta', { ...ids, delta }));
    }
    this.said = text;
    context.send(wireEvent('response.output_text.done', { ...ids, text }));
    this.closeMessage(item, { type: 'output_text', text }, { type: 'text', text }, 'completed');
    this.finish('completed', null);
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
    this.context.send(
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
    this.context.send(wireEvent('response.content_part.done', { ...ids, part }));
    this.itemDone(item, 0, status === 'completed');
  }

  private openItem(item: ConversationItem, outputIndex: number): void {
    const { context } = this;
    this.output.push(item);
    const response = { response_id: this.id, output_index: outputIndex };
    context.send(wireEvent('response.output_item.added', { ...response, item: item.wire }));
    if (this.request.outOfBand) return;
    const previous = context.conversation.add(item)?.previousId ?? null;
    context.send(wireEvent('conversation.item.added', { previous_item_id: previous, item: item.wire }));
  }

  private itemDone(item: ConversationItem, outputIndex: number, whole: boolean): void {
    const { context } = this;
    if (whole && !this.request.outOfBand) {
      const previous = context.conversation.before(item.id);
      context.send(wireEvent('conversation.item.done', { previous_item_id: previous, item: item.wire }));
    }
    const response = { response_id: this.id, output_index: outputIndex };
    context.send(wireEvent('response.output_item.done', { ...response, item: item.wire }));
  }

  private finish(status: Status, details: Json | null): void {
    if (this.finished) return;
    this.finished = true;
    this.timers.stop();
    this.context.send(wireEvent('response.done', { response: this.wire(status, details) }));
    this.context.log({ type: 'response-done', responseId: this.id, status });
    this.context.over(this);
    this.context.send(rateLimitsEvent());
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
