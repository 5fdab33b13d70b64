import type { FunctionCall } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import type { Heard } from '../../hearing/heard';
import type { FrameEnd } from '../http/play-frames';

/** No prompt says more; the rest of a longer message is not worth keeping. */
const LONGEST_LOGGED_CHARS = 4000;

/** One written answer in the provider's log: what was asked, and when each part of the answer left. */
export class AnswerLog {
  private readonly told = new Set<'answer' | 'reasoning'>();
  private over = false;

  constructor(
    private readonly emit: (event: UnstampedEvent, hostAtMs?: number) => void,
    private readonly responseId: string,
    /** Undefined where the protocol has no connections worth naming. */
    private readonly sessionId: string | undefined,
  ) {}

  /** @param readAtHostMs - When the last byte of the request had been read. */
  request(
    asked: {
      readonly prompt: string;
      readonly model?: string;
      readonly stream: boolean;
      readonly tools?: readonly string[];
    },
    readAtHostMs: number,
  ): void {
    const { responseId } = this;
    const prompt = asked.prompt.slice(0, LONGEST_LOGGED_CHARS);
    this.log({ type: 'request', responseId, ...asked, prompt }, readAtHostMs);
  }

  heard(heard: Heard): void {
    this.log({ type: 'heard', ...heard });
  }

  toolOutput(callId: string, output: string): void {
    this.log({ type: 'tool-output', callId, output: output.slice(0, LONGEST_LOGGED_CHARS) });
  }

  /** A token left; only the first of its kind is worth an event. */
  tokenLeft(kind: 'answer' | 'reasoning', hostAtMs: number): void {
    if (this.told.has(kind)) return;
    this.told.add(kind);
    this.log({ type: 'first-token', responseId: this.responseId, kind }, hostAtMs);
  }

  callLeft(callId: string, call: FunctionCall, hostAtMs: number): void {
    const { name, arguments: values } = call;
    const { responseId } = this;
    this.log({ type: 'tool-call', responseId, callId, name, arguments: values }, hostAtMs);
  }

  textLeft(text: string, tokens: number, hostAtMs: number): void {
    this.log({ type: 'text-out', responseId: this.responseId, text, tokens }, hostAtMs);
  }

  /** The provider reported an error to the board. @param httpStatus - Of the answer that carries it. */
  error(code: string, message: string, httpStatus?: number): void {
    const { responseId } = this;
    this.log({ type: 'error', code, message, responseId, ...(httpStatus !== undefined && { httpStatus }) });
  }

  done(status: 'completed' | 'cancelled' | 'failed' | 'incomplete', hostAtMs?: number): void {
    if (this.over) return;
    this.over = true;
    this.log({ type: 'response-done', responseId: this.responseId, status }, hostAtMs);
  }

  /** The body ended in some way. @param whole - What it means when all of it went out. */
  bodyEnded(how: FrameEnd, whole: 'completed' | 'incomplete' | 'failed'): void {
    if (how === 'complete') this.done(whole);
    else this.done(how === 'client-gone' || how === 'client-does-not-read' ? 'cancelled' : 'failed');
  }

  private log(event: UnstampedEvent, hostAtMs?: number): void {
    this.emit(this.sessionId === undefined ? event : { ...event, sessionId: this.sessionId }, hostAtMs);
  }
}
