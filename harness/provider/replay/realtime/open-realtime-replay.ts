import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { ConfigError } from '../../../errors';
import type {
  Cancel,
  ReceivedAudio,
  ReceivedWindow,
  ReplyRequest,
  SpeechClip,
  TurnScript,
} from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import type { Heard } from '../../hearing/heard';
import { openRecogniser } from '../../hearing/open-recogniser';
import type { Recogniser } from '../../hearing/recogniser';
import { isObject } from '../../mock/json/check';
import type { Exchange } from '../../mock/http/exchange';
import { answerRaw, jsonAnswer } from '../../mock/http/http-answer';
import {
  openHttpMock,
  type HttpContext,
  type HttpService,
  type Refused,
  type Route,
} from '../../mock/http/http-mock';
import type { MockOptions, MockProvider } from '../../mock/mock-options';
import { ReceivedArchive } from '../../mock/received-archive';
import { boardAddress } from '../../proxy/board-side';
import { recordedBytes, type HttpTake, type SocketTake } from '../../proxy/cassette';
import type { Cassette } from '../../proxy/read-cassette';
import { RealtimeTap } from '../../proxy/realtime/realtime-tap';
import { ReplyArchive } from '../../proxy/realtime/reply-archive';
import { MASK } from '../../proxy/secret-spans';
import type { Admission } from '../admission';
import { TakeShelf } from '../take-shelf';
import { recordedSession, type RecordedSession, type RecordedTurn } from './recorded-session';
import { decidingSilenceMs, ReplaySession } from './replay-session';
import { TurnShelf } from './turn-shelf';

/** As the mock: base64 of 15 MiB of sound, escapes and the rest of the event. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 65_536;
const PATH = '/v1/realtime';
/** Stands for the ephemeral keys that were masked: it is for nobody else, and says so. */
const STAND_IN_KEY = 'ek_earshotreplay';
/** How long such a key says that it lasts. */
const STAND_IN_LIFE_S = 600;

const statuses: Readonly<Record<Refused, number>> = {
  'not-found': 404,
  'wrong-method': 405,
  'too-large': 413,
  'too-slow': 408,
  busy: 503,
  crashed: 500,
};

const says = (status: number, code: string, message: string) =>
  jsonAnswer(status, { error: { code, message: `earshot replay: ${message}` } });

/**
 * A mock of OpenAI Realtime that plays recorded sessions.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a cassette without a session; what `openHttpMock` throws.
 */
export async function openRealtimeReplay(
  path: string,
  { takes }: Cassette,
  options: MockOptions,
  admit: Admission,
): Promise<MockProvider> {
  const recorded = takes.flatMap((take) => (take.kind === 'socket' ? [take] : []));
  if (recorded.length === 0) {
    const message = `${path} holds no session of OpenAI Realtime; was the proxy closed before the board?`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path });
  }
  const keys = takes.flatMap((take) => (take.kind === 'http' ? [take] : []));
  const recogniser = await openRecogniser([...options.corpus.prompts.values()]);
  const replies = new ReplyArchive();
  try {
    const mock = await openHttpMock(
      'openai-realtime',
      boardAddress('openai-realtime'),
      options,
      (context) => new RealtimeReplay(path, recorded, keys, context, { admit, recogniser, replies }),
    );
    return {
      ...mock,
      name: 'replay:openai-realtime',
      get events() {
        return mock.events;
      },
      saveReply: (request: ReplyRequest): Promise<SpeechClip | undefined> => replies.save(request),
    };
  } catch (cause) {
    await recogniser.close();
    throw cause;
  }
}

interface ReplayParts {
  readonly admit: Admission;
  readonly recogniser: Recogniser;
  readonly replies: ReplyArchive;
}

class RealtimeReplay implements HttpService {
  readonly routes: readonly Route[];
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (protocols) => (protocols.has('realtime') ? 'realtime' : false),
  });
  private readonly shelf: TakeShelf;
  private readonly sessions: ReadonlyMap<SocketTake, RecordedSession>;
  private readonly turns: TurnShelf;
  private readonly silenceMs: number;
  private readonly archive = new ReceivedArchive();
  private readonly open = new Set<ReplaySession>();
  private connections = 0;

  constructor(
    private readonly cassettePath: string,
    takes: readonly SocketTake[],
    private readonly keys: readonly HttpTake[],
    private readonly context: HttpContext,
    private readonly parts: ReplayParts,
  ) {
    this.shelf = new TakeShelf(takes);
    this.sessions = new Map(takes.map((take) => [take, recordedSession(take)]));
    const sessions = [...this.sessions.values()];
    this.turns = new TurnShelf(sessions.flatMap(({ turns }) => turns));
    this.silenceMs = decidingSilenceMs(sessions);
    this.routes = [{ method: 'POST', path: /^/, handle: (exchange) => this.key(exchange) }];
    parts.recogniser.onLost((error) => {
      for (const session of this.open) session.fail(error.message);
    });
  }

  refuse(refused: Refused, { method, path }: { readonly method: string; readonly path: string }) {
    return says(statuses[refused], refused, `${method} ${path.slice(0, 200)}: ${refused}`);
  }

  expectTurn({ answer, fault }: TurnScript): void {
    if (answer === undefined && fault === undefined) return;
    const what = fault === undefined ? 'an answer of the suite' : `the fault ${fault}`;
    const message = `A replay answers as it was recorded; it cannot play ${what}.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path: this.cassettePath });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { context, parts } = this;
    const target = request.url ?? '/';
    const turnAway = (status: number, code: string, message: string): void => {
      context.log({ type: 'error', code, message, httpStatus: status });
      answerRaw(socket, says(status, code, message));
    };
    const asked = { method: 'GET', target, headers: request.headers, body: Buffer.alloc(0) };
    const refusal = isStandIn(request) ? undefined : parts.admit(asked);
    if (refusal !== undefined) {
      turnAway(401, 'not_admitted', refusal);
      return;
    }
    if (target.split('?')[0] !== PATH) {
      turnAway(404, 'no_take', `the cassette has no session on ${target.split('?')[0] ?? ''}`);
      return;
    }
    const take = this.shelf.use((one): one is SocketTake => one.kind === 'socket');
    const session = take && this.sessions.get(take);
    if (take === undefined || session === undefined) return;
    if (take.end.how === 'refused') {
      turnAway(take.end.status, 'refused', 'the recorded provider had refused the connection');
      return;
    }
    if (session.isMasked) {
      turnAway(501, 'masked_take', 'what the recorded provider said first held a secret');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (board) => {
      this.connections += 1;
      const id = `replay_${this.connections}`;
      const { log } = context;
      const tap = new RealtimeTap(id, {
        // The session hears by itself: with what it hears it finds the answer.
        recogniser: undefined,
        received: this.archive,
        replies: parts.replies,
        log,
      });
      const ofSession = (event: UnstampedEvent): void => log({ ...event, sessionId: tap.sessionId ?? id });
      const replayed = new ReplaySession(board, session, tap, ofSession, {
        clock: context.clock,
        recogniser: parts.recogniser,
        silenceMs: this.silenceMs,
        choose: (heard) => this.choose(heard),
      });
      this.open.add(replayed);
      board.once('close', () => this.open.delete(replayed));
      replayed.open();
    });
  }

  saveReceived(window: ReceivedWindow): Promise<ReceivedAudio | undefined> {
    return this.archive.save(window);
  }

  onLost(listener: (error: Error) => void): Cancel {
    return this.parts.recogniser.onLost(listener);
  }

  async close(): Promise<void> {
    for (const client of this.sockets.clients) client.terminate();
    await this.parts.recogniser.close();
  }

  private choose(heard: Heard): RecordedTurn | string {
    const turn = this.turns.use(heard);
    if (turn === undefined)
      return `the cassette has no turn in which ${heard.utterance ?? 'something unknown'} was said`;
    return turn.isMasked ? 'the recorded answer held a secret' : turn;
  }

  /** An ephemeral key was asked for: the recorded answer with a stand-in for it. */
  private key(exchange: Exchange): void {
    const { context, parts } = this;
    const { method, path, headers, body, connectionId: sessionId } = exchange;
    const turnAway = (status: number, code: string, message: string): void => {
      context.log({ type: 'error', code, message, httpStatus: status, sessionId });
      exchange.answer(says(status, code, message));
    };
    const refusal = parts.admit({ method, target: path, headers, body });
    if (refusal !== undefined) {
      turnAway(401, 'not_admitted', refusal);
      return;
    }
    const take = this.keys.find(({ request }) => request.method === method && request.path === path);
    if (take?.answer === undefined) {
      turnAway(404, 'no_take', `the cassette has no ${method} ${path.slice(0, 200)}`);
      return;
    }
    const { status, body: pieces } = take.answer;
    const text = Buffer.concat(pieces.map(recordedBytes)).toString('utf8');
    const expiresAtS = Math.floor(context.unixNowMs() / 1000) + STAND_IN_LIFE_S;
    exchange.answer(jsonAnswer(status, withStandIn(JSON.parse(text), expiresAtS)));
  }
}

const isStandIn = ({ headers }: IncomingMessage): boolean =>
  `${headers.authorization ?? ''} ${headers['sec-websocket-protocol'] ?? ''}`.includes(STAND_IN_KEY);

/** What was masked becomes the stand-in, and what is said of its end holds from now on. */
function withStandIn(value: unknown, expiresAtS: number): unknown {
  if (Array.isArray(value)) return value.map((item) => withStandIn(item, expiresAtS));
  if (!isObject(value)) return value === MASK ? STAND_IN_KEY : value;
  const masked = Object.values(value).includes(MASK);
  return Object.fromEntries(
    Object.entries(value).map(([name, held]) => [
      name,
      masked && name === 'expires_at' ? expiresAtS : withStandIn(held, expiresAtS),
    ]),
  );
}
