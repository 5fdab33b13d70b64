import {
  either,
  flag,
  isObject,
  listOf,
  nullable,
  numberIn,
  oneOf,
  openObject,
  text,
  type Check,
  type Fault,
  type Json,
} from '../json/check';
import type { WrittenMessage } from '../text/respondent';

/** A request for a chat completion, read and checked (reference/providers.md 3.2). */
export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly WrittenMessage[];
  readonly stream: boolean;
  /** `stream_options.include_usage`. */
  readonly includeUsage: boolean;
  /** `stream_options.include_obfuscation`: true unless refused. */
  readonly includeObfuscation: boolean;
  /** Names of the functions that may be called; none when `tool_choice` says so. */
  readonly tools: readonly string[];
  readonly maxTokens: number | undefined;
  readonly stop: readonly string[];
  /** What the client says about thinking (DeepSeek, SiliconFlow); undefined: nothing. */
  readonly thinking: boolean | undefined;
}

const toolCall = openObject(
  { id: text, type: oneOf('function'), function: openObject({ name: text, arguments: text }, ['name']) },
  ['id', 'function'],
);
const message = openObject(
  {
    role: oneOf('system', 'developer', 'user', 'assistant', 'tool', 'function'),
    content: nullable(either(text, listOf(openObject({ type: text }, ['type'])))),
    tool_calls: nullable(listOf(toolCall)),
    tool_call_id: nullable(text),
  },
  ['role'],
);
const tool = openObject(
  { type: oneOf('function'), function: openObject({ name: text, description: nullable(text) }, ['name']) },
  ['type', 'function'],
);
const tokenCount = nullable(numberIn('integer', 1, 10_000_000));
const penalty = nullable(numberIn('decimal', -2, 2));
const atLeastOne =
  (check: Check): Check =>
  (value, path) =>
    Array.isArray(value) && value.length === 0
      ? {
          code: 'empty_array',
          message: `Invalid '${path}': empty array. Expected an array with minimum length 1.`,
          param: path,
        }
      : check(value, path);

const checkRequest = openObject(
  {
    model: text,
    messages: atLeastOne(listOf(message)),
    stream: nullable(flag),
    stream_options: nullable(openObject({ include_usage: flag, include_obfuscation: flag })),
    max_tokens: tokenCount,
    max_completion_tokens: tokenCount,
    temperature: nullable(numberIn('decimal', 0, 2)),
    top_p: nullable(numberIn('decimal', 0, 1)),
    frequency_penalty: penalty,
    presence_penalty: penalty,
    // This mock answers once; asking for more would be misunderstood.
    n: nullable(numberIn('integer', 1, 1)),
    stop: nullable(either(text, listOf(text))),
    tools: nullable(listOf(tool)),
    tool_choice: nullable(either(oneOf('none', 'auto', 'required'), openObject({ type: text }, ['type']))),
    enable_thinking: nullable(flag),
    thinking: nullable(openObject({ type: text }, ['type'])),
  },
  ['model', 'messages'],
);

const textOf = (content: unknown): string => {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  const parts = (content as readonly unknown[]).map((part) =>
    isObject(part) && typeof part.text === 'string' ? part.text : '',
  );
  return parts.join('');
};

function writtenMessage(entry: Json): WrittenMessage {
  const { role } = entry;
  const callId = entry.tool_call_id;
  return {
    role: role === 'developer' ? 'system' : role === 'function' ? 'tool' : (role as WrittenMessage['role']),
    text: textOf(entry.content),
    ...(typeof callId === 'string' && { callId }),
  };
}

/** Every call of an assistant's message has to be answered by the tool messages right behind it. */
function unansweredCalls(messages: readonly Json[]): Fault | undefined {
  let open = new Set<string>();
  const unanswered = (): Fault => ({
    code: 'invalid_value',
    message:
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each " +
      `'tool_call_id'. The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
    param: 'messages',
  });
  for (const [index, entry] of messages.entries()) {
    if (entry.role === 'tool') {
      if (!open.delete(String(entry.tool_call_id)))
        return {
          code: 'invalid_value',
          message: "Messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
          param: `messages[${index}].role`,
        };
      continue;
    }
    if (open.size > 0) return unanswered();
    const calls = entry.role === 'assistant' && Array.isArray(entry.tool_calls) ? entry.tool_calls : [];
    open = new Set((calls as readonly Json[]).map(({ id }) => String(id)));
  }
  return open.size > 0 ? unanswered() : undefined;
}

function offeredTools(json: Json): readonly string[] {
  const choice = json.tool_choice;
  if (choice === 'none' || !Array.isArray(json.tools)) return [];
  const names = (json.tools as readonly Json[]).map((entry) => String((entry.function as Json).name));
  const only = isObject(choice) && isObject(choice.function) ? choice.function.name : undefined;
  return only === undefined ? names : names.filter((name) => name === only);
}

function thinkingOf(json: Json): boolean | undefined {
  if (typeof json.enable_thinking === 'boolean') return json.enable_thinking;
  return isObject(json.thinking) ? json.thinking.type === 'enabled' : undefined;
}

const numberOr = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** A request's fields, or what is wrong with the first wrong one. */
export function readChatRequest(json: Json): { readonly request: ChatRequest } | { readonly fault: Fault } {
  const messages = json.messages as readonly Json[];
  const fault = checkRequest(json, '') ?? unansweredCalls(messages);
  if (fault) return { fault };
  const options = isObject(json.stream_options) ? json.stream_options : {};
  if (isObject(json.stream_options) && json.stream !== true) {
    const message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
    return { fault: { code: 'invalid_value', message, param: 'stream_options' } };
  }
  const { stop } = json;
  return {
    request: {
      model: json.model as string,
      messages: messages.map(writtenMessage),
      stream: json.stream === true,
      includeUsage: options.include_usage === true,
      includeObfuscation: options.include_obfuscation !== false,
      tools: offeredTools(json),
      maxTokens: numberOr(json.max_completion_tokens) ?? numberOr(json.max_tokens),
      stop: typeof stop === 'string' ? [stop] : Array.isArray(stop) ? (stop as readonly string[]) : [],
      thinking: thinkingOf(json),
    },
  };
}

/** The last user message of something that may be no request at all, for the log. */
export function promptIn(json: Json): string {
  const messages = Array.isArray(json.messages) ? (json.messages as readonly unknown[]) : [];
  const last = messages.findLast((entry) => isObject(entry) && entry.role === 'user');
  return isObject(last) ? textOf(last.content) : '';
}
