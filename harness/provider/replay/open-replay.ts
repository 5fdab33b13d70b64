import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ConfigError } from '../../errors';
import { systemWallClock, type ProviderProtocol, type TurnScript } from '../../ports';
import type { UnstampedEvent } from '../event-log';
import { parseBody } from '../live/frames';
import type { Exchange } from '../mock/http/exchange';
import { answerRaw, jsonAnswer, textAnswer } from '../mock/http/http-answer';
import { openHttpMock, type HttpContext, type HttpService, type Refused } from '../mock/http/http-mock';
import type { MockOptions, MockProvider } from '../mock/mock-options';
import { questionOf } from '../proxy/asked-in';
import { boardAddress, chatWordsOf } from '../proxy/board-side';
import { recordedBytes, redactedPath, type HttpTake, type SocketTake, type Take } from '../proxy/cassette';
import { ChatTap } from '../proxy/chat-tap';
import { readCassette } from '../proxy/read-cassette';
import { SparkTap } from '../proxy/spark-tap';
import type { HttpTraffic, SocketTraffic } from '../proxy/traffic';
import { admissionOf, type Admission } from './admission';
import { replayAnswer } from './recorded-answer';
import { RecordedConversation } from './recorded-conversation';
import { openRealtimeReplay } from './realtime/open-realtime-replay';
import { TakeShelf } from './take-shelf';

const statuses: Readonly<Record<Refused, number>> = {
  'not-found': 404,
  'wrong-method': 405,
  'too-large': 413,
  'too-slow': 408,
  busy: 503,
  crashed: 500,
};
const UNAUTHORISED = 401;
const NOT_FOUND = 404;
const NOT_IMPLEMENTED = 501;
/** A close frame holds no more (RFC 6455 section 5.5). */
const MOST_REASON_BYTES = 123;

const says = (status: number, message: string) =>
  jsonAnswer(status, { error: { message: `earshot replay: ${message}` } });
const asReason = (message: string): string =>
  Buffer.from(`earshot replay: ${message}`)
    .subarray(0, MOST_REASON_BYTES)
    .toString()
    .replace(/\uFFFD$/, '');

/**
 * Opens a mock that answers with what a proxy has recorded, at the recorded times, and logs what the proxy would have logged.
 * Its boards ask at the same path as the proxy's.
 * @throws ConfigError as `readCassette`, `admissionOf` and `openRealtimeReplay` do; `HIL_CONFIG_USAGE` for a cassette of another
 *   protocol and for faults. ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`.
 */
export async function openReplay(
  protocol: ProviderProtocol,
  path: string,
  options: MockOptions,
): Promise<MockProvider> {
  const cassette = readCassette(path);
  const { head, takes } = cassette;
  const refuse = (message: string, facts: object = {}): never => {
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path, protocol, ...facts });
  };
  if (head.protocol !== protocol)
    refuse(`${path} was recorded of ${head.protocol}; the provider is to speak ${protocol}.`, { head });
  if (options.faults !== undefined && options.faults.length > 0)
    refuse('A replay answers as it was recorded; faults are for the scripted mock.');
  const unixNowMs = options.unixNowMs ?? systemWallClock;
  const admit = admissionOf(protocol, options.credentials, unixNowMs);
  if (protocol === 'openai-realtime') return openRealtimeReplay(path, cassette, options, admit);
  const mock = await openHttpMock(
    protocol,
    boardAddress(protocol),
    options,
    (context) => new ReplayService(protocol, path, takes, context, admit),
  );
  return {
    ...mock,
    name: `replay:${protocol}`,
    get events() {
      return mock.events;
    },
  };
}

class ReplayService implements HttpService {
  readonly routes: HttpService['routes'];
  private readonly shelf: TakeShelf;
  /** What each take asked; undefined where it asked nothing. */
  private readonly questions: ReadonlyMap<Take, string | undefined>;
  private readonly sockets: WebSocketServer;
  private exchanges = 0;

  constructor(
    private readonly protocol: ProviderProtocol,
    private readonly cassettePath: string,
    takes: readonly Take[],
    private readonly context: HttpContext,
    private readonly admit: Admission,
  ) {
    this.shelf = new TakeShelf(takes);
    const streams = this.streamsByDefault;
    this.questions = new Map(takes.map((take) => [take, questionIn(take, streams)]));
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: context.limits.bodyBytes,
    });
    this.routes = (['GET', 'POST', 'HEAD', 'DELETE'] as const).map((method) => ({
      method,
      path: /^/,
      handle: (exchange: Exchange) => this.answer(exchange),
    }));
  }

  refuse(refused: Refused, { method, path }: { readonly method: string; readonly path: string }) {
    return says(statuses[refused], `${method} ${path.slice(0, 200)}: ${refused}`);
  }

  expectTurn({ answer, fault }: TurnScript): void {
    if (answer === undefined && fault === undefined) return;
    const what = fault === undefined ? 'an answer of the suite' : `the fault ${fault}`;
    const message = `A replay answers as it was recorded; it cannot play ${what}.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path: this.cassettePath });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { clock, limits } = this.context;
    const startedAtHostMs = clock.nowMs();
    const path = redactedPath(request.url ?? '/');
    const [plainPath = '/'] = path.split('?');
    const ofPath = (take: Take): take is SocketTake => take.kind === 'socket' && take.path === path;
    const id = this.nextId();
    const log = this.logOf(id);
    const turnAway = (status: number, code: string, message: string): void => {
      log({ type: 'error', code, message, httpStatus: status });
      answerRaw(socket, says(status, message));
    };
    const refusal = this.admit({
      method: 'GET',
      target: request.url ?? '/',
      headers: request.headers,
      body: Buffer.alloc(0),
    });
    if (refusal !== undefined) {
      turnAway(UNAUTHORISED, 'not_admitted', refusal);
      return;
    }
    if (this.sockets.clients.size >= limits.requestsAtOnce) {
      turnAway(statuses.busy, 'too_many_requests_at_once', 'too many conversations are open at once');
      return;
    }
    const next = this.shelf.peek(ofPath);
    if (next === undefined) {
      turnAway(NOT_FOUND, 'no_take', `the cassette has no conversation on ${plainPath}`);
      return;
    }
    const traffic: SocketTraffic = new SparkTap(id, log);
    if (next.end.how === 'refused') {
      this.shelf.use(ofPath);
      this.refuseAsRecorded(next.end, socket, traffic, turnAway);
      return;
    }
    const choose = (data: Buffer): SocketTake | string => {
      const asked = questionOf(parseBody(data), true);
      const take = this.shelf.use(
        (one): one is SocketTake =>
          ofPath(one) && one.end.how === 'closed' && this.questions.get(one) === asked,
      );
      const why =
        take === undefined
          ? `no conversation on ${plainPath} that asks this`
          : take.messages.some(({ from, masked }) => from === 'provider' && masked)
            ? `a conversation on ${plainPath} whose answer held a secret`
            : undefined;
      if (take !== undefined && why === undefined) return take;
      const message = `the cassette has ${why ?? ''}`;
      log({ type: 'error', code: take === undefined ? 'no_take' : 'masked_take', message, responseId: id });
      return asReason(message);
    };
    const surplus = (): string => {
      const message = 'the recorded board had said nothing more here';
      log({ type: 'error', code: 'no_take', message });
      return asReason(message);
    };
    this.sockets.handleUpgrade(request, socket, head, (board) => {
      traffic.opened({ path, hostAtMs: clock.nowMs() });
      const { idleMs } = limits;
      new RecordedConversation(board, { clock, startedAtHostMs, idleMs, traffic, choose, surplus });
    });
  }

  close(): void {
    for (const client of this.sockets.clients) client.terminate();
  }

  private answer(exchange: Exchange): void {
    const { clock } = this.context;
    const { method, headers, body, readAtHostMs, connectionId } = exchange;
    const query = exchange.query.toString();
    const target = query === '' ? exchange.path : `${exchange.path}?${query}`;
    const id = this.nextId();
    const log = this.logOf(connectionId);
    const words = chatWordsOf(this.protocol);
    const traffic: HttpTraffic = words === undefined ? ignored : new ChatTap(id, words, log);
    const refusal = this.admit({ method, target, headers, body });
    const turnAway = (status: number, code: string, message: string): void => {
      log({ type: 'error', code, message, responseId: id, httpStatus: status });
      exchange.answer(says(status, message));
    };
    if (refusal !== undefined) {
      turnAway(UNAUTHORISED, 'not_admitted', refusal);
      return;
    }
    traffic.asked({ method, path: target, headers: {}, body, hostAtMs: readAtHostMs });
    const path = redactedPath(target);
    const asked = questionOf(parseBody(body), this.streamsByDefault);
    const take = this.shelf.use(
      (one): one is HttpTake =>
        one.kind === 'http' &&
        one.request.method === method &&
        one.request.path === path &&
        this.questions.get(one) === asked,
    );
    const what = `${method} ${exchange.path.slice(0, 200)}`;
    if (take === undefined) {
      const which = asked === undefined ? '' : ' that asks this';
      turnAway(NOT_FOUND, 'no_take', `the cassette has no ${what}${which}`);
    } else if (take.answer?.body.some(({ masked }) => masked)) {
      turnAway(NOT_IMPLEMENTED, 'masked_take', `the recorded answer to ${what} held a secret`);
    } else {
      replayAnswer(take, exchange, traffic, clock);
      return;
    }
    if (asked !== undefined) log({ type: 'response-done', responseId: id, status: 'failed' });
  }

  private refuseAsRecorded(
    end: Extract<SocketTake['end'], { readonly how: 'refused' }>,
    socket: Duplex,
    traffic: SocketTraffic,
    turnAway: (status: number, code: string, message: string) => void,
  ): void {
    const { clock } = this.context;
    const cancel = clock.after(end.atMs, () => {
      if (end.body.masked === true) {
        turnAway(NOT_IMPLEMENTED, 'masked_take', 'the recorded refusal held a secret');
        return;
      }
      const body = recordedBytes(end.body);
      traffic.refused(end.status, body, clock.nowMs());
      const text = body.toString();
      const isJson = typeof parseBody(body) !== 'string';
      const type = isJson ? 'application/json' : 'text/plain; charset=utf-8';
      answerRaw(socket, { ...textAnswer(end.status, text), headers: { 'content-type': type } });
    });
    socket.once('close', cancel);
  }

  private nextId(): string {
    this.exchanges++;
    return `replay_${this.exchanges}`;
  }

  private readonly logOf =
    (sessionId: string) =>
    (event: UnstampedEvent, hostAtMs?: number): void =>
      this.context.log({ ...event, sessionId }, hostAtMs);

  private get streamsByDefault(): boolean {
    return chatWordsOf(this.protocol)?.streamsByDefault ?? false;
  }
}

const ignored: HttpTraffic = {
  asked: () => undefined,
  answered: () => undefined,
  body: () => undefined,
  ended: () => undefined,
};

/** What a take asked; a conversation asks with its first message, and is always answered in pieces. */
function questionIn(take: Take, streamsByDefault: boolean): string | undefined {
  if (take.kind === 'http') return questionOf(parseBody(recordedBytes(take.request.body)), streamsByDefault);
  const question = take.messages.find(({ from }) => from === 'board');
  return question && questionOf(parseBody(recordedBytes(question)), true);
}
