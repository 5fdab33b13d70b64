import { z } from 'zod';
import type { Piece } from '../answer-builder';
import type { Refusal } from '../failure';
import { plainRefusal, type AnswerWords, type HttpCodec } from '../http-asker';
import { fieldsOf, shaped } from '../shape';
import { messagesOf } from '../chat/chat-codec';

const counted = {
  done: z.boolean(),
  done_reason: z.string().nullish(),
  load_duration: z.number().nullish(),
  prompt_eval_count: z.number().nullish(),
  eval_count: z.number().nullish(),
};
const generated = z.object({ response: z.string(), thinking: z.string().nullish(), ...counted });
const chatted = z.object({
  message: z.object({
    content: z.string(),
    thinking: z.string().nullish(),
    tool_calls: z
      .array(
        z.object({ function: z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()) }) }),
      )
      .nullish(),
  }),
  ...counted,
});
type Line = z.infer<typeof chatted> | z.infer<typeof generated>;

const NS_PER_MS = 1e6;

function read(frame: unknown): Piece[] {
  const message: Line = 'message' in fieldsOf(frame) ? shaped(chatted, frame) : shaped(generated, frame);
  const [text, thinking] =
    'message' in message
      ? [message.message.content, message.message.thinking]
      : [message.response, message.thinking];
  const calls = 'message' in message ? (message.message.tool_calls ?? []) : [];
  return [
    ...(thinking == null ? [] : [{ kind: 'reasoning', text: thinking } as const]),
    { kind: 'answer', text },
    ...calls.map(({ function: { name, arguments: given } }, place): Piece => ({
      kind: 'call',
      key: `${name}-${place}`,
      name,
      argumentsPart: JSON.stringify(given),
    })),
    ...(message.done ? ended(message) : []),
  ];
}

function ended(message: Line): Piece[] {
  const { prompt_eval_count: prompt, eval_count: answer, load_duration: loadNs } = message;
  return [
    {
      kind: 'usage',
      usage: {
        ...(prompt == null ? {} : { promptTokens: prompt }),
        ...(answer == null ? {} : { answerTokens: answer }),
        ...(prompt == null || answer == null ? {} : { totalTokens: prompt + answer }),
        ...(loadNs == null ? {} : { loadMs: loadNs / NS_PER_MS }),
      },
    },
    { kind: 'finish', reason: message.done_reason ?? 'stop' },
  ];
}

function refusalIn(body: unknown, status: number): Refusal | undefined {
  const { error } = fieldsOf(body);
  if (typeof error === 'string') {
    return { ...plainRefusal(status, error), kind: status === 503 ? 'busy' : 'other' };
  }
  return status === 200 ? undefined : plainRefusal(status, body);
}

export const ollamaWords: AnswerWords = { framing: 'ndjson', readFrame: read, readAnswer: read, refusalIn };

/**
 * Ollama (providers.md 7): `/api/generate` for a bare question, `/api/chat` beside it where a history or functions go with
 * it, which the former cannot carry.
 */
export function ollamaCodec({ url, model }: { readonly url: string; readonly model: string }): HttpCodec {
  return {
    protocol: 'ollama',
    model,
    ...ollamaWords,
    request: (question) => {
      const { text, history = [], tools = [], stream } = question;
      const bare = history.length === 0 && tools.length === 0;
      const asked = bare
        ? { prompt: text }
        : {
            messages: messagesOf(question),
            ...(tools.length > 0 && { tools: tools.map((tool) => ({ type: 'function', function: tool })) }),
          };
      return {
        url: new URL(bare ? url : url.replace(/\/generate$/, '/chat')),
        headers: { 'content-type': 'application/json' },
        body: Buffer.from(JSON.stringify({ model, ...asked, stream })),
      };
    },
  };
}
