import { chatBody, chatRefusal, readChunk, readCompletion } from '../chat/chat-codec';
import type { Refusal, RefusalKind } from '../failure';
import type { Attempt } from '../asking';
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

/** How a request shows who asks. */
export interface PanguAccess {
  headersFor(
    request: { readonly url: URL; readonly contentType: string; readonly body: Buffer },
    attempt: Pick<Attempt, 'limits' | 'signal'>,
  ): Promise<Readonly<Record<string, string>>>;
  /** Drops what was refused; true where asking again with something new may help. */
  forget(): boolean;
}

/** With a token of the identity service. */
export const iamAccess = (iam: IamSession): PanguAccess => ({
  headersFor: async (_, attempt) => ({ [IAM_TOKEN_HEADER]: await iam.token(attempt) }),
  forget: () => iam.forget(),
});

const CONTENT_TYPE = 'application/json';

/** Huawei Pangu V1 and V2 (providers.md 6): chat completions, with a token or signed. */
export function panguCodec(
  { url, model }: { readonly url: string; readonly model: string },
  access: PanguAccess,
): HttpCodec {
  return {
    protocol: 'pangu',
    model,
    ...panguWords,
    request: async (question, attempt) => {
      const target = new URL(url);
      // V1 names the model by its path; V2 wants it in the body, and V1 ignores it there.
      const body = Buffer.from(
        JSON.stringify({ ...(url.includes('/v2/') && { model }), ...chatBody(question) }),
      );
      const shown = await access.headersFor({ url: target, contentType: CONTENT_TYPE, body }, attempt);
      return { url: target, headers: { 'content-type': CONTENT_TYPE, ...shown }, body };
    },
    renew: () => access.forget(),
  };
}
