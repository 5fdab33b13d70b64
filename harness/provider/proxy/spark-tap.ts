import type { UnstampedEvent } from '../event-log';
import { AnswerBuilder } from '../live/answer-builder';
import { FailedAttempt } from '../live/failure';
import { parseBody, parseFrame } from '../live/frames';
import { readSparkFrame } from '../live/spark/spark-frame';
import { askedIn } from './asked-in';
import { liveEventLogger } from './live-event-logger';
import type { Side, SocketTraffic } from './traffic';

/** Turns one Spark connection, which is one question and its answer, into the events that a mock would have logged. */
export class SparkTap implements SocketTraffic {
  private readonly answer: AnswerBuilder;
  private asked = false;
  private over = false;

  constructor(
    private readonly responseId: string,
    private readonly log: (event: UnstampedEvent, hostAtMs: number) => void,
  ) {
    this.answer = new AnswerBuilder(liveEventLogger(responseId, log), true);
  }

  opened(): void {
    // The question comes as a message.
  }

  message(from: Side, data: Buffer, _isBinary: boolean, hostAtMs: number): void {
    if (this.over) return;
    if (from === 'board') this.ask(data, hostAtMs);
    else this.read(data, hostAtMs);
  }

  closed(by: Side, code: number, _reason: string, hostAtMs: number): void {
    if (!this.asked || this.over) return;
    if (by === 'board') {
      this.over = true;
      this.log({ type: 'response-done', responseId: this.responseId, status: 'cancelled' }, hostAtMs);
    } else this.fail('cut', `closed by the provider with ${code} before the answer was complete`, hostAtMs);
  }

  refused(status: number, body: Buffer, hostAtMs: number): void {
    this.fail(String(status), body.toString('utf8').slice(0, 500), hostAtMs, status);
  }

  private ask(data: Buffer, hostAtMs: number): void {
    const asked = askedIn(parseBody(data), true);
    if (asked === undefined) return;
    this.asked = true;
    this.log({ type: 'request', responseId: this.responseId, ...asked }, hostAtMs);
  }

  private read(data: Buffer, hostAtMs: number): void {
    const { responseId } = this;
    try {
      const frame = readSparkFrame(parseFrame(data.toString('utf8')));
      if (frame.refusal !== undefined) {
        this.fail(frame.refusal.code ?? 'unknown', frame.refusal.message, hostAtMs);
        return;
      }
      for (const piece of frame.pieces) this.answer.take(piece, hostAtMs);
      if (!frame.isLast) return;
      const { text, usage } = this.answer.finish(hostAtMs);
      this.over = true;
      this.log({ type: 'text-out', responseId, text, tokens: usage?.answerTokens ?? -1 }, hostAtMs);
      this.log({ type: 'response-done', responseId, status: 'completed' }, hostAtMs);
    } catch (thrown) {
      if (!(thrown instanceof FailedAttempt)) throw thrown;
      const { providerCode, what } = thrown.failure;
      this.fail(providerCode ?? 'malformed', what, hostAtMs);
    }
  }

  private fail(code: string, message: string, hostAtMs: number, httpStatus?: number): void {
    if (this.over) return;
    this.over = true;
    const { responseId } = this;
    const failure = { type: 'error', code, message, responseId } as const;
    this.log(httpStatus === undefined ? failure : { ...failure, httpStatus }, hostAtMs);
    this.log({ type: 'response-done', responseId, status: 'failed' }, hostAtMs);
  }
}
