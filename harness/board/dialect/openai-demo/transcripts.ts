import { unescaped } from '../json-escapes';

/** One utterance is printed for each event that carries it, up to five times (device.md section 9.4). */
const REPEATS_WITHIN_MS = 2000;

/**
 * Keys and values of the service's events. Where a transcript is null, the firmware takes the next quoted word for it, and such words
 * are none that anybody says as a whole reply.
 */
const keyLike: ReadonlySet<string> = new Set([
  'arguments',
  'assistant',
  'audio',
  'call_id',
  'channel',
  'completed',
  'content',
  'content_index',
  'conversation_id',
  'delta',
  'event_id',
  'format',
  'id',
  'in_progress',
  'input_audio',
  'item',
  'item_id',
  'logprobs',
  'max_output_tokens',
  'message',
  'metadata',
  'modalities',
  'name',
  'object',
  'output',
  'output_audio',
  'output_index',
  'output_modalities',
  'output_text',
  'part',
  'phase',
  'previous_item_id',
  'realtime.item',
  'realtime.response',
  'response',
  'response_id',
  'role',
  'status',
  'status_details',
  'temperature',
  'text',
  'token',
  'transcript',
  'type',
  'usage',
  'user',
  'voice',
]);

/**
 * A reader of what stands behind `Transcript: `; gives undefined for what is no reply of its own: a repetition of the one before
 * within 2 s, an empty one, or a word of the event around it.
 */
export function transcriptReader(): (printed: string, hostAtMs: number) => string | undefined {
  let latest: { readonly text: string; readonly hostAtMs: number } | undefined;
  return (printed, hostAtMs) => {
    const text = unescaped(printed.trim()).trim();
    if (text === '' || keyLike.has(text)) return undefined;
    const isRepetition = latest?.text === text && hostAtMs - latest.hostAtMs <= REPEATS_WITHIN_MS;
    latest = { text, hostAtMs };
    return isRepetition ? undefined : text;
  };
}
