import type { IncomingHttpHeaders } from 'node:http';
import { systemWallClock, type ProviderProtocol } from '../../ports';
import type { Piece } from './answer-builder';
import type { Asker, Attempt } from './asking';
import { FailedAttempt, malformed, type Refusal, refused } from './failure';
import { ndjsonReader, parseBody, parseFrame, sseReader } from './frames';
import { exchangeHttp, type HttpRequest } from './http-exchange';
import type { LiveOptions, Question } from './live-client';

/** How the answers of an HTTP protocol and its errors are read. */
export interface AnswerWords {
  readonly framing: 'sse' | 'ndjson';
  /** The message behind the last one, where the protocol has one. */
  readonly terminator?: string;
  /** The pieces of one message of a streamed answer. */
  readFrame(frame: unknown): readonly Piece[];
  /** The pieces of an answer that comes in one body. */
  readAnswer(body: unknown): readonly Piece[];
  /** What an error body says, whatever its status; undefined when it is none. */
  refusalIn(body: unknown, status: number): Refusal | undefined;
}

/** One HTTP protocol: how a question is written, how the answer is read. */
export interface HttpCodec extends AnswerWords {
  readonly protocol: ProviderProtocol;
  readonly model: string;
  request(question: Question, attempt: Attempt): HttpRequest | Promise<HttpRequest>;
  /** Gives up a credential that was fetched and has just been rejected; true when there was one, so that asking again helps. */
  renew?(): boolean;
}

const mediaTypes = { sse: 'text/event-stream', ndjson: 'application/x-ndjson' } as const;

const firstType = (headers: IncomingHttpHeaders): string =>
  (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';

/** Seconds or a date (RFC 9110 section 10.2.3), as milliseconds from now. */
export function retryAfterMs(value: string | undefined, unixNowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d+$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - unixNowMs);
}

/** Asks by HTTP: streamed or in one body, errors in any status. */
export function httpAsker(codec: HttpCodec, options: LiveOptions): Asker {
  const { clock, ca } = options;
  const unixNowMs = options.unixNowMs ?? systemWallClock;

  const askOnce = async (attempt: Attempt): Promise<number> => {
    const { question, answer, limits, signal, emit, sent } = attempt;
    const request = await codec.request(question, attempt);
    let status = 0;
    let headers: IncomingHttpHeaders = {};
    const body: Buffer[] = [];
    const stream = { is: false, ended: false, arrivedAtMs: 0, finishedAtMs: undefined as number | undefined };
    const takeFrame = (text: string): void => {
      if (stream.ended) return;
      if (text.trim() === codec.terminator) {
        stream.ended = true;
        return;
      }
      const frame = parseFrame(text);
      const refusal = codec.refusalIn(frame, status);
      if (refusal !== undefined) throw refused({ httpStatus: status, ...refusal });
      for (const piece of codec.readFrame(frame)) answer.take(piece, stream.arrivedAtMs);
      if (answer.isFinished) stream.finishedAtMs ??= stream.arrivedAtMs;
    };
    const reader = codec.framing === 'sse' ? sseReader(takeFrame) : ndjsonReader(takeFrame);

    await exchangeHttp(
      request,
      {
        connected: (hostAtMs) => emit({ type: 'connected' }, hostAtMs),
        sent,
        headers: (code, received, hostAtMs) => {
          status = code;
          headers = received;
          stream.is = question.stream && code === 200 && firstType(received) === mediaTypes[codec.framing];
          emit({ type: 'headers', httpStatus: code }, hostAtMs);
        },
        data: (bytes, hostAtMs) => {
          stream.arrivedAtMs = hostAtMs;
          if (!stream.is) body.push(bytes);
          else reader.feed(bytes);
          return stream.ended;
        },
      },
      { clock, limits, ca, signal },
    );

    if (stream.is) {
      if (stream.ended || answer.isFinished) return stream.finishedAtMs ?? stream.arrivedAtMs;
      const what = 'the stream ended before the answer was complete';
      throw new FailedAttempt({ code: 'HIL_PROVIDER_CUT', what, httpStatus: status, retryable: false });
    }
    const whole = parseBody(Buffer.concat(body));
    const refusal = codec.refusalIn(whole, status);
    if (refusal !== undefined) {
      const wait = retryAfterMs(headers['retry-after'], unixNowMs());
      throw refused({
        httpStatus: status,
        ...(wait === undefined ? {} : { retryAfterMs: wait }),
        ...refusal,
      });
    }
    const type = firstType(headers) || 'no content type';
    if (status !== 200) throw refused(plainRefusal(status, whole));
    if (question.stream) {
      throw malformed(`answered ${type}; expected ${mediaTypes[codec.framing]}`, status);
    }
    if (typeof whole === 'string') {
      const seen = whole === '' ? 'an empty body' : `text: ${whole.slice(0, 80)}`;
      throw malformed(`answered ${type} with ${seen}; expected a JSON object`, status);
    }
    for (const piece of codec.readAnswer(whole)) answer.take(piece, stream.arrivedAtMs);
    return stream.arrivedAtMs;
  };

  return {
    protocol: codec.protocol,
    model: codec.model,
    async ask(attempt) {
      try {
        return await askOnce(attempt);
      } catch (thrown) {
        const rejected =
          thrown instanceof FailedAttempt && thrown.failure.code === 'HIL_PROVIDER_KEY_REJECTED';
        if (!rejected || codec.renew?.() !== true) throw thrown;
        return await askOnce(attempt);
      }
    },
  };
}

/** An error status whose body says nothing that the protocol knows. */
export const plainRefusal = (status: number, body: unknown): Refusal => ({
  kind: kindOfStatus(status),
  httpStatus: status,
  message: typeof body === 'string' && body !== '' ? body : `HTTP ${status}`,
});

/** What a status is about where the body does not tell more. */
export function kindOfStatus(status: number): Refusal['kind'] {
  if (status === 401) return 'key';
  if (status === 402) return 'quota';
  if (status === 429) return 'limit';
  return status === 408 || status >= 500 ? 'busy' : 'other';
}
