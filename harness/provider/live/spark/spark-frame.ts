import { z } from 'zod';
import type { Piece } from '../answer-builder';
import type { Refusal, RefusalKind } from '../failure';
import { shaped } from '../shape';

const header = z.object({
  header: z.object({ code: z.number(), message: z.string().nullish(), sid: z.string().nullish() }),
});
const frame = z.object({
  payload: z.object({
    choices: z.object({
      status: z.number(),
      text: z.array(
        z.object({
          content: z.string().nullish(),
          reasoning_content: z.string().nullish(),
          function_call: z.object({ name: z.string(), arguments: z.string() }).nullish(),
        }),
      ),
    }),
    usage: z
      .object({
        text: z.object({
          prompt_tokens: z.number(),
          completion_tokens: z.number(),
          total_tokens: z.number(),
        }),
      })
      .nullish(),
  }),
});

/** `choices.status` of the last frame. */
const LAST = 2;

/** What Spark's codes are about (providers.md 4.4). */
function kindOf(code: number): RefusalKind {
  if ([10013, 10014, 10019, 10021].includes(code)) return 'blocked';
  if ([10015, 10016].includes(code)) return 'key';
  if ([11200, 11201].includes(code)) return 'quota';
  if ([11202, 11203].includes(code)) return 'limit';
  if ((code >= 10006 && code <= 10012) || [10110, 10222].includes(code)) return 'busy';
  return 'other';
}

/** What one frame of Spark holds. */
export type SparkFrame =
  | { readonly refusal: Refusal }
  | {
      readonly refusal?: undefined;
      readonly pieces: readonly Piece[];
      /** Nothing follows it. */
      readonly isLast: boolean;
    };

/**
 * Reads a frame of an answer (providers.md 4.4).
 * @throws FailedAttempt when it has another shape.
 */
export function readSparkFrame(message: unknown): SparkFrame {
  const { code, message: said } = shaped(header, message).header;
  if (code !== 0)
    return {
      refusal: { kind: kindOf(code), code: String(code), message: said ?? 'error without a message' },
    };
  const { choices, usage } = shaped(frame, message).payload;
  const pieces = choices.text.flatMap((part, place): Piece[] => [
    ...(part.reasoning_content == null ? [] : [{ kind: 'reasoning', text: part.reasoning_content } as const]),
    ...(part.content == null ? [] : [{ kind: 'answer', text: part.content } as const]),
    ...(part.function_call == null
      ? []
      : [
          {
            kind: 'call',
            key: place,
            name: part.function_call.name,
            argumentsPart: part.function_call.arguments,
          } as const,
        ]),
  ]);
  if (usage != null) {
    const { prompt_tokens, completion_tokens, total_tokens } = usage.text;
    const counted = {
      promptTokens: prompt_tokens,
      answerTokens: completion_tokens,
      totalTokens: total_tokens,
    };
    pieces.push({ kind: 'usage', usage: counted });
  }
  return { pieces, isLast: choices.status === LAST };
}
