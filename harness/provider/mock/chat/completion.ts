import type { FunctionCall } from '../../../ports';
import type { WrittenAnswer } from '../text/respondent';
import { countTokens } from '../text/tokens';
import type { ChatRequest } from './chat-request';
import type { ChatVendor } from './chat-vendor';

/** One answer of the chat completions family, before it is spelled out as a body or as chunks. */
export interface Completion {
  readonly vendor: ChatVendor;
  readonly id: string;
  readonly createdUnixS: number;
  readonly request: ChatRequest;
  readonly promptTokens: number;
  readonly reasoning: readonly string[];
  readonly tokens: readonly string[];
  readonly calls: readonly { readonly id: string; readonly call: FunctionCall }[];
  /** As it stands in the answer. */
  readonly finishReason: 'stop' | 'length' | 'tool_calls' | 'content_filter';
  readonly charsPerToken: number;
}

/** @param blocked - Half of the words are kept and the filter ends them. */
export function completionOf(
  answer: WrittenAnswer,
  rest: Pick<Completion, 'vendor' | 'id' | 'createdUnixS' | 'request' | 'reasoning' | 'charsPerToken'> & {
    readonly blocked: boolean;
  },
): Completion {
  const { blocked, ...given } = rest;
  const { vendor } = given;
  const finish = answer.finish === 'tool-calls' ? 'tool_calls' : answer.finish;
  return {
    ...given,
    promptTokens: answer.promptTokens,
    tokens: blocked ? answer.tokens.slice(0, Math.floor(answer.tokens.length / 2)) : answer.tokens,
    calls: blocked ? [] : answer.calls.map((call, index) => ({ id: vendor.callId(index), call })),
    finishReason: blocked ? 'content_filter' : finish,
  };
}

export const argumentsOf = ({ call }: Completion['calls'][number]): string => JSON.stringify(call.arguments);

/** Tokens of the completion: thought, words and calls. */
export function completionTokens({ reasoning, tokens, calls, charsPerToken }: Completion): number {
  const ofCalls = calls.map((one) => countTokens(one.call.name + argumentsOf(one), charsPerToken));
  return reasoning.length + tokens.length + ofCalls.reduce((sum, count) => sum + count, 0);
}

export function usageOf(completion: Completion): Readonly<Record<string, unknown>> {
  const { vendor, promptTokens, reasoning } = completion;
  const ofCompletion = completionTokens(completion);
  return {
    prompt_tokens: promptTokens,
    completion_tokens: ofCompletion,
    total_tokens: promptTokens + ofCompletion,
    ...vendor.usageExtras(promptTokens, reasoning.length),
  };
}

/** The body of an answer that is not streamed. */
export function bodyOf(completion: Completion): string {
  const { vendor, id, createdUnixS, request, reasoning, tokens, calls, finishReason } = completion;
  const message = {
    role: 'assistant',
    content: calls.length > 0 ? null : tokens.join(''),
    ...(reasoning.length > 0 && { reasoning_content: reasoning.join('') }),
    ...(calls.length > 0 && {
      tool_calls: calls.map((one) => ({
        id: one.id,
        type: 'function',
        function: { name: one.call.name, arguments: argumentsOf(one) },
      })),
    }),
    ...vendor.messageExtras,
  };
  return JSON.stringify({
    id,
    object: 'chat.completion',
    created: createdUnixS,
    model: request.model,
    system_fingerprint: '',
    choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    usage: usageOf(completion),
  });
}
