import { randomUUID } from 'node:crypto';
import type { ProviderFault, TurnScript } from '../../../ports';
import type { Tc3Keys } from '../../auth/tc3';
import { verifyTc3, type Tc3Refusal } from '../../auth/verify-tc3';
import { chatService } from '../chat/chat-mock';
import type { ChatVendor } from '../chat/chat-vendor';
import type { Exchange } from '../http/exchange';
import { jsonAnswer, type HttpAnswer } from '../http/http-answer';
import { openHttpMock, type HttpContext, type HttpService, type Refused } from '../http/http-mock';
import type { MockOptions, MockProvider } from '../mock-options';
import { AnswerLog } from '../text/answer-log';
import { PlannedAnswer, resultsIn, type AnswerPiece, type WholeAnswer } from '../text/planned-answer';
import { Respondent, type WrittenMessage } from '../text/respondent';
import {
  hunyuanBody,
  hunyuanErrorBody,
  hunyuanErrorEvent,
  hunyuanEvent,
  type HunyuanAnswerHead,
  type HunyuanFinish,
  type HunyuanSaid,
} from './hunyuan-frames';
import {
  isHunyuanFault,
  readHunyuanRequest,
  type HunyuanFault,
  type HunyuanRequest,
} from './hunyuan-request';
import { hunyuanTwin } from './hunyuan-twin';

export interface HunyuanMockOptions extends MockOptions {
  /** Default 300 000, the service's. */
  readonly maxSkewMs?: number;
  /** How the fault `mid-stream-death` looks: the connection is cut (default), or an event says that the model failed. */
  readonly death?: 'cut' | 'error-event';
  /** What the twin that is asked by OpenAI's clients does otherwise than `hunyuanTwin` has it: much of it is not documented [U]. */
  readonly twin?: Partial<ChatVendor>;
}

const SIGNING = { secretId: 'AKIDEARSHOT', secretKey: 'earshot-secret-key' } as const;
const VERSION = '2023-09-01';
/** By how much the fault `clock-skew` sets the provider's clock off. */
const SKEW_MS = 3_600_000;
/** Where the twin answers, its refusals included. */
const TWIN_PATHS = '/v1/';
/** Between signs of life, if `twin` says that there are any [U]. */
const TWIN_KEEP_ALIVE_MS = 1000;

const refusals: Readonly<Record<Refused, readonly [code: string, message: string]>> = {
  'not-found': ['InvalidParameter', 'The path of every request is "/".'],
  'wrong-method': ['InvalidParameter', 'ChatCompletions is asked by POST.'],
  'too-large': ['InvalidParameter', 'The request is too large.'],
  'too-slow': ['InternalError', 'The request took too long.'],
  busy: ['RequestLimitExceeded', 'Too many requests are open at once.'],
  crashed: ['InternalError', 'An internal error has occurred.'],
};

const internalError: HunyuanFault = { code: 'InternalError', message: 'An internal error has occurred.' };

const finishes: Readonly<Record<WholeAnswer['finish'], HunyuanFinish>> = {
  stop: 'stop',
  length: 'stop',
  'tool-calls': 'tool_calls',
  blocked: 'sensitive',
};

const pieceSaid = (piece: AnswerPiece): HunyuanSaid => {
  if (piece.kind === 'calls') return { content: '', calls: piece.calls };
  return piece.kind === 'reasoning' ? { content: '', reasoning: piece.text } : { content: piece.text };
};

const wholeSaid = ({ text, reasoning, calls }: WholeAnswer): HunyuanSaid => ({
  content: text,
  ...(reasoning !== '' && { reasoning }),
  ...(calls.length > 0 && { calls }),
});

/**
 * Who is let in. Whoever names the key of the twin alone shuts the signed API, since its default keys are known to everybody.
 */
const credentialsOf = (named: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  'apiKey' in named && !('secretId' in named || 'secretKey' in named) ? named : { ...SIGNING, ...named };

/**
 * Opens a scripted Hunyuan in this process: `ChatCompletions` of Tencent Cloud API 3.0, with TC3-HMAC-SHA256 checked byte by byte,
 * every error inside a 200, streams without `[DONE]`; beside it the twin for OpenAI's clients, with a key
 * (reference/providers.md 5).
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`, `HIL_CORPUS_UNKNOWN_CLIP`.
 */
export const openHunyuanMock = (options: HunyuanMockOptions): Promise<MockProvider> => {
  const credentials = credentialsOf(options.credentials);
  return openHttpMock(
    'hunyuan',
    { path: '/' },
    { ...options, credentials },
    (context) => new HunyuanService(context, credentials, options),
  );
};

function refuse(
  exchange: Exchange,
  log: AnswerLog,
  requestId: string,
  { code, message, because }: HunyuanFault & { readonly because?: string },
): void {
  log.error(code, because === undefined ? message : `${message} ${because}`, 200);
  exchange.answer(jsonAnswer(200, hunyuanErrorBody(requestId, code, message)), (hostAtMs) =>
    log.done('failed', hostAtMs),
  );
}

function commonFault({ headers }: Exchange): HunyuanFault | undefined {
  const action = headers['x-tc-action'];
  if (action === undefined) return { code: 'MissingParameter', message: 'X-TC-Action is missing.' };
  if (action !== 'ChatCompletions')
    return { code: 'InvalidAction', message: 'The action is not known; ChatCompletions is.' };
  return headers['x-tc-version'] === VERSION
    ? undefined
    : { code: 'NoSuchVersion', message: `X-TC-Version has to be ${VERSION}.` };
}

const writtenMessages = ({ messages }: HunyuanRequest): readonly WrittenMessage[] =>
  messages.map(({ Role, Content, ToolCallId }) => ({
    role: Role,
    text: Content ?? '',
    ...(ToolCallId !== undefined && { callId: ToolCallId }),
  }));

function answerAtOnce(
  exchange: Exchange,
  log: AnswerLog,
  head: HunyuanAnswerHead,
  plan: PlannedAnswer,
): void {
  const { finish, tokens } = plan.whole;
  const said = wholeSaid(plan.whole);
  const body = JSON.stringify(
    hunyuanBody(head, { requestId: head.id, said, finish: finishes[finish], tokens }),
  );
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  exchange.play({ status: 200, headers }, plan.atOnce(body), (how) => log.bodyEnded(how, plan.outcome));
}

class HunyuanService implements HttpService {
  readonly routes: HttpService['routes'];
  private readonly respondent: Respondent;
  private readonly twin: HttpService;
  private readonly keys: Tc3Keys;

  constructor(
    private readonly context: HttpContext,
    private readonly credentials: Readonly<Record<string, string>>,
    private readonly options: HunyuanMockOptions,
  ) {
    const { secretId = '', secretKey = '', apiKey } = credentials;
    this.keys = { secretId, secretKey };
    // Any key will do where nobody is named, as with the mocks of the chat family. Else none does but the one that is named: an
    // empty one, which nobody can show, where only the others are.
    const isAnybody = Object.keys(options.credentials ?? {}).length === 0;
    const bearers = isAnybody ? undefined : { apiKey: apiKey ?? '' };
    this.respondent = new Respondent(context.scenario, context.corpus, context.turn);
    this.twin = chatService({
      vendor: { ...hunyuanTwin, ...options.twin },
      context: { ...context, credentials: bearers },
      keepAliveMs: TWIN_KEEP_ALIVE_MS,
      models: options.models,
    });
    this.routes = [
      { method: 'POST', path: '/', handle: (exchange) => this.chat(exchange) },
      ...this.twin.routes,
    ];
  }

  refuse(refused: Refused, asked: { readonly method: string; readonly path: string }): HttpAnswer {
    if (asked.path.startsWith(TWIN_PATHS)) return this.twin.refuse(refused, asked);
    return jsonAnswer(200, hunyuanErrorBody(randomUUID(), ...refusals[refused]));
  }

  expectTurn({ answer }: TurnScript): void {
    this.respondent.check([answer?.say]);
  }

  private chat(exchange: Exchange): void {
    const requestId = randomUUID();
    const log = new AnswerLog(this.context.log, requestId, exchange.connectionId);
    const read = readHunyuanRequest(exchange.body.toString());
    const request = isHunyuanFault(read) ? undefined : read;
    const answer = request && this.respondent.respond({ ...request, messages: writtenMessages(request) });
    if (request && answer) {
      const { model, stream, tools } = request;
      log.request({ prompt: answer.prompt, model, stream, tools }, exchange.readAtHostMs);
    }
    const refusal =
      this.authRefusal(exchange, answer?.fault) ??
      commonFault(exchange) ??
      (isHunyuanFault(read) ? read : undefined) ??
      this.modelFault(request?.model ?? '') ??
      this.scriptedFault(answer?.fault);
    if (refusal !== undefined || request === undefined || answer === undefined) {
      refuse(exchange, log, requestId, refusal ?? internalError);
      return;
    }
    log.heard(answer.heard);
    for (const { callId, text } of resultsIn(writtenMessages(request))) log.toolOutput(callId ?? '', text);
    const plan = new PlannedAnswer(this.context, answer, log, {
      showsReasoning: request.thinks,
      newCallId: () => `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    });
    const head = {
      id: requestId,
      created: Math.floor(this.context.unixNowMs() / 1000),
      promptTokens: answer.promptTokens,
    };
    if (request.stream) this.stream(exchange, log, head, plan, answer.fault);
    else answerAtOnce(exchange, log, head, plan);
  }

  private stream(
    exchange: Exchange,
    log: AnswerLog,
    head: HunyuanAnswerHead,
    plan: PlannedAnswer,
    fault: ProviderFault | undefined,
  ): void {
    // Official clients know a stream by exactly this content type.
    const contentType = this.context.faults.has('wrong-framing', fault)
      ? 'application/json; charset=utf-8'
      : 'text/event-stream';
    const frames = plan.stream({
      piece: (piece) => hunyuanEvent(head, { said: pieceSaid(piece), finish: '', tokens: piece.tokens }),
      closing: ({ finish, tokens }) =>
        hunyuanEvent(head, { said: { content: '' }, finish: finishes[finish], tokens }),
      ...(this.options.death === 'error-event' && {
        death: ({ tokens }) => {
          const message = 'The model did not answer in time.';
          log.error('4001', message, 200);
          return hunyuanErrorEvent(head, { code: 4001, message, tokens });
        },
      }),
    });
    const headers = { 'content-type': contentType, 'x-tc-requestid': head.id };
    exchange.play({ status: 200, headers, early: true }, frames, (how) => log.bodyEnded(how, plan.outcome));
  }

  private authRefusal(
    { method, headers, body, query }: Exchange,
    fault: ProviderFault | undefined,
  ): Tc3Refusal | undefined {
    const { faults, unixNowMs } = this.context;
    const token = faults.has('expired-credential', fault) ? randomUUID() : this.credentials.token;
    return verifyTc3(
      { method, query: query.toString(), headers, body },
      {
        // Under the fault nobody's SecretId is known; none that a client sends is empty.
        keys: faults.has('bad-key', fault) ? { ...this.keys, secretId: '' } : this.keys,
        // SDKs take the service from the host that they are pointed at.
        services: ['hunyuan', headers.host?.split('.')[0] ?? ''],
        unixNowMs: unixNowMs() + (faults.has('clock-skew', fault) ? SKEW_MS : 0),
        ...(this.options.maxSkewMs !== undefined && { maxSkewMs: this.options.maxSkewMs }),
        ...(token !== undefined && { token }),
      },
    );
  }

  private modelFault(model: string): HunyuanFault | undefined {
    const { models } = this.options;
    const isKnown = models === undefined ? model.startsWith('hunyuan') : models.includes(model);
    return isKnown
      ? undefined
      : { code: 'InvalidParameterValue.Model', message: 'The model does not exist.' };
  }

  private scriptedFault(fault: ProviderFault | undefined): HunyuanFault | undefined {
    const { faults } = this.context;
    if (faults.has('rate-limit', fault))
      return { code: 'RequestLimitExceeded', message: 'Too many requests within a second.' };
    if (faults.has('too-long', fault))
      return { code: 'InvalidParameter', message: 'The messages have too many tokens.' };
    return undefined;
  }
}
