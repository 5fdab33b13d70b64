import { chatBody, chatRefusal, readChunk, readCompletion } from '../chat/chat-codec';
import type { Refusal, RefusalKind } from '../failure';
import type { AnswerWords, HttpCodec } from '../http-asker';
import { codeText, fieldsOf } from '../shape';
import { IAM_TOKEN_HEADER } from '../../auth/iam-token';
import type { IamSession } from './iam-session';

/** What the codes of the service and its gateway are about (providers.md 6.3). */
const kinds: readonly (readonly [RegExp, RefusalKind])[] = [
  [/^APIGW?\.03\d\d$|^PANGU\.001[12]$/, 'key'],
  [/^PANGU\.3267$|^APIGW?\.0308$/, 'limit'],
  [/^PANGU\.(0001|0031|3259)$/, 'busy'],
];

/** What an error body says: `{error_code,error_msg}` of service and gateway, or one of OpenAI's shape. */
export function panguRefusal(body: unknown, status: number): Refusal | undefined {
  const { error_code: code, error_msg: message } = fieldsOf(body);
  const own = codeText(code);
  if (own === undefined) return chatRefusal(body, status);
  const kind = kinds.find(([pattern]) => pattern.test(own))?.[1] ?? 'other';
  return { kind, code: own, message: codeText(message) ?? own };
}

export const panguWords: AnswerWords = {
  framing: 'sse',
  terminator: '[DONE]',
  readFrame: (frame) => readChunk(frame, ['message', 'delta']),
  readAnswer: readCompletion,
  refusalIn: panguRefusal,
};

/** Huawei Pangu V1 and V2 (providers.md 6): chat completions with a token of the identity service. */
export function panguCodec(
  { url, model }: { readonly url: string; readonly model: string },
  iam: IamSession,
): HttpCodec {
  return {
    protocol: 'pangu',
    model,
    ...panguWords,
    request: async (question, attempt) => ({
      url: new URL(url),
      headers: {
        'content-type': 'application/json',
        [IAM_TOKEN_HEADER]: await iam.token(attempt),
      },
      body: Buffer.from(
        // V1 names the model by its path; V2 wants it in the body, and V1 ignores it there.
        JSON.stringify({ ...(url.includes('/v2/') && { model }), ...chatBody(question) }),
      ),
    }),
    renew: () => iam.forget(),
  };
}
