import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { closeAll, type Closable } from '../../../errors';
import {
  systemWallClock,
  type Cancel,
  type Clock,
  type Corpus,
  type ProviderProtocol,
  type ReceivedAudio,
  type ReceivedWindow,
  type Scenario,
  type TurnScript,
} from '../../../ports';
import { EventLog, type UnstampedEvent } from '../../event-log';
import { FaultDesk } from '../../faults/fault-desk';
import { Delays } from '../../script/delays';
import type { MockOptions, MockProvider } from '../mock-options';
import { makeCertificate } from './certificate';
import { Exchange, targetOf } from './exchange';
import type { HttpAnswer } from './http-answer';
import { defaultHttpLimits, type HttpLimits } from './http-limits';
import { openListener, type Listener } from './listener';
import { BodyReader } from './read-body';

/** What the base refuses by itself, in the words of the protocol. */
export type Refused = 'not-found' | 'wrong-method' | 'too-large' | 'too-slow' | 'busy' | 'crashed';

export interface Route {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'DELETE' | 'OPTIONS';
  /** Whole path, without the query. */
  readonly path: string | RegExp;
  /** Has to answer sooner or later; what it throws becomes the refusal `crashed`. */
  handle(exchange: Exchange): void | Promise<void>;
}

/** What the base gives to a protocol. */
export interface HttpContext {
  readonly scenario: Scenario;
  readonly corpus: Corpus;
  readonly clock: Clock;
  /** Wall-clock time, which clients are told. */
  readonly unixNowMs: () => number;
  readonly limits: HttpLimits;
  readonly delays: Delays;
  readonly faults: FaultDesk;
  readonly slowFirstTokenMs: number;
  /** The only credentials that are let in; undefined: any. */
  readonly credentials: Readonly<Record<string, string>> | undefined;
  /** What the bench has announced; undefined before the first turn. */
  readonly turn: () => TurnScript | undefined;
  readonly log: (event: UnstampedEvent, hostAtMs?: number) => void;
}

/** What a protocol brings. */
export interface HttpService {
  readonly routes: readonly Route[];
  refuse(refused: Refused, asked: { readonly method: string; readonly path: string }): HttpAnswer;
  /** Absent: upgrades are served as plain requests. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** @throws ProviderError for a turn that the mock cannot play. */
  expectTurn?(script: TurnScript): void;
  /** Absent: nothing that is received is kept. */
  saveReceived?(window: ReceivedWindow): Promise<ReceivedAudio | undefined>;
  /** Calls back once when it cannot go on. Absent: it lives in this process and ends with it. */
  onLost?(listener: (error: Error) => void): Cancel;
  /** After the listeners have closed. */
  close?(): void | Promise<void>;
}

/** What clients are told to connect to. */
export interface HttpAddress {
  /** Default `http`, and `https` over TLS; `ws` likewise. */
  readonly scheme?: 'http' | 'ws';
  /** With its leading slash; empty for none. */
  readonly path: string;
}

/** So that clients who do everything wrong do not fill our memory; later refusals of the base are answered only. */
const MOST_LOGGED_REFUSALS = 10_000;
/** How long the rest of a body that nobody wants is still taken in, so that its sender gets to read the answer. */
const DRAIN_MS = 2000;

const refusalCodes: Readonly<Record<Refused, string>> = {
  'not-found': 'not_found',
  'wrong-method': 'wrong_method',
  'too-large': 'body_too_large',
  'too-slow': 'body_too_slow',
  busy: 'too_many_requests_at_once',
  crashed: 'mock_failed',
};

/**
 * Opens a mock that speaks HTTP in this process: sockets, limits and refusals are here, the protocol is what `build` returns.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`; what `build` throws.
 */
export async function openHttpMock(
  protocol: ProviderProtocol,
  { path, scheme = 'http' }: HttpAddress,
  options: MockOptions,
  build: (context: HttpContext) => HttpService,
): Promise<MockProvider> {
  const { scenario, corpus, clock, credentials } = options;
  const host = options.host ?? '127.0.0.1';
  const log = new EventLog(clock);
  const faults = new FaultDesk(options.faults);
  const limits = { ...defaultHttpLimits, ...options.limits };
  let turn: TurnScript | undefined;
  const service = build({
    scenario,
    corpus,
    clock,
    unixNowMs: options.unixNowMs ?? systemWallClock,
    limits,
    delays: new Delays(scenario.seed),
    faults,
    slowFirstTokenMs: options.slowFirstTokenMs ?? 30_000,
    credentials,
    turn: () => turn,
    log: (event, hostAtMs) => log.emit(event, hostAtMs),
  });
  const front = new Front(service, clock, limits, (event) => log.emit(event));
  const listen = (port: number, certificate: Parameters<typeof openListener>[0]['certificate']) =>
    openListener({
      host,
      port,
      certificate,
      limits,
      request: (request, response, connection) => front.serve(request, response, connection),
      ...(service.upgrade && { upgrade: service.upgrade.bind(service) }),
      refused: ({ code, message, httpStatus }) => front.logRefusal(code, message, httpStatus),
    });

  const opened: Closable[] = [{ close: () => Promise.resolve(service.close?.()) }];
  try {
    const plain: Listener = await listen(options.port ?? 0, undefined);
    opened.push(plain);
    const certificate = options.tls === true ? await makeCertificate() : options.tls || undefined;
    const secure = certificate && (await listen(options.tlsPort ?? 0, certificate));
    if (secure) opened.push(secure);
    const name = host.includes(':') ? `[${host}]` : host;
    return {
      name: `mock:${scenario.name}`,
      protocol,
      url: `${scheme}://${name}:${plain.port}${path}`,
      ...(secure && {
        tlsUrl: `${scheme}s://localhost:${secure.port}${path}`,
        tlsCertificate: certificate.cert,
      }),
      ...(credentials !== undefined && { credentials }),
      get events() {
        return log.events;
      },
      onEvent: (listener) => log.onEvent(listener),
      onLost: (listener) => service.onLost?.(listener) ?? (() => undefined),
      // Async, so that what it throws rejects.
      // eslint-disable-next-line @typescript-eslint/require-await
      expectTurn: async (next) => {
        service.expectTurn?.(next);
        faults.expectTurn(next);
        turn = next;
      },
      saveReceived: (window) => service.saveReceived?.(window) ?? Promise.resolve(undefined),
      close: () => closeAll(opened.splice(0)),
    };
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}

/** Reads requests, finds who answers them, and answers those that nobody does. */
class Front {
  private readonly bodies: BodyReader;
  private open = 0;
  private loggedRefusals = 0;

  constructor(
    private readonly service: HttpService,
    private readonly clock: Clock,
    private readonly limits: HttpLimits,
    private readonly log: (event: UnstampedEvent) => void,
  ) {
    this.bodies = new BodyReader(clock, limits);
  }

  serve(
    request: IncomingMessage,
    response: ServerResponse,
    connection: { readonly id: string; readonly ended: () => void },
  ): void {
    this.open++;
    response.on('error', () => undefined);
    response.once('close', () => {
      this.open--;
      connection.ended();
    });
    const full = this.open > this.limits.requestsAtOnce;
    this.bodies.read(request, (body) => {
      if (typeof body === 'string') {
        this.refuse(body, request, response, connection.id);
        return;
      }
      const { clock, limits } = this;
      const exchange = new Exchange(request, response, connection.id, body, clock.nowMs(), { clock, limits });
      const handler = full ? 'busy' : this.routeOf(exchange.method, exchange.path);
      if (typeof handler === 'string') this.refuse(handler, request, response, connection.id);
      else void this.handle(handler, exchange, request, response);
    });
  }

  logRefusal(code: string, message: string, httpStatus?: number, sessionId?: string): void {
    if (this.loggedRefusals++ >= MOST_LOGGED_REFUSALS) return;
    this.log({
      type: 'error',
      code,
      message,
      ...(httpStatus !== undefined && { httpStatus }),
      ...(sessionId !== undefined && { sessionId }),
    });
  }

  private routeOf(method: string, path: string): Route | Refused {
    const ofPath = this.service.routes.filter((route) =>
      typeof route.path === 'string' ? route.path === path : route.path.test(path),
    );
    if (ofPath.length === 0) return 'not-found';
    return ofPath.find((route) => route.method === method) ?? 'wrong-method';
  }

  private async handle(
    route: Route,
    exchange: Exchange,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    try {
      await route.handle(exchange);
    } catch (cause) {
      // A fault of the mock ends one request, which says so, and not those of the other boards.
      const message = cause instanceof Error ? cause.message : String(cause);
      if (exchange.isAnswered) {
        exchange.cut();
        this.logRefusal('mock_failed', message, undefined, exchange.connectionId);
      } else this.refuse('crashed', request, response, exchange.connectionId, message);
    }
  }

  private refuse(
    refused: Refused,
    request: IncomingMessage,
    response: ServerResponse,
    connectionId: string,
    why?: string,
  ): void {
    const method = request.method ?? 'GET';
    const { path } = targetOf(request);
    const { status, headers, body } = this.service.refuse(refused, { method, path });
    const asked = `${method} ${path.slice(0, 200)}`;
    const message = why === undefined ? `${asked} was refused: ${refused}.` : `${asked} failed: ${why}`;
    this.logRefusal(refusalCodes[refused], message, status, connectionId);
    const unread = !request.complete;
    response.writeHead(status, {
      ...headers,
      'content-length': Buffer.byteLength(body),
      ...(unread && { connection: 'close' }),
    });
    if (!unread) {
      response.end(body);
      return;
    }
    response.write(body);
    const cancel = this.clock.after(DRAIN_MS, () => response.end());
    request.once('end', () => {
      cancel();
      response.end();
    });
    response.once('close', cancel);
    request.resume();
  }
}
