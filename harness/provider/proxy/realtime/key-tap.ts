import type { UnstampedEvent } from '../../event-log';
import { parseBody } from '../../live/frames';
import { isObject } from '../../mock/json/check';
import type { HttpTraffic } from '../traffic';
import { objectIn, textIn } from './wire-event';

/** Only this much of a refusal is read for the log. */
const MOST_READ_BYTES = 65_536;
const FIRST_ERROR = 400;

/** Logs what became of requests that are not part of a session, those for an ephemeral key: refusals, and answers that boards cannot read. */
export class KeyTap implements HttpTraffic {
  private status = 0;
  private readonly parts: Buffer[] = [];
  private readBytes = 0;

  constructor(private readonly log: (event: UnstampedEvent, hostAtMs: number) => void) {}

  asked(): void {
    // A key is no question.
  }

  answered(status: number, headers: Readonly<Record<string, string>>, hostAtMs: number): void {
    this.status = status;
    const isChunked = /\bchunked\b/i.test(headers['transfer-encoding'] ?? '');
    // As the mock says of itself: reference/providers.md 0.3.
    if (status >= FIRST_ERROR || !isChunked) return;
    const message = 'The ephemeral key came in chunks, without a Content-Length.';
    this.log({ type: 'deviation', code: 'chunked-answer', message }, hostAtMs);
  }

  body(bytes: Buffer): void {
    this.readBytes += bytes.length;
    if (this.status >= FIRST_ERROR && this.readBytes <= MOST_READ_BYTES) this.parts.push(bytes);
  }

  ended(how: Parameters<HttpTraffic['ended']>[0], hostAtMs: number, why?: string): void {
    if (how !== 'complete') {
      const code = how === 'unreachable' ? 'unreachable' : 'cut';
      this.log({ type: 'error', code, message: why ?? how }, hostAtMs);
      return;
    }
    if (this.status < FIRST_ERROR) return;
    const body = parseBody(Buffer.concat(this.parts));
    const error = isObject(body) ? objectIn(body, 'error') : {};
    const code = textIn(error, 'code') || 'no_key';
    this.log({ type: 'error', code, message: textIn(error, 'message'), httpStatus: this.status }, hostAtMs);
  }
}
