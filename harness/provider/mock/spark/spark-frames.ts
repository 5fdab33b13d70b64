import { randomBytes } from 'node:crypto';
import type { FunctionCall } from '../../../ports';
import type { SparkFault } from './spark-code';

/** What a question and its answer cost, as the last frame says. */
export interface SparkUsage {
  readonly promptTokens: number;
  readonly completionTokens: number;
}

/** One piece of an answer: some text, or function calls. */
export type SparkPiece = { readonly content: string } | { readonly calls: readonly FunctionCall[] };

/** A session id in the shape of the service's: `cht…@dx…` over WebSocket, `cha…@dx…` over HTTP. */
export const newSparkSid = (kind: 'cht' | 'cha'): string =>
  `${kind}${randomBytes(4).toString('hex')}@dx${randomBytes(8).toString('hex')}`;

/** The numbers of the last frame over HTTP. */
export const sparkHttpUsage = ({ promptTokens, completionTokens }: SparkUsage): object => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

/**
 * A frame of an answer. `status` is 0 for the first, 1 in between, 2 for the last, which is the only one to have `usage`; an
 * answer of one frame has status 2. `seq` counts from 0.
 */
export function sparkFrame(frame: {
  readonly sid: string;
  readonly status: 0 | 1 | 2;
  readonly seq: number;
  readonly piece: SparkPiece;
  readonly usage?: SparkUsage;
}): string {
  const { sid, status, seq, piece, usage } = frame;
  const text =
    'content' in piece
      ? [{ content: piece.content, role: 'assistant', index: 0 }]
      : piece.calls.map((call, index) => ({
          content: '',
          role: 'assistant',
          function_call: { name: call.name, arguments: JSON.stringify(call.arguments) },
          index,
        }));
  return JSON.stringify({
    header: { code: 0, message: 'Success', sid, status },
    payload: {
      choices: { status, seq, text },
      ...(usage && {
        usage: { text: { question_tokens: usage.promptTokens, ...sparkHttpUsage(usage) } },
      }),
    },
  });
}

/** The frame that ends a conversation in an error; it has no payload. */
export const sparkErrorFrame = (sid: string, { code, message }: SparkFault): string =>
  JSON.stringify({ header: { code, message, sid, status: 2 } });
