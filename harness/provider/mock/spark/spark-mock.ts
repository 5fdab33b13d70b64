import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { TurnScript } from '../../../ports';
import { verifySparkUrl } from '../../auth/verify-spark-url';
import { targetOf, type Exchange } from '../http/exchange';
import { answerRaw, jsonAnswer, type HttpAnswer } from '../http/http-answer';
import { openHttpMock, type HttpContext, type HttpService, type Refused } from '../http/http-mock';
import type { MockOptions, MockProvider } from '../mock-options';
import { Respondent } from '../text/respondent';
import { defaultCodes, type SparkCodeChoice } from './spark-code';
import { SparkConversation, type SparkConversationRules } from './spark-conversation';
import { SPARK_HTTP_PATH, SPARK_PATH, sparkDomainsOf, sparkModels } from './spark-domains';
import { SparkHttp, sparkHttpError } from './spark-http';

export interface SparkMockOptions extends MockOptions {
  /** Default 300 000, the gateway's. */
  readonly maxSkewMs?: number;
  /** Whether the signed host has to be the Host header too. Default false. */
  readonly strictHost?: boolean;
  /** How long a client may stay silent after its upgrade. Default 60 000, the service's. */
  readonly idleMs?: number;
  /** Longest history with its question. Default 8 192. */
  readonly historyTokens?: number;
  /** Default `with-text`: the last piece of the answer has status 2, so that a short answer is one frame. */
  readonly lastFrame?: SparkConversationRules['lastFrame'];
  readonly codes?: Partial<SparkCodeChoice>;
}

const DEFAULTS = { appId: 'earshot', apiKey: 'earshot-api-key', apiSecret: 'earshot-api-secret' } as const;
/** By how much the fault `clock-skew` sets the provider's clock off. */
const SKEW_MS = 3_600_000;

const refusals: Readonly<Record<Refused, readonly [status: number, message: string]>> = {
  'not-found': [404, 'no Route matched with those values'],
  'wrong-method': [404, 'no Route matched with those values'],
  'too-large': [413, 'the body is too large'],
  'too-slow': [408, 'the body took too long'],
  busy: [503, 'too many requests are open at once'],
  crashed: [500, 'an internal error has occurred'],
};

/**
 * Opens a scripted Spark in this process: the signed WebSocket of every product, and the HTTP interface on the same port
 * (reference/providers.md 4). Its `url` is that of V3.1's WebSocket.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`, `HIL_CORPUS_UNKNOWN_CLIP`.
 */
export const openSparkMock = (options: SparkMockOptions): Promise<MockProvider> => {
  const credentials = { ...DEFAULTS, ...options.credentials };
  return openHttpMock(
    'spark',
    { scheme: 'ws', path: SPARK_PATH },
    { ...options, credentials },
    (context) => new SparkService(context, credentials, options),
  );
};

class SparkService implements HttpService {
  readonly routes: HttpService['routes'];
  private readonly respondent: Respondent;
  private readonly sockets: WebSocketServer;
  private readonly rules: SparkConversationRules;

  constructor(
    private readonly context: HttpContext,
    private readonly credentials: typeof DEFAULTS & { readonly apiPassword?: string },
    private readonly options: SparkMockOptions,
  ) {
    const { models, historyTokens = 8192, idleMs = 60_000, lastFrame = 'with-text' } = options;
    const codes = { ...defaultCodes, ...options.codes };
    this.respondent = new Respondent(context.scenario, context.corpus, context.turn);
    this.rules = { appId: credentials.appId, codes, idleMs, historyTokens, lastFrame };
    const isModel = (model: string): boolean => (models ? models.includes(model) : sparkModels.has(model));
    const http = new SparkHttp(context, this.respondent, { ...credentials, codes, historyTokens, isModel });
    this.routes = [
      { method: 'POST', path: SPARK_HTTP_PATH, handle: (exchange: Exchange) => http.handle(exchange) },
    ];
    this.sockets = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: context.limits.bodyBytes,
    });
  }

  refuse(refused: Refused, { path }: { readonly path: string }): HttpAnswer {
    const [status, message] = refusals[refused];
    return path === SPARK_HTTP_PATH ? sparkHttpError(status, message, null) : jsonAnswer(status, { message });
  }

  expectTurn({ answer }: TurnScript): void {
    this.respondent.check([answer?.say]);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { path } = targetOf(request);
    const domains = sparkDomainsOf(path);
    const refuse = (status: number, message: string, code: string, because = ''): void => {
      const said = because === '' ? message : `${message}. ${because}`;
      this.context.log({ type: 'error', code, message: said, httpStatus: status });
      answerRaw(socket, jsonAnswer(status, { message }));
    };
    if (domains === undefined) {
      refuse(...refusals['not-found'], 'not_found', `There is no product on ${path.slice(0, 64)}.`);
      return;
    }
    const unsigned = this.signatureRefusal(request);
    if (unsigned !== undefined) {
      refuse(unsigned.status, unsigned.message, unsigned.reason, unsigned.because);
      return;
    }
    if (this.sockets.clients.size >= this.context.limits.requestsAtOnce) {
      refuse(...refusals.busy, 'too_many_requests_at_once');
      return;
    }
    this.sockets.handleUpgrade(request, socket, head, (accepted) =>
      new SparkConversation(accepted, domains, this.context, this.respondent, this.rules).open(),
    );
  }

  close(): void {
    for (const client of this.sockets.clients) client.terminate();
  }

  private signatureRefusal(request: IncomingMessage): ReturnType<typeof verifySparkUrl> {
    const { faults, unixNowMs } = this.context;
    const { maxSkewMs, strictHost } = this.options;
    return verifySparkUrl(
      { method: request.method ?? 'GET', target: request.url ?? '/', hostHeader: request.headers.host },
      {
        // Under the fault nobody's key is known.
        keys: faults.has('bad-key') ? { ...this.credentials, apiKey: randomUUID() } : this.credentials,
        unixNowMs: unixNowMs() + (faults.has('clock-skew') ? SKEW_MS : 0),
        ...(maxSkewMs !== undefined && { maxSkewMs }),
        ...(strictHost !== undefined && { strictHost }),
      },
    );
  }
}
