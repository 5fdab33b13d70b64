import { randomBytes } from 'node:crypto';
import type { Frame } from '../http/play-frames';
import type { AnswerLog } from '../text/answer-log';
import type { TextPace } from '../text/text-pace';
import { cutTokens } from '../text/tokens';
import { argumentsOf, bodyOf, completionTokens, usageOf, type Completion } from './completion';

/** How the body of one completion leaves. */
export interface CompletionRun {
  readonly completion: Completion;
  readonly pace: TextPace;
  readonly log: AnswerLog;
  /** Between two signs of life while a client waits; undefined: none. */
  readonly keepAliveMs: number | undefined;
  /** Faults `mid-stream-death`, `wrong-framing` and `duplicate`. */
  readonly dies: boolean;
  readonly misframes: boolean;
  readonly duplicates: boolean;
}

interface Piece {
  readonly delta: Readonly<Record<string, unknown>>;
  readonly sent?: (hostAtMs: number) => void;
}

/** The longest padding: it hides how long a token is. */
const MOST_PADDING_BYTES = 12;

function padding(): string {
  const random = randomBytes(MOST_PADDING_BYTES);
  return random.toString('base64url').slice(0, 1 + ((random[0] ?? 0) % 16));
}

function piecesOf({ completion, log }: CompletionRun): readonly Piece[] {
  const { reasoning, tokens, calls, charsPerToken } = completion;
  const shows = reasoning.length > 0;
  const thoughts = reasoning.map((token) => ({
    delta: { content: null, reasoning_content: token },
    sent: (hostAtMs: number) => log.tokenLeft('reasoning', hostAtMs),
  }));
  const words = tokens.map((token, index) => ({
    delta: { content: token, ...(shows && { reasoning_content: null }) },
    sent: (hostAtMs: number) => {
      log.tokenLeft('answer', hostAtMs);
      if (index + 1 === tokens.length) log.textLeft(tokens.join(''), completionTokens(completion), hostAtMs);
    },
  }));
  const ofCalls = calls.flatMap((one, index) => {
    const parts = cutTokens(argumentsOf(one), charsPerToken);
    const { id, call } = one;
    const head = { index, id, type: 'function', function: { name: call.name, arguments: '' } };
    const tails = parts.map((part, at) => ({
      delta: { tool_calls: [{ index, function: { arguments: part } }] },
      ...(at + 1 === parts.length && { sent: (hostAtMs: number) => log.callLeft(id, call, hostAtMs) }),
    }));
    return [{ delta: { tool_calls: [head] } }, ...tails];
  });
  return [...thoughts, ...words, ...ofCalls];
}

/** Frames of server-sent events (reference/providers.md 3.3). */
export function* eventFrames(run: CompletionRun): Generator<Frame> {
  const { completion, pace, keepAliveMs, dies, misframes, duplicates } = run;
  const { vendor, id, createdUnixS, request, calls, finishReason } = completion;
  const asked = vendor.streamedUsage === 'asked' && request.includeUsage;
  const data = (payload: string): string => `data:${misframes ? '' : ' '}${payload}\n\n`;
  const chunk = (choices: readonly unknown[], more: Readonly<Record<string, unknown>> = {}): string =>
    data(
      JSON.stringify({
        id,
        object: 'chat.completion.chunk',
        created: createdUnixS,
        model: request.model,
        system_fingerprint: '',
        choices,
        ...(asked && { usage: null }),
        ...more,
        ...(vendor.obfuscates && request.includeObfuscation && { obfuscation: padding() }),
      }),
    );
  const choice = (delta: unknown, finish: string | null = null): readonly unknown[] => [
    { index: 0, delta, logprobs: null, finish_reason: finish },
  ];

  let waitMs = pace.nextMs();
  while (keepAliveMs !== undefined && waitMs > keepAliveMs) {
    waitMs -= keepAliveMs;
    yield { bytes: ': keep-alive\n\n', afterMs: keepAliveMs };
  }
  const role = choice({ role: 'assistant', content: calls.length > 0 ? null : '' });
  yield { bytes: chunk(role), afterMs: waitMs };
  if (duplicates) yield { bytes: chunk(role) };
  const pieces = piecesOf(run);
  const lastBeforeDeath = Math.max(1, Math.floor(pieces.length / 2));
  for (const [index, { delta, sent }] of pieces.entries()) {
    if (dies && index >= lastBeforeDeath) break;
    const afterMs = index === 0 ? 0 : pace.nextMs();
    yield { bytes: chunk(choice(delta)), afterMs, ...(sent && { sent }) };
  }
  if (dies) {
    yield { cut: true };
    return;
  }
  // An answer without a word has been written as well.
  const { tokens } = completion;
  const empty = tokens.length === 0 && calls.length === 0;
  const sent = empty ? (hostAtMs: number) => run.log.textLeft('', 0, hostAtMs) : undefined;
  const last = vendor.streamedUsage === 'last-chunk' ? { usage: usageOf(completion) } : {};
  yield { bytes: chunk(choice({}, finishReason), last), ...(sent && { sent }) };
  if (asked) yield { bytes: chunk([], { usage: usageOf(completion) }) };
  yield { bytes: data('[DONE]') };
}

/** A body that comes in one piece: its length, and its frames. Blank lines ahead of it keep a connection alive. */
export function wholeBody(run: CompletionRun): {
  readonly contentLength: number;
  readonly frames: readonly Frame[];
} {
  const { completion, pace, log, keepAliveMs, dies } = run;
  const { tokens, reasoning, calls } = completion;
  let waitMs = 0;
  for (let count = Math.max(1, reasoning.length + tokens.length + calls.length); count > 0; count--)
    waitMs += pace.nextMs();
  const signs = keepAliveMs === undefined ? 0 : Math.floor(waitMs / keepAliveMs);
  const body = Buffer.from(bodyOf(completion));
  const blanks = Array.from({ length: signs }, () => ({ bytes: '\n', afterMs: keepAliveMs ?? 0 }));
  const afterMs = waitMs - signs * (keepAliveMs ?? 0);
  const sent = (hostAtMs: number): void => {
    for (const { id, call } of calls) log.callLeft(id, call, hostAtMs);
    if (calls.length === 0) log.textLeft(tokens.join(''), completionTokens(completion), hostAtMs);
  };
  const frames: readonly Frame[] = dies
    ? [{ bytes: body.subarray(0, body.length >> 1), afterMs }, { cut: true }]
    : [{ bytes: body, afterMs, sent }];
  return { contentLength: signs + body.length, frames: [...blanks, ...frames] };
}
