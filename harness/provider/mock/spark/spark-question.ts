import { z } from 'zod';
import { sparkFault, type SparkFault } from './spark-code';

const message = z.object({ role: z.enum(['system', 'user', 'assistant', 'tool']), content: z.string() });

const question = z.object({
  header: z.object({ app_id: z.string().max(8), uid: z.string().max(32).optional() }),
  parameter: z.object({
    chat: z.object({
      domain: z.string(),
      temperature: z.number().gt(0).lte(1).optional(),
      top_k: z.int().min(1).max(6).optional(),
      // 8192 on newer models.
      max_tokens: z.int().min(1).max(8192).optional(),
      chat_id: z.string().optional(),
    }),
  }),
  payload: z.object({
    message: z.object({ text: z.array(message).min(1) }),
    functions: z.object({ text: z.array(z.object({ name: z.string() })) }).optional(),
  }),
});

/** A question as it comes over the WebSocket. */
export interface SparkQuestion {
  readonly appId: string;
  readonly domain: string;
  readonly messages: readonly z.infer<typeof message>[];
  /** Names of the functions that it offers. */
  readonly tools: readonly string[];
  readonly maxTokens?: number;
}

const VALUE_ISSUES: ReadonlySet<string> = new Set(['too_small', 'too_big', 'invalid_value']);

/** Reads a text frame of a client: a question, or the error that it is answered with. */
export function readSparkQuestion(text: string): SparkQuestion | SparkFault {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not ours to mend: the client is told.
    return sparkFault(10003);
  }
  const { success, data, error } = question.safeParse(value);
  if (!success) {
    const [issue] = error.issues;
    const at = issue?.path.join('.') || 'the message';
    return sparkFault(VALUE_ISSUES.has(issue?.code ?? '') ? 10005 : 10004, `See ${at}.`);
  }
  const { header, parameter, payload } = data;
  return {
    appId: header.app_id,
    domain: parameter.chat.domain,
    messages: payload.message.text,
    ...(parameter.chat.max_tokens !== undefined && { maxTokens: parameter.chat.max_tokens }),
    tools: (payload.functions?.text ?? []).map(({ name }) => name),
  };
}

export const isSparkFault = (value: SparkQuestion | SparkFault): value is SparkFault => 'code' in value;
