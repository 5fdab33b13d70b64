import { randomBytes, randomUUID } from 'node:crypto';
import type { ProviderProtocol } from '../../../ports';
import type { Fault } from '../json/check';
import type { WrittenMessage } from '../text/respondent';
import { deepseekErrors, openaiErrors, siliconflowErrors, type ChatErrors } from './chat-errors';
import type { ChatRequest } from './chat-request';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');

/** What one service of the chat completions family does its own way (reference/providers.md 3). */
export interface ChatVendor {
  readonly protocol: ProviderProtocol;
  /** What clients are told first; others are the same. */
  readonly completionPaths: readonly [string, ...string[]];
  readonly modelPaths: readonly string[];
  readonly errors: ChatErrors;
  /** Some models, for the list; the first is the one of examples. */
  readonly models: readonly string[];
  /** Names that look like a model of this service. */
  readonly modelForm: RegExp;
  /** A context window [U]. */
  readonly contextTokens: number;
  readonly ownedBy: string;
  readonly completionId: () => string;
  readonly callId: (index: number) => string;
  /** Headers of every completion. */
  readonly headers: (processingMs: number) => Readonly<Record<string, string>>;
  /** Whether the thought before the answer is shown. */
  readonly showsThought: (request: Pick<ChatRequest, 'model' | 'thinking'>) => boolean;
  /** `asked`: in a frame of its own, when the request asks for it. `last-chunk`: on the chunk that has the finish reason, always [U]. */
  readonly streamedUsage: 'asked' | 'last-chunk';
  /** Random padding in every chunk. */
  readonly obfuscates: boolean;
  /** Sends comments, or blank lines ahead of a JSON body, while a client waits for the first token. */
  readonly keepsAlive: boolean;
  /** Ends an answer behind a word of `stop`, where others end it before. Absent: before. */
  readonly keepsStop?: boolean;
  /** What it wants of a conversation beyond what all of the family want. Absent: nothing. */
  readonly conversationFault?: (messages: readonly WrittenMessage[]) => Fault | undefined;
  /** What belongs into every message of an answer, beside role and content. */
  readonly messageExtras: Readonly<Record<string, unknown>>;
  /** What belongs into every usage. `reasoningTokens` are among the completion's. */
  readonly usageExtras: (promptTokens: number, reasoningTokens: number) => Readonly<Record<string, unknown>>;
}

const openai: ChatVendor = {
  protocol: 'openai',
  completionPaths: ['/v1/chat/completions'],
  modelPaths: ['/v1/models'],
  errors: openaiErrors,
  models: ['gpt-4o-mini', 'gpt-4o', 'gpt-4.1-mini', 'o4-mini'],
  modelForm: /^(gpt-|chatgpt-|o\d)[\w.:-]*$/,
  contextTokens: 128_000,
  ownedBy: 'openai',
  completionId: () => `chatcmpl-${hex(15)}`,
  callId: () => `call_${hex(12)}`,
  headers: (processingMs) => ({
    'x-request-id': `req_${hex(16)}`,
    'openai-processing-ms': String(Math.round(processingMs)),
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': '10000',
    'x-ratelimit-remaining-requests': '9999',
  }),
  showsThought: () => false,
  streamedUsage: 'asked',
  obfuscates: true,
  keepsAlive: false,
  messageExtras: { refusal: null, annotations: [] },
  usageExtras: (_promptTokens, reasoningTokens) => ({
    prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  }),
};

const siliconflow: ChatVendor = {
  protocol: 'siliconflow',
  completionPaths: ['/v1/chat/completions'],
  modelPaths: ['/v1/models'],
  errors: siliconflowErrors,
  models: ['deepseek-ai/DeepSeek-V3', 'deepseek-ai/DeepSeek-R1', 'Qwen/QwQ-32B', 'Qwen/Qwen3-8B'],
  modelForm: /^[\w.-]+(\/[\w.-]+)+$/,
  contextTokens: 131_072,
  ownedBy: '',
  completionId: () => hex(16),
  callId: () => hex(16),
  headers: () => ({ 'x-siliconcloud-trace-id': `ti_${hex(8)}` }),
  showsThought: ({ model, thinking }) => thinking ?? /R1|QwQ|think/i.test(model),
  streamedUsage: 'last-chunk',
  obfuscates: false,
  keepsAlive: false,
  messageExtras: {},
  usageExtras: (promptTokens, reasoningTokens) => ({
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
    prompt_cache_hit_tokens: 0,
    prompt_cache_miss_tokens: promptTokens,
  }),
};

const deepseek: ChatVendor = {
  protocol: 'deepseek',
  completionPaths: ['/chat/completions', '/v1/chat/completions'],
  modelPaths: ['/models', '/v1/models'],
  errors: deepseekErrors,
  models: ['deepseek-chat', 'deepseek-reasoner'],
  modelForm: /^deepseek-[\w.-]+$/,
  contextTokens: 131_072,
  ownedBy: 'deepseek',
  completionId: () => randomUUID(),
  callId: (index) => `call_${index}_${randomUUID()}`,
  headers: () => ({ 'x-ds-trace-id': hex(16) }),
  showsThought: ({ model, thinking }) => thinking ?? model === 'deepseek-reasoner',
  streamedUsage: 'last-chunk',
  obfuscates: false,
  keepsAlive: true,
  messageExtras: {},
  usageExtras: (promptTokens, reasoningTokens) => ({
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
    prompt_cache_hit_tokens: 0,
    prompt_cache_miss_tokens: promptTokens,
  }),
};

export const chatVendors = { openai, siliconflow, deepseek } as const;
