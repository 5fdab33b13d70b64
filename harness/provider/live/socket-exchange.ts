import { WebSocket, type RawData } from 'ws';
import type { Stage } from './deadlines';
import { LINGER_MS, settleExchange } from './exchange';
import { FailedAttempt, malformed } from './failure';
import { parseBody } from './frames';
import { brokenConnection, type HttpLink } from './http-exchange';

/** An open WebSocket of one exchange. */
export interface SocketLink {
  /** Sends a text message; `sent` gets the instant at which it was handed to the operating system. */
  send(message: object, sent?: (hostAtMs: number) => void): void;
  /** Starts the time limit of a stage. */
  enter(stage: Stage): void;
  /** Ends the exchange with a failure. */
  fail(error: unknown): void;
}

/** Told of each step with its instant on the host's clock. What it throws ends the exchange. */
export interface SocketWatch {
  open(link: SocketLink, hostAtMs: number): void;
  /** @returns True once the answer is complete. */
  message(text: string, hostAtMs: number): boolean;
  /** The failure that an HTTP answer in place of the upgrade stands for. */
  refused(status: number, body: unknown): FailedAttempt;
  /** The failure that an early close stands for. Default: the connection was cut. */
  closed?(code: number, reason: string): FailedAttempt | undefined;
}

/** What refuses an upgrade says it in a sentence; no more of it is read. */
const MOST_REFUSAL_BYTES = 64 * 1024;

const textOf = (data: RawData): string =>
  Buffer.isBuffer(data)
    ? data.toString('utf8')
    : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]).toString('utf8');

/**
 * One exchange over a WebSocket of its own, until the watch has its answer.
 * @throws FailedAttempt, or what the watch throws.
 */
export function exchangeSocket(
  url: string,
  headers: Readonly<Record<string, string>>,
  watch: SocketWatch,
  link: HttpLink,
): Promise<void> {
  const { clock, limits, ca } = link;
  return settleExchange(link, (exchange) => {
    const { guarded, fail } = exchange;
    const socket = new WebSocket(url, {
      headers,
      perMessageDeflate: false,
      maxPayload: limits.maxAnswerBytes,
      ...(ca === undefined ? {} : { ca }),
    });
    let answered = false;
    socket.on('error', (cause) => fail(brokenConnection(cause, new URL(url), answered)));
    socket.on('unexpected-response', (_request, response) => {
      const body: Buffer[] = [];
      let sizeBytes = 0;
      const refuse = (): void =>
        fail(watch.refused(response.statusCode ?? 0, parseBody(Buffer.concat(body))));
      response.on('data', (bytes: Buffer) => {
        if (sizeBytes >= MOST_REFUSAL_BYTES) return;
        body.push(bytes.subarray(0, MOST_REFUSAL_BYTES - sizeBytes));
        sizeBytes += bytes.length;
        if (sizeBytes >= MOST_REFUSAL_BYTES) refuse();
      });
      response.once('close', refuse);
    });
    socket.once('open', () =>
      guarded(() => {
        const open: SocketLink = {
          send: (message, sent) =>
            // A socket that cannot be written to closes, which is told there.
            socket.send(JSON.stringify(message), () => guarded(() => sent?.(clock.nowMs()))),
          enter: exchange.enter,
          fail,
        };
        exchange.enter('first-byte');
        watch.open(open, clock.nowMs());
      }),
    );
    socket.on('message', (data, isBinary) =>
      guarded(() => {
        const hostAtMs = clock.nowMs();
        answered = true;
        if (isBinary) throw malformed('the answer is a binary message; expected text');
        if (!watch.message(textOf(data), hostAtMs)) return;
        socket.close(1000);
        const cancel = clock.after(LINGER_MS, () => socket.terminate());
        socket.once('close', cancel);
        exchange.succeed();
      }),
    );
    socket.once('close', (code, reason) => {
      const what = `the connection was closed with ${code} before the answer was complete`;
      fail(
        watch.closed?.(code, reason.toString('utf8')) ??
          new FailedAttempt({ code: 'HIL_PROVIDER_CUT', what, retryable: !answered }),
      );
    });
    return () => socket.terminate();
  });
}
