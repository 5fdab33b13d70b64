import type { FunctionCall, ProviderFault, ScenarioText } from '../../../ports';
import type { FaultDesk } from '../../faults/fault-desk';
import type { Delays } from '../../script/delays';
import type { Frame } from '../http/play-frames';
import type { AnswerLog } from './answer-log';
import type { WrittenAnswer, WrittenMessage } from './respondent';
import { paceOf } from './text-pace';
import { cutTokens } from './tokens';

/** A function call under the id that its output will name. */
export interface MadeCall extends FunctionCall {
  readonly id: string;
}

/** One piece of an answer as it is written; `tokens` counts the answer so far, the piece included. */
export type AnswerPiece =
  | { readonly kind: 'reasoning' | 'answer'; readonly text: string; readonly tokens: number }
  | { readonly kind: 'calls'; readonly calls: readonly MadeCall[]; readonly tokens: number };

/** All of an answer, as far as it is written. */
export interface WholeAnswer {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly MadeCall[];
  /** Of thought, words and calls. */
  readonly tokens: number;
  /** `blocked`: the content filter stepped in half-way. */
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'blocked';
}

/** How a protocol writes an answer piece by piece. */
export interface AnswerWriting {
  /** Goes ahead of the first piece, at its time. */
  readonly opening?: string;
  piece(piece: AnswerPiece): string;
  closing(whole: WholeAnswer): string;
  /** For protocols that end in their last piece: stands for it and for what closes, unless there is no piece. */
  readonly lastPiece?: (piece: AnswerPiece, whole: WholeAnswer) => string;
  /** What a client reads of the fault `mid-stream-death`. Default: nothing, the connection is cut. */
  readonly death?: (whole: WholeAnswer) => string;
}

/** Results of tools that came with a request: those behind the last user message. */
export function resultsIn(messages: readonly WrittenMessage[]): readonly WrittenMessage[] {
  const asked = messages.findLastIndex(({ role }) => role === 'user');
  return messages.slice(asked + 1).filter(({ role }) => role === 'tool');
}

interface PlanContext {
  readonly scenario: { readonly text: ScenarioText };
  readonly delays: Delays;
  readonly faults: FaultDesk;
  readonly slowFirstTokenMs: number;
}

/** What a mock is going to write, faults included: its pieces, when each is due, and what the log is told. */
export class PlannedAnswer {
  readonly pieces: readonly AnswerPiece[];
  readonly whole: WholeAnswer;
  /** The answer breaks off before its end. */
  readonly dies: boolean;
  private readonly fault: ProviderFault | undefined;

  /** @param rules.showsReasoning - Whether the protocol can show the scenario's thought, and was asked to. */
  constructor(
    private readonly context: PlanContext,
    answer: WrittenAnswer,
    private readonly log: AnswerLog,
    rules: { readonly showsReasoning: boolean; readonly newCallId: () => string },
  ) {
    const { faults } = context;
    const { charsPerToken, reasoning = '' } = context.scenario.text;
    this.fault = answer.fault;
    this.dies = faults.has('mid-stream-death', answer.fault);
    const isBlocked = faults.has('content-blocked', answer.fault);
    const calls = answer.calls.map((call) => ({ ...call, id: rules.newCallId() }));
    let tokens = 0;
    const thought = rules.showsReasoning ? cutTokens(reasoning, charsPerToken) : [];
    const all: readonly AnswerPiece[] = [
      ...thought.map((text) => ({ kind: 'reasoning', text, tokens: ++tokens }) as const),
      ...answer.tokens.map((text) => ({ kind: 'answer', text, tokens: ++tokens }) as const),
      ...(calls.length === 0 ? [] : [{ kind: 'calls', calls, tokens: ++tokens } as const]),
    ];
    this.pieces = this.dies || isBlocked ? all.slice(0, Math.floor(all.length / 2)) : all;
    const textOf = (kind: 'reasoning' | 'answer'): string =>
      this.pieces.map((piece) => (piece.kind === kind ? piece.text : '')).join('');
    this.whole = {
      text: textOf('answer'),
      reasoning: textOf('reasoning'),
      calls: this.pieces.flatMap((piece) => (piece.kind === 'calls' ? piece.calls : [])),
      tokens: this.pieces.at(-1)?.tokens ?? 0,
      finish: isBlocked ? 'blocked' : answer.finish,
    };
  }

  /** What it means for the response when all that was planned has left. */
  get outcome(): 'completed' | 'incomplete' | 'failed' {
    if (this.dies) return 'failed';
    return this.whole.finish === 'blocked' || this.whole.finish === 'length' ? 'incomplete' : 'completed';
  }

  /** The answer as a stream; the log is told as its parts leave. */
  *stream(writing: AnswerWriting): Generator<Frame> {
    const pace = paceOf(this.context, this.fault);
    let afterMs = pace.nextMs();
    if (writing.opening !== undefined) {
      yield { bytes: writing.opening, afterMs };
      afterMs = 0;
    }
    const last = writing.lastPiece !== undefined && !this.dies ? this.pieces.at(-1) : undefined;
    for (const piece of this.pieces) {
      if (piece === last) break;
      yield { bytes: writing.piece(piece), afterMs, sent: (hostAtMs) => this.pieceLeft(piece, hostAtMs) };
      afterMs = pace.nextMs();
    }
    if (last !== undefined && writing.lastPiece !== undefined) {
      const sent = (hostAtMs: number): void => {
        this.pieceLeft(last, hostAtMs);
        this.wholeLeft(hostAtMs);
      };
      yield { bytes: writing.lastPiece(last, this.whole), afterMs, sent };
      return;
    }
    if (!this.dies)
      yield { bytes: writing.closing(this.whole), afterMs, sent: (hostAtMs) => this.wholeLeft(hostAtMs) };
    else if (writing.death === undefined) yield { cut: true, afterMs };
    else yield { bytes: writing.death(this.whole), afterMs };
  }

  /** The answer in one piece, as late as its last token would have been. */
  *atOnce(bytes: string): Generator<Frame> {
    const pace = paceOf(this.context, this.fault);
    let afterMs = pace.nextMs();
    for (let piece = 1; piece < this.pieces.length; piece++) afterMs += pace.nextMs();
    if (this.dies) {
      // The head has been promised more than this.
      yield { bytes: bytes.slice(0, Math.floor(bytes.length / 2)), afterMs };
      yield { cut: true };
      return;
    }
    yield {
      bytes,
      afterMs,
      sent: (hostAtMs) => {
        for (const piece of this.pieces) this.pieceLeft(piece, hostAtMs);
        this.wholeLeft(hostAtMs);
      },
    };
  }

  private pieceLeft(piece: AnswerPiece, hostAtMs: number): void {
    if (piece.kind === 'calls') for (const call of piece.calls) this.log.callLeft(call.id, call, hostAtMs);
    else this.log.tokenLeft(piece.kind, hostAtMs);
  }

  private wholeLeft(hostAtMs: number): void {
    const { text, tokens } = this.whole;
    if (text !== '') this.log.textLeft(text, tokens, hostAtMs);
  }
}
