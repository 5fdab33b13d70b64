import type { UnstampedEvent } from '../event-log';
import { AnswerBuilder } from '../live/answer-builder';
import { FailedAttempt } from '../live/failure';
import { ndjsonReader, parseBody, parseFrame, sseReader, type FrameReader } from '../live/frames';
import type { AnswerWords } from '../live/http-asker';
import { askedIn } from './asked-in';
import { liveEventLogger } from './live-event-logger';
import type { HttpTraffic } from './traffic';

/** How the answers of a protocol are read: the live client's own words. */
export interface ChatWords extends AnswerWords {
  /** What a request without `stream` gets. */
  readonly streamsByDefault: boolean;
}

/** Only this much of an answer is read for the log; all of it is handed on. */
const MOST_READ_BYTES = 16 * 1024 * 1024;
const FIRST_ERROR_STATUS = 400;

/**
 * Turns one HTTP exchange of a chat protocol into the events that a mock would have logged. What it cannot read is logged as an
 * error of the provider: it never disturbs the exchange itself.
 */
export class ChatTap implements HttpTraffic {
  private stream = false;
  private isChat = false;
  private status = 0;
  private readonly parts: Buffer[] = [];
  private readBytes = 0;
  private reader: FrameReader | undefined;
  private failed = false;
  private frames = 0;
  private streamOver = false;
  private atMs = 0;
  private readonly answer: AnswerBuilder;

  constructor(
    private readonly responseId: string,
    private readonly words: ChatWords,
    private readonly log: (event: UnstampedEvent, hostAtMs: number) => void,
  ) {
    this.answer = new AnswerBuilder(liveEventLogger(responseId, log), true);
  }

  asked({ body, hostAtMs }: Parameters<HttpTraffic['asked']>[0]): void {
    const asked = askedIn(parseBody(body), this.words.streamsByDefault);
    if (asked === undefined) return;
    this.isChat = true;
    this.stream = asked.stream;
    this.log({ type: 'request', responseId: this.responseId, ...asked }, hostAtMs);
  }

  answered(status: number): void {
    this.status = status;
    if (this.stream && status === 200) {
      const frames = this.words.framing === 'sse' ? sseReader : ndjsonReader;
      this.reader = frames((text) => this.frame(text));
    }
  }

  body(bytes: Buffer, hostAtMs: number): void {
    this.atMs = hostAtMs;
    this.readBytes += bytes.length;
    if (!this.isChat || this.failed || this.readBytes > MOST_READ_BYTES) return;
    // Where a stream was asked for, an error may come in one body all the same.
    if (this.frames === 0) this.parts.push(bytes);
    if (this.reader !== undefined) this.attempt(() => this.reader?.feed(bytes));
  }

  ended(how: Parameters<HttpTraffic['ended']>[0], hostAtMs: number, why?: string): void {
    if (!this.isChat || this.failed) return;
    // Who closes behind the last word of an answer has cut nothing.
    const isWhole = how === 'complete' || this.streamOver || this.answer.isFinished;
    // A board that leaves behind an error status has had its answer: it may well not read the words.
    const isRefusal = how === 'cut-by-board' && this.status >= FIRST_ERROR_STATUS;
    if (!isWhole && !isRefusal) {
      if (how === 'cut-by-board')
        this.log({ type: 'response-done', responseId: this.responseId, status: 'cancelled' }, hostAtMs);
      else this.fail(how === 'unreachable' ? 'unreachable' : 'cut', why ?? how, hostAtMs);
      return;
    }
    if (isRefusal) this.atMs = hostAtMs;
    this.attempt(() => {
      if (this.frames === 0) this.whole();
      if (this.failed) return;
      const { text, usage } = this.answer.finish(hostAtMs);
      const { responseId } = this;
      if (text !== '')
        this.log({ type: 'text-out', responseId, text, tokens: usage?.answerTokens ?? -1 }, hostAtMs);
      this.log({ type: 'response-done', responseId, status: 'completed' }, hostAtMs);
    });
  }

  /** An answer in one body, or an error where a stream was asked for. */
  private whole(): void {
    const body = parseBody(Buffer.concat(this.parts));
    const refusal = this.words.refusalIn(body, this.status);
    if (refusal !== undefined) {
      this.fail(refusal.code ?? String(this.status), refusal.message, this.atMs);
      return;
    }
    for (const piece of this.words.readAnswer(body)) this.answer.take(piece, this.atMs);
  }

  private frame(text: string): void {
    if (this.streamOver) return;
    if (text.trim() === this.words.terminator) {
      this.streamOver = true;
      return;
    }
    const frame = parseFrame(text);
    this.frames += 1;
    const refusal = this.words.refusalIn(frame, this.status);
    if (refusal !== undefined) this.fail(refusal.code ?? String(this.status), refusal.message, this.atMs);
    else for (const piece of this.words.readFrame(frame)) this.answer.take(piece, this.atMs);
  }

  private attempt(read: () => void): void {
    if (this.failed) return;
    try {
      read();
    } catch (thrown) {
      if (!(thrown instanceof FailedAttempt)) throw thrown;
      const { providerCode, what } = thrown.failure;
      this.fail(providerCode ?? 'malformed', what, this.atMs);
    }
  }

  private fail(code: string, message: string, hostAtMs: number): void {
    if (this.failed) return;
    this.failed = true;
    const { responseId, status } = this;
    const failure = { type: 'error', code, message, responseId } as const;
    this.log(status === 0 ? failure : { ...failure, httpStatus: status }, hostAtMs);
    this.log({ type: 'response-done', responseId, status: 'failed' }, hostAtMs);
  }
}
