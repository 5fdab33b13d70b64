import { msOfSamples } from '../../units';
import { malformed, refused } from './failure';
import type { Answer } from './live-client';
import type { UnstampedLiveEvent, Usage } from './live-event';

/** What one message of a provider holds, in the words of this project. */
export type Piece =
  | { readonly kind: 'answer' | 'reasoning'; readonly text: string }
  /** A function call, or a part of one: parts of the same `key` belong together. */
  | {
      readonly kind: 'call';
      readonly key: string | number;
      readonly callId?: string | undefined;
      readonly name?: string | undefined;
      /** Text of its JSON arguments, or the next piece of it. */
      readonly argumentsPart?: string | undefined;
    }
  | { readonly kind: 'audio'; readonly lengthSamples: number; readonly rateHz: number }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'finish'; readonly reason: string };

interface OpenCall {
  callId: string | undefined;
  name: string;
  argumentsText: string;
}

/** Reasons that the providers give for an answer that they would not go on with. */
const blockedReasons: ReadonlySet<string> = new Set(['content_filter', 'sensitive']);

/** Collects the pieces of one answer and reports each with the instant it arrived at. */
export class AnswerBuilder {
  private text = '';
  private reasoning = '';
  private audioMs = 0;
  private readonly seen = new Set<'answer' | 'reasoning' | 'audio'>();
  private readonly calls = new Map<string | number, OpenCall>();
  private finishReason: string | undefined;
  private usage: Usage | undefined;
  private lastAtMs = 0;

  /** @param timed - False for an answer that comes in one body: its tokens have no instants. */
  constructor(
    private readonly emit: (event: UnstampedLiveEvent, hostAtMs: number) => void,
    private readonly timed: boolean,
  ) {}

  /** The model has said that it is done. */
  get isFinished(): boolean {
    return this.finishReason !== undefined;
  }

  /** Something of the answer has arrived. */
  get hasBegun(): boolean {
    return this.seen.size > 0;
  }

  take(piece: Piece, hostAtMs: number): void {
    this.lastAtMs = hostAtMs;
    switch (piece.kind) {
      case 'answer':
      case 'reasoning':
        this.takeText(piece.kind, piece.text, hostAtMs);
        return;
      case 'audio':
        if (piece.lengthSamples === 0) return;
        if (!this.seen.has('audio')) this.emit({ type: 'first-audio' }, hostAtMs);
        this.seen.add('audio');
        this.audioMs += msOfSamples(piece.lengthSamples, piece.rateHz);
        this.emit({ type: 'audio', lengthSamples: piece.lengthSamples, rateHz: piece.rateHz }, hostAtMs);
        return;
      case 'call': {
        const call = this.calls.get(piece.key) ?? { callId: undefined, name: '', argumentsText: '' };
        call.callId ??= piece.callId;
        call.name ||= piece.name ?? '';
        call.argumentsText += piece.argumentsPart ?? '';
        this.calls.set(piece.key, call);
        return;
      }
      case 'usage':
        this.usage = { ...this.usage, ...piece.usage };
        return;
      case 'finish':
        this.finishReason = piece.reason;
    }
  }

  /**
   * The complete answer; reports its calls and its end.
   * @throws FailedAttempt `HIL_PROVIDER_MALFORMED` when it holds nothing or a call without a name or JSON arguments,
   *   `HIL_PROVIDER_REFUSED` when the provider blocked it.
   */
  finish(endAtMs = this.lastAtMs): Omit<Answer, 'responseId' | 'attempts' | 'startedAtHostMs'> {
    const { text, reasoning, finishReason, usage, audioMs } = this;
    if (finishReason !== undefined && blockedReasons.has(finishReason)) {
      throw refused({
        kind: 'blocked',
        httpStatus: 200,
        code: finishReason,
        message: 'the answer was blocked',
      });
    }
    const calls = [...this.calls.entries()].map(([key, call]) => closedCall(key, call));
    if (text === '' && calls.length === 0 && audioMs === 0) {
      const why = finishReason === undefined ? '' : ` (finished by "${finishReason}")`;
      const thought = reasoning === '' ? '' : ', only reasoning';
      throw malformed(`the answer is empty${thought}${why}; expected text or a function call`, 200);
    }
    for (const call of calls) this.emit({ type: 'tool-call', ...call }, endAtMs);
    this.emit(
      {
        type: 'done',
        ...(finishReason === undefined ? {} : { finishReason }),
        ...(usage === undefined ? {} : { usage }),
      },
      endAtMs,
    );
    return { text, reasoning, calls, finishReason, usage, audioMs };
  }

  private takeText(kind: 'answer' | 'reasoning', text: string, hostAtMs: number): void {
    if (text === '') return;
    if (kind === 'answer') this.text += text;
    else this.reasoning += text;
    if (!this.timed) return;
    if (!this.seen.has(kind)) this.emit({ type: 'first-token', kind }, hostAtMs);
    this.seen.add(kind);
    this.emit({ type: 'token', kind, text }, hostAtMs);
  }
}

function closedCall(
  key: string | number,
  { callId, name, argumentsText }: OpenCall,
): Answer['calls'][number] {
  if (name === '') throw malformed('a function call of the answer has no name', 200);
  let decoded: unknown;
  try {
    decoded = JSON.parse(argumentsText === '' ? '{}' : argumentsText);
  } catch (cause) {
    throw malformed(`the arguments of ${name} are not JSON: ${argumentsText.slice(0, 80)}`, 200, cause);
  }
  if (typeof decoded !== 'object' || decoded === null || Array.isArray(decoded)) {
    throw malformed(`the arguments of ${name} are no JSON object: ${argumentsText.slice(0, 80)}`, 200);
  }
  return { callId: callId ?? String(key), name, arguments: decoded as Record<string, unknown> };
}
