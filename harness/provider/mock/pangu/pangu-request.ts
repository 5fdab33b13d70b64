import { z } from 'zod';
import { panguFault, type PanguFault } from './pangu-fault';

const message = z.object({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string().nullish(),
  tool_call_id: z.string().optional(),
});

const request = z.object({
  messages: z.array(message).min(1),
  // Of V2 only.
  model: z.string().optional(),
  user: z.string().optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  max_tokens: z.int().optional(),
  n: z.int().min(1).optional(),
  presence_penalty: z.number().min(-2).max(2).optional(),
  frequency_penalty: z.number().min(-2).max(2).optional(),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).optional(),
});

/** What a chat is asked. */
export interface PanguRequest {
  readonly model?: string;
  readonly messages: readonly z.infer<typeof message>[];
  readonly stream: boolean;
  /** Names of the functions that it offers. */
  readonly tools: readonly string[];
  readonly maxTokens?: number;
}

/** Reads the body of a chat: the request, or the refusal that it is answered with. */
export function readPanguRequest(body: string): PanguRequest | PanguFault {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Not ours to mend: the client is told.
    return panguFault('PANGU.0010', 'The body is no JSON text.');
  }
  const { success, data, error } = request.safeParse(value);
  if (!success) {
    const path = error.issues[0]?.path ?? [];
    const at = path.join('.') || 'the body';
    const owner = path
      .slice(0, -1)
      .reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], value);
    const last = path.at(-1);
    const isMissing = last !== undefined && (owner as Record<PropertyKey, unknown>)[last] === undefined;
    return panguFault(isMissing ? 'PANGU.3278' : 'PANGU.0010', `See ${at.slice(0, 64)}.`);
  }
  if (data.max_tokens !== undefined && data.max_tokens < 1) return panguFault('PANGU.3317');
  return {
    ...(data.model !== undefined && { model: data.model }),
    messages: data.messages,
    stream: data.stream ?? false,
    ...(data.max_tokens !== undefined && { maxTokens: data.max_tokens }),
    tools: (data.tools ?? []).map(({ function: { name } }) => name),
  };
}

export const isPanguFault = (value: PanguRequest | PanguFault): value is PanguFault => 'status' in value;
