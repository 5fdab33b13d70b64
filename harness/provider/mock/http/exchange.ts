import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../ports';
import type { HttpAnswer } from './http-answer';
import type { HttpLimits } from './http-limits';
import { playFrames, type Frame, type FrameEnd } from './play-frames';

/** Status and headers of an answer whose body comes in pieces: chunked unless a `content-length` is among the headers. */
export interface StreamHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** True: they leave at once, ahead of the first piece. */
  readonly early?: boolean;
}

/** One request, read to its last byte, and the way to answer it: with one call of `answer`, `play` or `cut`. */
export class Exchange {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  private answered = false;

  constructor(
    request: IncomingMessage,
    private readonly response: ServerResponse,
    /** Of the connection; goes into events as `sessionId`. */
    readonly connectionId: string,
    readonly body: Buffer,
    /** When the last byte of the request had been read. */
    readonly readAtHostMs: number,
    private readonly rules: { readonly clock: Clock; readonly limits: HttpLimits },
  ) {
    const { path, query } = targetOf(request);
    this.method = request.method ?? 'GET';
    this.path = path;
    this.query = query;
    this.headers = request.headers;
  }

  /** True once nobody is there to read the answer, or all of it is out. */
  get over(): boolean {
    return this.response.closed || this.response.writableEnded;
  }

  get isAnswered(): boolean {
    return this.answered;
  }

  /** Calls back once, when the answer is out or its reader gone. */
  whenOver(listener: () => void): void {
    this.response.once('close', listener);
  }

  /** Answers in one piece. @param sent - Told when the last byte was handed to the socket; never when the client has gone. */
  answer({ status, headers, body }: HttpAnswer, sent?: (hostAtMs: number) => void): void {
    const { response } = this;
    this.answered = true;
    if (this.over) return;
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    if (sent !== undefined) response.once('finish', () => sent(this.rules.clock.nowMs()));
    response.end(body);
  }

  /** Answers piece by piece, each at its time. @param ended - Told once how it ended. */
  play(
    { status, headers, early }: StreamHead,
    frames: Iterable<Frame>,
    ended: (how: FrameEnd) => void,
  ): void {
    this.answered = true;
    if (this.over) {
      ended('client-gone');
      return;
    }
    this.response.writeHead(status, headers);
    if (early === true) this.response.flushHeaders();
    const { clock, limits } = this.rules;
    playFrames(this.response, frames, { clock, unreadMs: limits.unreadMs, ended });
  }

  /** Cuts the connection. */
  cut(): void {
    this.answered = true;
    this.response.destroy();
  }
}

/** Path and query that a request names. */
export function targetOf(request: IncomingMessage): {
  readonly path: string;
  readonly query: URLSearchParams;
} {
  const url = request.url ?? '/';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return { path, query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)) };
}
