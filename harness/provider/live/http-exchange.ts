import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { LINGER_MS, settleExchange, type Exchange, type ExchangeTerms } from './exchange';
import { FailedAttempt, malformed } from './failure';

export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface HttpLink extends ExchangeTerms {
  readonly ca: string | undefined;
}

/** Told of each step with its instant on the host's clock. What it throws ends the exchange. */
export interface HttpWatch {
  connected?(hostAtMs: number): void;
  /** The last byte was handed to the operating system. */
  sent?(hostAtMs: number): void;
  headers(status: number, headers: IncomingHttpHeaders, hostAtMs: number): void;
  /** @returns True once the answer is complete, whatever the transport still says. */
  data(bytes: Buffer, hostAtMs: number): boolean;
}

/** What is wrong with the server's certificate, not with the network: it will be as wrong the next time. */
const isCertificateFault = (code: string): boolean =>
  /CERT|SELF_SIGNED|UNABLE_TO|ERR_TLS|ERR_SSL|EPROTO/.test(code);

/**
 * POSTs once, on a connection of its own as boards do, and tells of each step as it happens. Node's `fetch` would not say
 * when the last byte of the question left, which is where the latency begins.
 * @throws FailedAttempt, or what the watch throws.
 */
export function exchangeHttp(request: HttpRequest, watch: HttpWatch, link: HttpLink): Promise<void> {
  const { clock, ca } = link;
  const { url, body } = request;
  return settleExchange(link, (exchange) => {
    const { guarded, fail } = exchange;
    const secure = url.protocol === 'https:';
    const outgoing = (secure ? httpsRequest : httpRequest)(url, {
      method: 'POST',
      agent: false,
      headers: { ...request.headers, 'content-length': body.length },
      ...(ca === undefined ? {} : { ca }),
    });
    let answered = false;
    outgoing.on('error', (cause: NodeJS.ErrnoException) => fail(brokenConnection(cause, url, answered)));
    outgoing.once('socket', (socket) => {
      socket.setNoDelay(true);
      socket.once(secure ? 'secureConnect' : 'connect', () =>
        guarded(() => {
          watch.connected?.(clock.nowMs());
          exchange.enter('first-byte');
        }),
      );
    });
    outgoing.once('finish', () => guarded(() => watch.sent?.(clock.nowMs())));
    outgoing.once('response', (response) => {
      answered = true;
      // Headers may come long before the first token: `readBody` enters the next stage with the first byte behind them.
      guarded(() => watch.headers(response.statusCode ?? 0, response.headers, clock.nowMs()));
      readBody(response, watch, link, exchange);
    });
    outgoing.end(body);
    return () => outgoing.destroy();
  });
}

function readBody(
  response: IncomingMessage,
  watch: HttpWatch,
  { clock, limits: { maxAnswerBytes } }: HttpLink,
  { enter, stopTiming, guarded, succeed, fail }: Exchange,
): void {
  let sizeBytes = 0;
  let complete = false;
  response.on('data', (bytes: Buffer) =>
    guarded(() => {
      if (complete) return;
      const hostAtMs = clock.nowMs();
      sizeBytes += bytes.length;
      if (sizeBytes > maxAnswerBytes) throw malformed(`the answer is longer than ${maxAnswerBytes} bytes`);
      enter('idle');
      complete = watch.data(bytes, hostAtMs);
      if (!complete) return;
      stopTiming();
      const cancel = clock.after(LINGER_MS, () => response.destroy());
      response.once('close', cancel);
    }),
  );
  response.on('error', () => undefined);
  // 'close' comes after 'end', or in place of it when the connection was cut.
  response.once('close', () => {
    if (response.complete || complete) succeed();
    else {
      const what = `the connection was cut after ${sizeBytes} bytes of the answer`;
      fail(new FailedAttempt({ code: 'HIL_PROVIDER_CUT', what, retryable: sizeBytes === 0 }));
    }
  });
}

/** Why a connection failed, by Node's codes. */
export function brokenConnection(cause: NodeJS.ErrnoException, url: URL, answered: boolean): FailedAttempt {
  const code = cause.code ?? '';
  if (answered || code === 'ECONNRESET' || code === 'EPIPE') {
    const what = answered
      ? 'the connection broke during the answer'
      : 'the connection was cut before an answer';
    return new FailedAttempt({ code: 'HIL_PROVIDER_CUT', what, retryable: !answered }, { cause });
  }
  if (code.startsWith('HPE_')) return malformed(`the answer is not HTTP: ${cause.message}`, undefined, cause);
  const retryable = !isCertificateFault(code);
  const what = `cannot be reached at ${url.host}: ${cause.message || code}`;
  return new FailedAttempt({ code: 'HIL_PROVIDER_UNREACHABLE', what, retryable }, { cause });
}
