import type { UnstampedEvent } from '../../event-log';
import type { Heard } from '../../hearing/heard';
import { Later } from '../../later';
import type { Fault, Json } from '../json/check';
import type { Conversation, ConversationItem } from './conversation';
import { newId } from './ids';
import { wireEvent, type WireEvent } from './wire-events';

/** What the items of a session need of it. */
export interface ItemsContext {
  readonly conversation: Conversation;
  /** The prompt whose words a typed message has. */
  readonly typed: (text: string) => Heard;
  readonly send: (event: WireEvent) => void;
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
  /** The user typed something. */
  readonly heard: (heard: Later<Heard>) => void;
  /** The board answered a call. */
  readonly toolOutput: (callId: string) => void;
}

/** What a client does to the items of its conversation: reference/providers.md 2.7. */
export class ConversationItems {
  constructor(private readonly context: ItemsContext) {}

  /** Adds an item of the client or of its microphone and announces it; a fault when `after` is unknown. */
  add(item: ConversationItem, after?: string | null): Fault | undefined {
    const { conversation, send } = this.context;
    const place = conversation.add(item, after);
    if (place === undefined) return notFound(after ?? '', 'previous_item_id');
    const fields = { previous_item_id: place.previousId, item: item.wire };
    send(wireEvent('conversation.item.added', fields));
    send(wireEvent('conversation.item.done', fields));
    return undefined;
  }

  create(event: Json, arrivedAtHostMs: number): Fault | undefined {
    const { context } = this;
    const wanted = event.item as Json;
    const id = typeof wanted.id === 'string' ? wanted.id : newId('item');
    if (context.conversation.get(id) !== undefined) {
      const message = `Item with id '${id}' already exists.`;
      return { code: 'invalid_value', message, param: 'item.id' };
    }
    const wire = { object: 'realtime.item', status: 'completed', ...withoutSound(wanted), id };
    const unknown = this.add({ id, wire }, event.previous_item_id as string | null | undefined);
    if (unknown) return unknown;
    if (wanted.type === 'function_call_output') {
      const callId = wanted.call_id as string;
      context.toolOutput(callId);
      context.log({ type: 'tool-output', callId, output: wanted.output as string }, arrivedAtHostMs);
    } else if (wanted.type === 'message' && wanted.role === 'user') {
      const parts = wanted.content as readonly Json[];
      const text = parts.map((part) => (typeof part.text === 'string' ? part.text : '')).join(' ');
      context.heard(Later.of(context.typed(text)));
    }
    return undefined;
  }

  retrieve(id: string): Fault | undefined {
    const item = this.context.conversation.get(id);
    if (item === undefined) return notFound(id, 'item_id');
    this.context.send(wireEvent('conversation.item.retrieved', { item: item.wire }));
    return undefined;
  }

  delete(id: string): Fault | undefined {
    if (!this.context.conversation.delete(id)) return notFound(id, 'item_id');
    this.context.send(wireEvent('conversation.item.deleted', { item_id: id }));
    return undefined;
  }

  truncate(event: Json): Fault | undefined {
    const itemId = event.item_id as string;
    const audioEndMs = event.audio_end_ms as number;
    const item = this.context.conversation.get(itemId);
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
    this.context.send(wireEvent('conversation.item.truncated', fields));
    this.context.log({ type: 'truncated', itemId, audioEndMs });
    return undefined;
  }
}

/** Audio bytes are not echoed: reference/providers.md 2.8. */
function withoutSound(item: Json): Json {
  if (!Array.isArray(item.content)) return item;
  const content = (item.content as readonly Json[]).map((part) =>
    Object.fromEntries(Object.entries(part).filter(([name]) => name !== 'audio')),
  );
  return { ...item, content };
}

const notFound = (id: string, param: string): Fault => ({
  code: 'item_not_found',
  message: `Item with id '${id}' not found.`,
  param,
});
