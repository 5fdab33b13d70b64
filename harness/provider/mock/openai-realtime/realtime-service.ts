import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { closeAll } from '../../../errors';
import type { Cancel, ReceivedAudio, ReceivedWindow, TurnScript } from '../../../ports';
import type { Recogniser } from '../../hearing/recogniser';
import { typedPrompt } from '../../hearing/typed-prompt';
import { Loss } from '../../loss';
import { targetOf } from '../http/exchange';
import { answerRaw, jsonAnswer, type HttpAnswer } from '../http/http-answer';
import type { HttpContext, HttpService, Refused, Route } from '../http/http-mock';
import { ReceivedArchive } from '../received-archive';
import { ReplyShelf } from '../reply-shelf';
import {
  admissionOf,
  askedBy,
  isRefusal,
  type Admission,
  type AdmissionRules,
  type DialectChoice,
  type Refusal,
} from './auth';
import { BetaDialect } from './beta-dialect';
import { ClientLink, closeSocket } from './client-link';
import { Connection, type Carrier, type ConnectionContext } from './connection';
import { preflightAnswer } from './cors';
import { gaDialect, type Dialect } from './dialect';
import { overloaded, refusalAnswer } from './http-refusal';
import { keyRoutes } from './key-routes';
import { KeyRing } from './key-ring';
import { CallDesk, type CallRules } from './webrtc/call-desk';
import { errorEvent } from './wire-events';

type SessionRules = Pick<
  ConnectionContext,
  'toolDoneDelayMs' | 'pingIntervalMs' | 'pongTimeoutMs' | 'maxUnsentBytes'
>;

/** What a Realtime service is told beyond what every mock is. */
export interface RealtimeRules extends SessionRules, CallRules {
  readonly apiKey: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly dialect: DialectChoice;
  /** Undefined: as long as the dialect's sessions last. */
  readonly sessionMaxMs: number | undefined;
  /** Further sessions are refused with close code 1013. */
  readonly maxSessions: number;
}

/** Base64 of 15 MiB of sound, escapes and the rest of the event; larger messages close with 1009. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 65_536;
const KEEP_RECEIVED_MS = 120_000;
const PATH = '/v1/realtime';
export const DEFAULT_MODEL = 'gpt-realtime';
/** reference/providers.md 2.12. */
const longestSessionMs = { ga: 3_600_000, beta: 1_800_000 } as const;

const refusedStatus: Readonly<Record<Refused, number>> = {
  'not-found': 404,
  'wrong-method': 405,
  'too-large': 413,
  'too-slow': 408,
  busy: 503,
  crashed: 500,
};

/**
 * OpenAI Realtime over WebSocket and WebRTC (reference/providers.md section 2): who is let in, and the sessions of those who
 * are.
 */
export class RealtimeService implements HttpService {
  readonly routes: readonly Route[];
  private readonly sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    handleProtocols: (protocols) => (protocols.has('realtime') ? 'realtime' : false),
  });
  private readonly open = new Set<Connection>();
  private readonly archive = new ReceivedArchive();
  private readonly replies: ReplyShelf;
  private readonly shared: Omit<ConnectionContext, 'sessionMaxMs'>;
  private readonly admission: AdmissionRules;
  private readonly calls: CallDesk;
  private readonly loss = new Loss();
  private lost: Error | undefined;

  /** @throws ProviderError `HIL_CORPUS_UNKNOWN_CLIP`, `HIL_AUDIO_RATE`. */
  constructor(
    private readonly context: HttpContext,
    private readonly recogniser: Recogniser,
    private readonly rules: RealtimeRules,
  ) {
    const { scenario, corpus, faults } = context;
    const keys = new KeyRing(rules.apiKey, context.unixNowMs);
    this.admission = { keys, faults, dialect: rules.dialect, models: rules.models };
    const prompts = [...corpus.prompts.values()];
    this.replies = new ReplyShelf(corpus, scenario.pacing.chunkMs);
    this.replies.prepareScenario(scenario);
    this.shared = {
      ...context,
      ...rules,
      recogniser,
      replies: this.replies,
      keepReceivedMs: KEEP_RECEIVED_MS,
      transcriptOf: (promptId) => corpus.prompts.get(promptId)?.transcript,
      typed: (text) => typedPrompt(prompts, text),
      answerOverride: () => context.turn()?.answer,
    };
    this.calls = new CallDesk(
      context,
      {
        admission: this.admission,
        replies: this.replies,
        fullOrLost: () => this.fullOrLost(),
        dialectOf: (admission) => this.dialectOf(admission),
        opened: ({ connection }) => this.opened(connection),
        ended: ({ connection }) => this.ended(connection),
        lost: (error) => this.loss.tell(error),
      },
      rules,
    );
    const posts = [...keyRoutes(context, this.admission, DEFAULT_MODEL), ...this.calls.routes];
    const preflights = posts.map(({ path }): Route => ({
      method: 'OPTIONS',
      path,
      handle: (exchange) => exchange.answer(preflightAnswer(exchange)),
    }));
    this.routes = [...posts, ...preflights];
    recogniser.onLost((error) => {
      this.lost = error;
      this.loss.tell(error);
      for (const connection of this.open) connection.fail(error.message);
    });
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (targetOf(request).path === PATH && this.context.faults.has('unavailable')) {
      const { code, message } = overloaded;
      this.context.log({ type: 'error', code, message, httpStatus: 503 });
      answerRaw(socket, refusalAnswer(503, { ...overloaded, param: null }));
    } else if (targetOf(request).path === PATH)
      this.sockets.handleUpgrade(request, socket, head, (accepted) => this.accept(accepted, request));
    else answerRaw(socket, this.refuse('not-found'));
  }

  refuse(refused: Refused): HttpAnswer {
    const message = refused === 'not-found' ? 'Invalid URL' : `The request was refused: ${refused}.`;
    const type = refused === 'crashed' || refused === 'busy' ? 'server_error' : 'invalid_request_error';
    return jsonAnswer(refusedStatus[refused], { error: { message, type, param: null, code: null } });
  }

  expectTurn({ answer }: TurnScript): void {
    this.replies.prepare([answer?.say]);
  }

  saveReceived(window: ReceivedWindow): Promise<ReceivedAudio | undefined> {
    return this.archive.save(window);
  }

  onLost(listener: (error: Error) => void): Cancel {
    return this.loss.onLost(listener);
  }

  close(): Promise<void> {
    return closeAll([this.recogniser, this.calls]);
  }

  private accept(socket: WebSocket, request: IncomingMessage): void {
    const admission = admissionOf(askedBy(request), this.admission);
    if (isRefusal(admission)) {
      this.turnAway(socket, admission);
      return;
    }
    const noRoom = this.fullOrLost();
    if (noRoom !== undefined) {
      this.turnAway(socket, noRoom);
      return;
    }
    const { dialect, context } = this.dialectOf(admission);
    const link: Carrier['link'] = (listener) => new ClientLink(socket, dialect, context, listener);
    const connection = new Connection({ link }, admission, dialect, context);
    this.opened(connection);
    socket.on('close', () => this.ended(connection));
    connection.open();
  }

  private dialectOf({ dialect: name }: Admission): {
    readonly dialect: Dialect;
    readonly context: ConnectionContext;
  } {
    const dialect = name === 'beta' ? new BetaDialect() : gaDialect;
    const sessionMaxMs = this.rules.sessionMaxMs ?? longestSessionMs[name];
    return { dialect, context: { ...this.shared, sessionMaxMs } };
  }

  private opened(connection: Connection): void {
    this.open.add(connection);
    this.recogniser.serves(this.open.size);
    this.archive.open(connection.session.id, connection.received);
  }

  private ended(connection: Connection): void {
    this.open.delete(connection);
    this.archive.close(connection.session.id);
  }

  private turnAway(socket: WebSocket, { code, message, closeCode, closeReason }: Refusal): void {
    const { clock, log } = this.context;
    // ws reports a broken frame or reset here and closes by itself.
    socket.on('error', () => undefined);
    socket.send(JSON.stringify(errorEvent({ code, message, param: null })));
    log({ type: 'error', code: code ?? closeReason, message });
    closeSocket(socket, clock, closeCode, closeReason);
  }

  private fullOrLost(): Refusal | undefined {
    const { lost, open, rules } = this;
    if (lost !== undefined)
      return { code: 'server_error', message: lost.message, closeCode: 1011, closeReason: 'server_error' };
    if (open.size < rules.maxSessions) return undefined;
    const [code, message] = ['session_limit_reached', `The mock serves ${open.size} sessions already.`];
    return { code, message, closeCode: 1013, closeReason: code };
  }
}
