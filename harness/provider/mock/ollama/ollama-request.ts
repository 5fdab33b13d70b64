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
  type Fault,
  type Json,
} from '../json/check';
import type { WrittenMessage } from '../text/respondent';

/** A request to generate or to chat, read and checked (reference/providers.md 7). */
export interface OllamaRequest {
  readonly kind: 'generate' | 'chat';
  readonly model: string;
  /** Empty: only load the model. */
  readonly messages: readonly WrittenMessage[];
  readonly tools: readonly string[];
  readonly stream: boolean;
  /** Undefined: as the model does by itself. */
  readonly think: boolean | undefined;
  readonly maxTokens: number | undefined;
  readonly contextTokens: number;
  readonly stop: readonly string[];
  /** True: the model shall go. */
  readonly unload: boolean;
}

/** What a context holds unless `num_ctx` says otherwise: Ollama's own default. */
const CONTEXT_TOKENS = 4096;

const options = openObject({
  num_predict: numberIn('integer', -2, 10_000_000),
  num_ctx: numberIn('integer', 1, 10_000_000),
  seed: numberIn('integer', -2_147_483_648, 4_294_967_295),
  temperature: numberIn('decimal', 0, 100),
  stop: nullable(listOf(text)),
});
const common = {
  model: text,
  stream: nullable(flag),
  think: nullable(either(flag, oneOf('high', 'medium', 'low'))),
  options: nullable(options),
  keep_alive: nullable(either(text, numberIn('decimal', -1e12, 1e12))),
};
const checkGenerate = openObject({
  ...common,
  prompt: nullable(text),
  system: nullable(text),
  images: nullable(listOf(text)),
});
const message = openObject({ role: text, content: nullable(text), tool_name: nullable(text) }, ['role']);
const tool = openObject({ function: openObject({ name: text }, ['name']) }, ['function']);
const checkChat = openObject({
  ...common,
  messages: nullable(listOf(message)),
  tools: nullable(listOf(tool)),
});

function messagesOf(kind: OllamaRequest['kind'], json: Json): readonly WrittenMessage[] {
  if (kind === 'chat') {
    const messages = (json.messages ?? []) as readonly Json[];
    return messages.map(({ role, content, tool_name: name }) => ({
      role: role === 'user' || role === 'assistant' || role === 'tool' ? role : 'system',
      text: typeof content === 'string' ? content : '',
      ...(typeof name === 'string' && { callId: name }),
    }));
  }
  const { system, prompt } = json;
  if (typeof prompt !== 'string' || prompt === '') return [];
  const asked: WrittenMessage = { role: 'user', text: prompt };
  return typeof system === 'string' ? [{ role: 'system', text: system }, asked] : [asked];
}

/** A request's fields, or what is wrong with the first wrong one. */
export function readOllamaRequest(
  kind: OllamaRequest['kind'],
  json: Json,
): { readonly request: OllamaRequest } | { readonly fault: Fault } {
  const fault = (kind === 'chat' ? checkChat : checkGenerate)(json, '');
  if (fault) return { fault };
  const given = isObject(json.options) ? json.options : {};
  const { num_predict: most, num_ctx: context, stop } = given;
  const tools = Array.isArray(json.tools) ? (json.tools as readonly Json[]) : [];
  const keep = json.keep_alive;
  return {
    request: {
      kind,
      model: typeof json.model === 'string' ? json.model : '',
      messages: messagesOf(kind, json),
      tools: tools.map((entry) => String((entry.function as Json).name)),
      stream: json.stream !== false,
      think: json.think === undefined || json.think === null ? undefined : json.think !== false,
      maxTokens: typeof most === 'number' && most >= 0 ? most : undefined,
      contextTokens: typeof context === 'number' ? context : CONTEXT_TOKENS,
      stop: Array.isArray(stop) ? (stop as readonly string[]) : [],
      unload: keep === 0 || (typeof keep === 'string' && /^0+(\.0*)?(ns|us|ms|s|m|h)?$/.test(keep)),
    },
  };
}

/** What is asked by something that may be no request at all, for the log. */
export function promptIn(kind: OllamaRequest['kind'], json: Json): string {
  if (kind === 'generate') return typeof json.prompt === 'string' ? json.prompt : '';
  const messages = Array.isArray(json.messages) ? (json.messages as readonly unknown[]) : [];
  const last = messages.findLast((entry) => isObject(entry) && entry.role === 'user');
  return isObject(last) && typeof last.content === 'string' ? last.content : '';
}
