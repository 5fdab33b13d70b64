import { z } from 'zod';
import { signTc3, type Tc3Keys } from '../../auth/tc3';
import type { Piece } from '../answer-builder';
import { malformed, type Refusal, type RefusalKind } from '../failure';
import { plainRefusal, type AnswerWords, type HttpCodec } from '../http-asker';
import type { Question } from '../live-client';
import type { Usage } from '../live-event';
import { messagesOf } from '../chat/chat-codec';
import { codeText, fieldsOf, shaped } from '../shape';

const said = z.object({
  Content: z.string().nullish(),
  ReasoningContent: z.string().nullish(),
  ToolCalls: z
    .array(
      z.object({
        Id: z.string().nullish(),
        Index: z.number().nullish(),
        Function: z.object({ Name: z.string().nullish(), Arguments: z.string().nullish() }),
      }),
    )
    .nullish(),
});
const usage = z
  .object({ PromptTokens: z.number(), CompletionTokens: z.number(), TotalTokens: z.number() })
  .nullish();
const frame = z.object({
  Choices: z.array(z.object({ FinishReason: z.string().nullish(), Delta: said })),
  Usage: usage,
});
const whole = z.object({
  Response: z.object({
    Choices: z.array(z.object({ FinishReason: z.string().nullish(), Message: said })),
    Usage: usage,
  }),
});

const SERVICE = 'hunyuan';
const VERSION = '2023-09-01';

/** What the codes of Tencent Cloud are about (providers.md 5.4), by how they begin. */
const kinds: readonly (readonly [string, RefusalKind])[] = [
  ['AuthFailure', 'key'],
  ['RequestLimitExceeded', 'limit'],
  ['LimitExceeded', 'limit'],
  ['FailedOperation.EngineServerLimitExceeded', 'limit'],
  ['FailedOperation.FreeResourcePackExhausted', 'quota'],
  ['FailedOperation.ResourcePackExhausted', 'quota'],
  ['FailedOperation.ServiceStop', 'quota'],
  ['FailedOperation.ServiceNotActivated', 'quota'],
  ['FailedOperation.Engine', 'busy'],
  ['InternalError', 'busy'],
  // Of a stream that broke: internal error, and time-out of the model.
  ['4000', 'busy'],
  ['4001', 'busy'],
];

const refusal = (code: string, message: string): Refusal => ({
  kind: kinds.find(([start]) => code.startsWith(start))?.[1] ?? 'other',
  code,
  message,
});

/** Errors come with status 200: inside `Response`, or as a frame of the stream. */
function refusalIn(body: unknown, status: number): Refusal | undefined {
  const { Response, ErrorMsg } = fieldsOf(body);
  const error = fieldsOf(fieldsOf(Response).Error);
  const code = codeText(error.Code);
  if (code !== undefined) return refusal(code, codeText(error.Message) ?? code);
  if (typeof ErrorMsg === 'object' && ErrorMsg !== null) {
    const { Code, Msg } = fieldsOf(ErrorMsg);
    return refusal(codeText(Code) ?? 'unknown', codeText(Msg) ?? 'the stream broke');
  }
  return status === 200 ? undefined : plainRefusal(status, body);
}

const usageOf = (counted: z.infer<typeof usage>): Usage | undefined =>
  counted == null
    ? undefined
    : {
        promptTokens: counted.PromptTokens,
        answerTokens: counted.CompletionTokens,
        totalTokens: counted.TotalTokens,
      };

function piecesOf(
  part: z.infer<typeof said>,
  finish: string | null | undefined,
  counted: z.infer<typeof usage>,
): Piece[] {
  const used = usageOf(counted);
  return [
    ...(part.ReasoningContent == null ? [] : [{ kind: 'reasoning', text: part.ReasoningContent } as const]),
    ...(part.Content == null ? [] : [{ kind: 'answer', text: part.Content } as const]),
    ...(part.ToolCalls ?? []).map((call, place): Piece => ({
      kind: 'call',
      key: call.Index ?? place,
      callId: call.Id ?? undefined,
      name: call.Function.Name ?? undefined,
      argumentsPart: call.Function.Arguments ?? undefined,
    })),
    ...(used === undefined ? [] : [{ kind: 'usage', usage: used } as const]),
    ...(finish == null || finish === '' ? [] : [{ kind: 'finish', reason: finish } as const]),
  ];
}

const bodyOf = (question: Question, model: string): object => ({
  Model: model,
  Messages: messagesOf(question).map(({ role, content }) => ({ Role: role, Content: content })),
  Stream: question.stream,
  ...(question.tools !== undefined &&
    question.tools.length > 0 && {
      Tools: question.tools.map(({ name, description, parameters }) => ({
        Type: 'function',
        Function: {
          Name: name,
          ...(description === undefined ? {} : { Description: description }),
          Parameters: JSON.stringify(parameters),
        },
      })),
    }),
});

export const hunyuanWords: AnswerWords = {
  framing: 'sse',
  readFrame: (message) => {
    const { Choices, Usage } = shaped(frame, message);
    const [first] = Choices;
    if (first === undefined) return Usage == null ? [] : piecesOf({}, undefined, Usage);
    return piecesOf(first.Delta, first.FinishReason, Usage);
  },
  readAnswer: (body) => {
    const { Choices, Usage } = shaped(whole, body).Response;
    const [first] = Choices;
    if (first === undefined) throw malformed('Response.Choices of the answer: empty; expected one', 200);
    return piecesOf(first.Message, first.FinishReason ?? 'stop', Usage);
  },
  refusalIn,
};

/** Tencent Hunyuan's ChatCompletions, signed by TC3 (providers.md 5). A stream ends with its body. */
export function hunyuanCodec(
  service: { readonly url: string; readonly model: string },
  keys: Tc3Keys,
  unixNowMs: () => number,
): HttpCodec {
  const url = new URL(service.url);
  const { model } = service;
  return {
    protocol: 'hunyuan',
    model,
    ...hunyuanWords,
    request: (question) => {
      const body = JSON.stringify(bodyOf(question, model));
      const timestamp = Math.floor(unixNowMs() / 1000);
      const signed = { 'content-type': 'application/json', host: url.host };
      const signedHeaders = ['content-type', 'host'];
      return {
        url,
        headers: {
          ...signed,
          authorization: signTc3({ method: 'POST', headers: signed, signedHeaders, body }, keys, {
            timestamp,
            service: SERVICE,
          }),
          'x-tc-action': 'ChatCompletions',
          'x-tc-version': VERSION,
          'x-tc-timestamp': String(timestamp),
        },
        body: Buffer.from(body),
      };
    },
  };
}
