import type { Clock, FunctionCall } from '../../../ports';
import type { Frame } from '../http/play-frames';
import type { AnswerLog } from '../text/answer-log';
import type { TextPace } from '../text/text-pace';
import type { OllamaRequest } from './ollama-request';

/** One answer of the model, before it is spelled out as lines or as one object. */
export interface Generation {
  readonly request: OllamaRequest;
  readonly clock: Clock;
  readonly unixNowMs: () => number;
  readonly pace: TextPace;
  readonly log: AnswerLog;
  /** When the last byte of the request had been read. */
  readonly readAtHostMs: number;
  /** How long the model has to be loaded first. */
  readonly loadMs: number;
  readonly promptTokens: number;
  readonly reasoning: readonly string[];
  readonly tokens: readonly string[];
  readonly calls: readonly { readonly id: string; readonly call: FunctionCall }[];
  readonly doneReason: 'stop' | 'length' | 'load' | 'unload';
  /** Faults `mid-stream-death` and `wrong-framing`. */
  readonly dies: boolean;
  readonly misframes: boolean;
}

export const runnerDied = 'an error was encountered while running the model: unexpected EOF';

const nanoseconds = (durationMs: number): number => Math.round(Math.max(0, durationMs) * 1e6);

type Fields = Readonly<Record<string, unknown>>;

/** `created_at` has as many decimals as the clock: three, of the nine that there may be. */
const base = ({ request, unixNowMs }: Generation): Fields => ({
  model: request.model,
  created_at: new Date(unixNowMs()).toISOString(),
});

/** What was generated, in the place where the endpoint has it. */
function content({ request }: Generation, text: string, more: Fields = {}): Fields {
  const { thinking, ...rest } = more;
  const thought = thinking === undefined ? {} : { thinking };
  return request.kind === 'generate'
    ? { response: text, ...thought }
    : { message: { role: 'assistant', content: text, ...thought, ...rest } };
}

const toolCalls = (calls: Generation['calls']): Fields => ({
  tool_calls: calls.map(({ call }) => ({ function: { name: call.name, arguments: call.arguments } })),
});

/** The fields that only the last object has: durations in nanoseconds, as they really were. */
function figures(generation: Generation, firstAtHostMs: number | undefined): Fields {
  const { clock, readAtHostMs, loadMs, promptTokens, reasoning, tokens, doneReason, request } = generation;
  if (doneReason === 'load' || doneReason === 'unload') return { done: true, done_reason: doneReason };
  const now = clock.nowMs();
  const first = firstAtHostMs ?? now;
  return {
    done: true,
    done_reason: doneReason,
    // Deprecated, and still sent: token numbers that nobody can use here.
    ...(request.kind === 'generate' && { context: [1, 2, 3] }),
    total_duration: nanoseconds(now - readAtHostMs),
    load_duration: nanoseconds(loadMs),
    prompt_eval_count: promptTokens,
    prompt_eval_duration: nanoseconds(first - readAtHostMs - loadMs),
    eval_count: reasoning.length + tokens.length,
    eval_duration: nanoseconds(now - first),
  };
}

const evalCount = ({ reasoning, tokens }: Generation): number => reasoning.length + tokens.length;

/** Lines of JSON, one object each. */
export function* lineFrames(generation: Generation): Generator<Frame> {
  const { log, pace, tokens, reasoning, calls, loadMs, dies, misframes, clock } = generation;
  let firstAtHostMs: number | undefined;
  const line = (fields: Fields): string => `${JSON.stringify({ ...base(generation), ...fields })}\n`;
  const left = (kind: 'answer' | 'reasoning') => (hostAtMs: number) => log.tokenLeft(kind, hostAtMs);
  const pieces: { readonly fields: () => Fields; readonly sent: (hostAtMs: number) => void }[] = [
    ...reasoning.map((token) => ({
      fields: () => content(generation, '', { thinking: token }),
      sent: left('reasoning'),
    })),
    ...tokens.map((token, index) => ({
      fields: () => content(generation, token),
      sent: (hostAtMs: number) => {
        left('answer')(hostAtMs);
        if (index + 1 === tokens.length) log.textLeft(tokens.join(''), evalCount(generation), hostAtMs);
      },
    })),
    ...(calls.length === 0
      ? []
      : [
          {
            fields: () => content(generation, '', toolCalls(calls)),
            sent: (hostAtMs: number) => {
              for (const { id, call } of calls) log.callLeft(id, call, hostAtMs);
            },
          },
        ]),
  ];
  const lastBeforeDeath = Math.max(1, Math.floor(pieces.length / 2));
  for (const [index, { fields, sent }] of pieces.entries()) {
    if (dies && index >= lastBeforeDeath) break;
    const afterMs = pace.nextMs() + (index === 0 ? loadMs : 0);
    const bytes = (): string => {
      firstAtHostMs ??= clock.nowMs();
      return line({ ...fields(), done: false });
    };
    yield { bytes, afterMs, sent };
  }
  if (dies) {
    yield { bytes: `${JSON.stringify({ error: runnerDied })}\n`, sent: () => log.error('500', runnerDied) };
    return;
  }
  if (misframes) return;
  const empty = pieces.length === 0 && generation.doneReason === 'stop';
  const sent = empty ? (hostAtMs: number) => log.textLeft('', 0, hostAtMs) : undefined;
  yield {
    bytes: () => line({ ...content(generation, ''), ...figures(generation, firstAtHostMs) }),
    afterMs: pieces.length === 0 ? loadMs : 0,
    ...(sent && { sent }),
  };
}

/** One object with everything, and how long it takes to come about. */
export function wholeAnswer(generation: Generation): {
  readonly afterMs: number;
  readonly body: () => string;
  readonly sent: (hostAtMs: number) => void;
} {
  const { log, pace, tokens, reasoning, calls, loadMs, doneReason } = generation;
  const generates = doneReason === 'stop' || doneReason === 'length';
  const firstMs = loadMs + (generates ? pace.nextMs() : 0);
  let afterMs = firstMs;
  for (let count = reasoning.length + tokens.length; count > 1; count--) afterMs += pace.nextMs();
  const thinking = reasoning.length === 0 ? {} : { thinking: reasoning.join('') };
  const called = calls.length === 0 ? {} : toolCalls(calls);
  return {
    afterMs,
    body: () =>
      JSON.stringify({
        ...base(generation),
        ...content(generation, tokens.join(''), { ...thinking, ...called }),
        ...figures(generation, generation.readAtHostMs + firstMs),
      }),
    sent: (hostAtMs) => {
      for (const { id, call } of calls) log.callLeft(id, call, hostAtMs);
      if (calls.length === 0 && generates) log.textLeft(tokens.join(''), evalCount(generation), hostAtMs);
    },
  };
}
