import { z } from 'zod';

const toolCall = z.object({
  Id: z.string(),
  Type: z.string().optional(),
  Function: z.object({ Name: z.string(), Arguments: z.string() }),
});

const message = z.object({
  Role: z.enum(['system', 'user', 'assistant', 'tool']),
  Content: z.string().optional(),
  Contents: z.array(z.unknown()).optional(),
  ToolCallId: z.string().optional(),
  ToolCalls: z.array(toolCall).optional(),
});

const tool = z.object({
  Type: z.literal('function').optional(),
  Function: z.object({ Name: z.string(), Parameters: z.string(), Description: z.string().optional() }),
});

const flag = z.boolean().optional();

/** Longest conversation, whichever way the service is asked. */
export const MOST_MESSAGES = 40;

// All fields of the official SDK's ChatCompletionsRequest (4.1.188); any other is an unknown parameter.
const request = z.strictObject({
  Model: z.string(),
  Messages: z.array(message).min(1).max(MOST_MESSAGES),
  Stream: flag,
  StreamModeration: flag,
  TopP: z.number().min(0).max(1).optional(),
  Temperature: z.number().min(0).max(2).optional(),
  EnableEnhancement: flag,
  Tools: z.array(tool).optional(),
  ToolChoice: z.enum(['none', 'auto', 'custom']).optional(),
  CustomTool: tool.optional(),
  SearchInfo: flag,
  Citation: flag,
  EnableSpeedSearch: flag,
  EnableMultimedia: flag,
  EnableDeepSearch: flag,
  Seed: z.int().optional(),
  ForceSearchEnhancement: flag,
  Stop: z.array(z.string()).optional(),
  EnableRecommendedQuestions: flag,
  EnableDeepRead: flag,
  WebSearchOptions: z.object({}).optional(),
  TopicChoice: z.string().optional(),
  EnableThinking: flag,
});

/** What `ChatCompletions` is asked. */
export interface HunyuanRequest {
  readonly model: string;
  readonly messages: readonly z.infer<typeof message>[];
  readonly stream: boolean;
  /** Names of the functions that it offers. */
  readonly tools: readonly string[];
  readonly stop: readonly string[];
  /** Whether the thought before the answer is to be shown. */
  readonly thinks: boolean;
}

/** An error in the service's words (reference/providers.md 5.4); the message is ours. */
export interface HunyuanFault {
  readonly code: string;
  readonly message: string;
}

const VALUE_ISSUES: ReadonlySet<string> = new Set(['too_small', 'too_big', 'invalid_value']);

function faultOf(issue: z.core.$ZodIssue | undefined, value: unknown): HunyuanFault {
  const at = issue?.path.join('.') ?? '';
  if (issue?.code === 'unrecognized_keys')
    return {
      code: 'UnknownParameter',
      message: `The parameter \`${issue.keys[0]?.slice(0, 64)}\` is not known.`,
    };
  const owner = (issue?.path ?? [])
    .slice(0, -1)
    .reduce<unknown>((inner, key) => (inner as Record<PropertyKey, unknown>)[key], value);
  const last = issue?.path.at(-1);
  if (last !== undefined && (owner as Record<PropertyKey, unknown>)[last] === undefined)
    return { code: 'MissingParameter', message: `The parameter \`${at}\` is missing.` };
  return {
    code: VALUE_ISSUES.has(issue?.code ?? '') ? 'InvalidParameterValue' : 'InvalidParameter',
    message: `The parameter \`${at.slice(0, 64)}\` is not valid.`,
  };
}

/**
 * What stands out of turn where who speaks when is not as the service wants it: a system message first if any, then user and
 * assistant alternating, user or tool last. Undefined when all is well.
 */
export function outOfTurn(roles: readonly z.infer<typeof message>['Role'][]): string | undefined {
  const spoken = roles[0] === 'system' ? roles.slice(1) : roles;
  const wrong = spoken.findIndex((role, index) => {
    const before = spoken[index - 1];
    switch (role) {
      case 'system':
        return true;
      case 'user':
        return before === 'user';
      case 'assistant':
        return before === undefined || before === 'assistant';
      case 'tool':
        return before !== 'assistant' && before !== 'tool';
    }
  });
  const last = spoken.at(-1);
  if (wrong < 0 && (last === 'user' || last === 'tool')) return undefined;
  return wrong < 0 ? `${last ?? 'nothing'} comes last` : `${spoken[wrong]} stands out of turn`;
}

function orderFault(messages: HunyuanRequest['messages']): HunyuanFault | undefined {
  const seen = outOfTurn(messages.map(({ Role }) => Role));
  if (seen === undefined) return undefined;
  const message = `The roles of \`Messages\` have to alternate and to end with user or tool; ${seen}.`;
  return { code: 'InvalidParameterValue', message };
}

/** Reads the body of `ChatCompletions`: the request, or the error that it is answered with. */
export function readHunyuanRequest(body: string): HunyuanRequest | HunyuanFault {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Not ours to mend: the client is told.
    return { code: 'InvalidParameter', message: 'The body is no JSON text.' };
  }
  const { success, data, error } = request.safeParse(value);
  if (!success) return faultOf(error.issues[0], value);
  const { Model, Messages, Stream, Tools = [], CustomTool, ToolChoice, Stop = [], EnableThinking } = data;
  const tools = [...Tools, ...(CustomTool === undefined ? [] : [CustomTool])];
  return (
    orderFault(Messages) ?? {
      model: Model,
      messages: Messages,
      stream: Stream ?? false,
      tools: ToolChoice === 'none' ? [] : tools.map(({ Function: { Name } }) => Name),
      stop: Stop,
      thinks: EnableThinking ?? true,
    }
  );
}

export const isHunyuanFault = (value: HunyuanRequest | HunyuanFault): value is HunyuanFault =>
  'code' in value;
