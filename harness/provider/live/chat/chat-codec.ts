import { z } from 'zod';
import type { ProviderProtocol } from '../../../ports';
import type { Piece } from '../answer-builder';
import { malformed, type Refusal, type RefusalKind } from '../failure';
import { kindOfStatus, plainRefusal, type AnswerWords, type HttpCodec } from '../http-asker';
import type { Question } from '../live-client';
import type { Usage } from '../live-event';
import { codeText, fieldsOf, shaped } from '../shape';

const said = z.object({
  content: z.string().nullish(),
  reasoning_content: z.string().nullish(),
  tool_calls: z
    .array(
      z.object({
        index: z.number().nullish(),
        id: z.string().nullish(),
        function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});
const usage = z
  .object({
    prompt_tokens: z.number().nullish(),
    completion_tokens: z.number().nullish(),
    total_tokens: z.number().nullish(),
  })
  .nullish();
const choice = z.object({
  delta: said.nullish(),
  message: said.nullish(),
  finish_reason: z.string().nullish(),
});
const chunk = z.object({ choices: z.array(choice), usage });

/** The messages of a question, oldest first. */
export const messagesOf = ({
  history = [],
  text,
}: Question): { readonly role: string; readonly content: string }[] => [
  ...history.map(({ role, content }) => ({ role, content })),
  { role: 'user', content: text },
];

/** The body of a chat completion (providers.md 3.2), without the model. */
export const chatBody = (question: Question): Record<string, unknown> => ({
  messages: messagesOf(question),
  stream: question.stream,
  ...(question.tools !== undefined &&
    question.tools.length > 0 && {
      tools: question.tools.map((tool) => ({ type: 'function', function: tool })),
    }),
});

const usageOf = (counted: z.infer<typeof usage>): Usage | undefined =>
  counted == null
    ? undefined
    : {
        ...(counted.prompt_tokens == null ? {} : { promptTokens: counted.prompt_tokens }),
        ...(counted.completion_tokens == null ? {} : { answerTokens: counted.completion_tokens }),
        ...(counted.total_tokens == null ? {} : { totalTokens: counted.total_tokens }),
      };

function piecesOf(part: z.infer<typeof said>): Piece[] {
  const { content, reasoning_content: reasoning, tool_calls: calls } = part;
  return [
    ...(reasoning == null ? [] : [{ kind: 'reasoning', text: reasoning } as const]),
    ...(content == null ? [] : [{ kind: 'answer', text: content } as const]),
    ...(calls ?? []).map((call, place): Piece => ({
      kind: 'call',
      key: call.index ?? place,
      callId: call.id ?? undefined,
      name: call.function?.name ?? undefined,
      argumentsPart: call.function?.arguments ?? undefined,
    })),
  ];
}

/** Where a protocol puts the increment: OpenAI's kind in `delta`, Pangu V1 in `message` (providers.md 6.2). */
export type IncrementField = 'delta' | 'message';

/** The pieces of one chunk of a streamed completion. Chunks without choices carry usage only. */
export function readChunk(frame: unknown, fields: readonly IncrementField[]): Piece[] {
  const { choices, usage: counted } = shaped(chunk, frame);
  const used = usageOf(counted);
  const [first] = choices;
  if (first === undefined) return used === undefined ? [] : [{ kind: 'usage', usage: used }];
  const part = fields.map((field) => first[field]).find((found) => found != null);
  if (part == null && first.finish_reason == null) {
    throw malformed(`choices.0 of the answer: expected ${fields.join(' or ')}`, 200);
  }
  return [
    ...(part == null ? [] : piecesOf(part)),
    ...(used === undefined ? [] : [{ kind: 'usage', usage: used } as const]),
    ...(first.finish_reason == null ? [] : [{ kind: 'finish', reason: first.finish_reason } as const]),
  ];
}

/** The pieces of a completion that came in one body. */
export function readCompletion(body: unknown): Piece[] {
  const { choices, usage: counted } = shaped(chunk, body);
  const [first] = choices;
  if (first === undefined) throw malformed('choices of the answer: empty; expected one', 200);
  if (first.message == null) throw malformed('choices.0.message of the answer: missing', 200);
  const used = usageOf(counted);
  return [
    ...piecesOf(first.message),
    ...(used === undefined ? [] : [{ kind: 'usage', usage: used } as const]),
    { kind: 'finish', reason: first.finish_reason ?? 'stop' },
  ];
}

const quotaCodes: ReadonlySet<string> = new Set(['insufficient_quota', '30001']);

function kindOf(status: number, code: string | undefined): RefusalKind {
  if (code === 'invalid_api_key') return 'key';
  if (code !== undefined && quotaCodes.has(code)) return 'quota';
  if (code === 'rate_limit_exceeded') return 'limit';
  return kindOfStatus(status);
}

/**
 * What an error body says, in any shape of the family: `{error:{…}}`, `{error:"…"}`, `{code,message}`, a JSON string, plain
 * text (providers.md 3.4). Undefined for a body with status 200 that is none of these.
 */
export function chatRefusal(body: unknown, status: number): Refusal | undefined {
  const fields = fieldsOf(body);
  if (typeof fields.error === 'string') {
    return { kind: kindOf(status, undefined), message: fields.error };
  }
  if (typeof fields.error === 'object' && fields.error !== null) {
    const inner = fieldsOf(fields.error);
    const code = codeText(inner.code) ?? codeText(inner.type);
    return {
      kind: kindOf(status, code),
      code,
      message: codeText(inner.message) ?? 'error without a message',
    };
  }
  const message = codeText(fields.message);
  if (message !== undefined && !('choices' in fields)) {
    const code = codeText(fields.code);
    return { kind: kindOf(status, code), code, message };
  }
  return status === 200 ? undefined : plainRefusal(status, body);
}

export const chatWords: AnswerWords = {
  framing: 'sse',
  terminator: '[DONE]',
  readFrame: (frame) => readChunk(frame, ['delta']),
  readAnswer: readCompletion,
  refusalIn: chatRefusal,
};

export interface ChatService {
  readonly protocol: ProviderProtocol;
  readonly url: string;
  readonly model: string;
}

/** Chat completions as OpenAI, SiliconFlow, DeepSeek and the twin of Hunyuan serve them (providers.md 3, 5.1). */
export function chatCodec(service: ChatService, apiKey: string): HttpCodec {
  const { protocol, model } = service;
  const url = new URL(service.url);
  return {
    protocol,
    model,
    ...chatWords,
    request: (question) => ({
      url,
      headers: {
        'content-type': 'application/json',
        accept: question.stream ? 'text/event-stream' : 'application/json',
        authorization: `Bearer ${apiKey}`,
      },
      body: Buffer.from(
        JSON.stringify({
          model,
          ...chatBody(question),
          // Without it OpenAI counts no tokens of a streamed answer.
          ...(question.stream && { stream_options: { include_usage: true } }),
        }),
      ),
    }),
  };
}
