/** What all chunks of one answer share. */
export interface PanguAnswerHead {
  readonly id: string;
  /** Unix seconds. */
  readonly created: number;
  readonly model: string;
  readonly promptTokens: number;
}

export type PanguFinish = 'stop' | 'length' | 'content_filter' | 'tool_calls';

/** How the chunks of a stream are written. */
export interface PanguFraming {
  /** Where the increment is. */
  readonly increment: 'message' | 'delta';
  /** What stands before the JSON of a chunk. */
  readonly prefix: 'data:' | 'data: ';
  /** The last line. */
  readonly done: string;
}

/** V1: no space after `data:`, and the increment in `message` (reference/providers.md 6.2). */
export const panguV1: PanguFraming = { increment: 'message', prefix: 'data:', done: 'data:[DONE]' };
/** V2 as the documentation has it, in OpenAI's form; no stream of it was seen. */
export const panguV2: PanguFraming = { increment: 'delta', prefix: 'data: ', done: 'data: [DONE]' };

export interface PanguCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** One piece of an answer; the first one of a stream has the role only. */
export type PanguPiece =
  | { readonly role: 'assistant' }
  | { readonly content: string }
  | { readonly reasoning: string }
  | { readonly calls: readonly PanguCall[] };

const usage = (promptTokens: number, completionTokens: number): object => ({
  prompt_tokens: promptTokens,
  total_tokens: promptTokens + completionTokens,
  completion_tokens: completionTokens,
});

const calls = (made: readonly PanguCall[]): object[] =>
  made.map((call, index) => ({
    index,
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));

const increment = (piece: PanguPiece): object =>
  'calls' in piece
    ? { tool_calls: calls(piece.calls) }
    : 'reasoning' in piece
      ? { reasoning_content: piece.reasoning }
      : piece;

/** One chunk of a stream: usage on each. @param tokens - Of the answer so far, this piece included. */
export function panguChunk(
  { id, created, model, promptTokens }: PanguAnswerHead,
  framing: PanguFraming,
  chunk: { readonly piece: PanguPiece; readonly finish: PanguFinish | null; readonly tokens: number },
): string {
  const choice = {
    index: 0,
    logprobs: null,
    finish_reason: chunk.finish,
    [framing.increment]: increment(chunk.piece),
  };
  const value = {
    id,
    object: 'chat.completion.chunk',
    created,
    model,
    choices: [choice],
    usage: usage(promptTokens, chunk.tokens),
  };
  return `${framing.prefix}${JSON.stringify(value)}\n\n`;
}

/** The body of an answer that is not streamed. */
export const panguBody = (
  { id, created, model, promptTokens }: PanguAnswerHead,
  answer: {
    readonly content: string;
    readonly reasoning?: string;
    readonly calls: readonly PanguCall[];
    readonly finish: PanguFinish;
    readonly tokens: number;
  },
): object => ({
  id,
  object: 'chat.completion',
  created,
  model,
  choices: [
    {
      index: 0,
      message: {
        role: 'assistant',
        content: answer.content,
        ...(answer.reasoning !== undefined && { reasoning_content: answer.reasoning }),
        tool_calls: calls(answer.calls),
      },
      logprobs: null,
      finish_reason: answer.finish,
      stop_reason: null,
    },
  ],
  usage: usage(promptTokens, answer.tokens),
  prompt_logprobs: null,
});
