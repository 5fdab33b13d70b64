import { randomUUID } from 'node:crypto';
import type { ProviderFault, TurnScript } from '../../../ports';
import { equalText } from '../../auth/equal-text';
import { IAM_TOKEN_HEADER, IAM_TOKENS_PATH, type IamUser } from '../../auth/iam-token';
import { isSdkHmac, type SdkHmacRules } from '../../auth/verify-sdk-hmac';
import type { Exchange } from '../http/exchange';
import type { HttpAnswer } from '../http/http-answer';
import { openHttpMock, type HttpContext, type HttpService, type Refused } from '../http/http-mock';
import type { MockOptions, MockProvider } from '../mock-options';
import { AnswerLog } from '../text/answer-log';
import { PlannedAnswer, resultsIn, type AnswerPiece, type WholeAnswer } from '../text/planned-answer';
import { Respondent, type WrittenMessage } from '../text/respondent';
import { IamService, type IamRules } from './iam-service';
import { iamRefusal, panguFault, panguRefusal, pathFault, tokenFault, type PanguFault } from './pangu-fault';
import {
  panguBody,
  panguChunk,
  panguV1,
  panguV2,
  type PanguAnswerHead,
  type PanguFinish,
  type PanguFraming,
  type PanguPiece,
} from './pangu-frames';
import { isPanguFault, readPanguRequest, type PanguRequest } from './pangu-request';
import { SigningKey } from './signing-key';

export interface PanguMockOptions
  extends MockOptions, Pick<IamRules, 'tokenLifeMs' | 'tokenChars'>, Pick<SdkHmacRules, 'maxSkewMs'> {
  /** Of the project that the token is for, as it stands in paths. Default: 32 hex digits. */
  readonly projectId?: string;
  /** Of the model that is deployed. Default: a UUID. */
  readonly deploymentId?: string;
  /** How V1 streams; default: as documented. */
  readonly v1?: Partial<PanguFraming>;
  /** How V2 streams, which nobody has seen; default: as OpenAI does. */
  readonly v2?: Partial<PanguFraming>;
}

const DEFAULTS = {
  user: 'earshot-user',
  password: 'earshot-password',
  domain: 'earshot-account',
  project: 'cn-southwest-2',
} as const;
const PROJECT_ID = '0ea25407000000000000000000ea2540';
const DEPLOYMENT_ID = '0ea25407-0000-4000-8000-000000000001';
const V1_PATH = /^\/v1\/([^/]+)\/deployments\/([^/]+)\/chat\/completions$/;
const V2_PATH = '/api/v2/chat/completions';
/** By how much the fault `clock-skew` sets the gateway's clock off. */
const SKEW_MS = 3_600_000;
const V1_MODEL = 'pangu-nlp-n1-32k_earshot';

const refusals: Readonly<Record<Refused, PanguFault>> = {
  'not-found': pathFault,
  'wrong-method': { ...pathFault, status: 405 },
  'too-large': { ...panguFault('PANGU.3318'), status: 413 },
  'too-slow': { ...panguFault('PANGU.0010'), status: 408 },
  busy: panguFault('PANGU.3267'),
  crashed: { status: 500, code: 'PANGU.0001', message: 'An unknown error has occurred.' },
};

const finishes: Readonly<Record<WholeAnswer['finish'], PanguFinish>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  blocked: 'content_filter',
};

const pieceOf = (piece: AnswerPiece): PanguPiece => {
  if (piece.kind === 'calls') return { calls: piece.calls };
  return piece.kind === 'reasoning' ? { reasoning: piece.text } : { content: piece.text };
};

const writtenMessages = ({ messages }: PanguRequest): readonly WrittenMessage[] =>
  messages.map(({ role, content, tool_call_id: callId }) => ({
    role,
    text: content ?? '',
    ...(callId !== undefined && { callId }),
  }));

/** The two generations of the chat: which streams they write, and whether the body names the model. */
interface Generation {
  readonly framing: PanguFraming;
  readonly namesModel: boolean;
}

/**
 * Who is let in. Whoever names an access key and nobody who signs in shuts the identity service, since its default user is known to
 * everybody; signatures are taken of a key that is named, and of no other.
 */
function admitted(named: Readonly<Record<string, string>> = {}): {
  readonly credentials: Readonly<Record<string, string>>;
  readonly user: IamUser;
  readonly signingKey: SigningKey;
} {
  const { accessKey, secretKey } = named;
  const signs = accessKey !== undefined && secretKey !== undefined;
  const signingKey = new SigningKey(signs ? { accessKey, secretKey } : undefined);
  const isShut = signs && !Object.keys(DEFAULTS).some((name) => name in named);
  if (isShut) return { credentials: named, user: { ...DEFAULTS, password: randomUUID() }, signingKey };
  const credentials = { ...DEFAULTS, ...named };
  return { credentials, user: credentials, signingKey };
}

/**
 * Opens a scripted Pangu in this process, with the identity service (IAM) that its tokens come from on the same port: V1 with its
 * framing, V2 as OpenAI's (reference/providers.md 6). Its `url` is that of V1's chat.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`, `HIL_CORPUS_UNKNOWN_CLIP`.
 */
export const openPanguMock = (options: PanguMockOptions): Promise<MockProvider> => {
  const { credentials, user, signingKey } = admitted(options.credentials);
  const { projectId = PROJECT_ID, deploymentId = DEPLOYMENT_ID } = options;
  const path = `/v1/${projectId}/deployments/${deploymentId}/chat/completions`;
  return openHttpMock('pangu', { path }, { ...options, credentials }, (context) => {
    const { unixNowMs } = context;
    const iam = new IamService({ ...options, user, projectId, unixNowMs });
    const doors = { iam, signingKey, appCode: options.credentials?.appCode };
    return new PanguService(context, doors, { ...options, projectId, deploymentId });
  });
};

class PanguService implements HttpService {
  readonly routes: HttpService['routes'];
  private readonly respondent: Respondent;
  /** The turn in which the fault `expired-credential` has ended a token: the one that replaces it is good. */
  private tokenEndedInTurn: string | undefined;

  constructor(
    private readonly context: HttpContext,
    private readonly doors: {
      readonly iam: IamService;
      readonly signingKey: SigningKey;
      readonly appCode: string | undefined;
    },
    private readonly options: PanguMockOptions & {
      readonly projectId: string;
      readonly deploymentId: string;
    },
  ) {
    this.respondent = new Respondent(context.scenario, context.corpus, context.turn);
    const v1 = { framing: { ...panguV1, ...options.v1 }, namesModel: false };
    const v2 = { framing: { ...panguV2, ...options.v2 }, namesModel: true };
    this.routes = [
      { method: 'POST', path: IAM_TOKENS_PATH, handle: (exchange) => this.signIn(exchange) },
      { method: 'POST', path: V1_PATH, handle: (exchange) => this.chat(exchange, v1) },
      { method: 'POST', path: V2_PATH, handle: (exchange) => this.chat(exchange, v2) },
    ];
  }

  refuse(refused: Refused, { path }: { readonly path: string }): HttpAnswer {
    return path === IAM_TOKENS_PATH
      ? iamRefusal(400, 'The request is invalid.')
      : panguRefusal(refusals[refused]);
  }

  expectTurn({ answer }: TurnScript): void {
    this.respondent.check([answer?.say]);
  }

  private signIn(exchange: Exchange): void {
    const { faults, log } = this.context;
    const answer = faults.has('bad-key')
      ? iamRefusal(401, 'The username or password is wrong.')
      : this.doors.iam.signIn(exchange.body.toString(), exchange.query.get('nocatalog') !== 'true');
    if (answer.status !== 201) {
      const { error } = JSON.parse(answer.body) as { readonly error: { readonly message: string } };
      const { status: httpStatus } = answer;
      log({
        type: 'error',
        code: `IAM ${httpStatus}`,
        message: error.message,
        httpStatus,
        sessionId: exchange.connectionId,
      });
    }
    exchange.answer(answer);
  }

  private chat(exchange: Exchange, generation: Generation): void {
    const id = `chat-${randomUUID().replaceAll('-', '')}`;
    const log = new AnswerLog(this.context.log, id, exchange.connectionId);
    const read = readPanguRequest(exchange.body.toString());
    const request = isPanguFault(read) ? undefined : read;
    const messages = request === undefined ? [] : writtenMessages(request);
    const answer = request && this.respondent.respond({ ...request, messages });
    const model = generation.namesModel ? (request?.model ?? '') : V1_MODEL;
    if (request && answer) {
      const { stream, tools } = request;
      log.request({ prompt: answer.prompt, model, stream, tools }, exchange.readAtHostMs);
    }
    const refusal =
      this.authFault(exchange, answer?.fault) ??
      this.resourceFault(exchange.path) ??
      (isPanguFault(read) ? read : undefined) ??
      (generation.namesModel && model === '' ? panguFault('PANGU.3278', 'See model.') : undefined) ??
      this.modelFault(model) ??
      this.scriptedFault(answer?.fault);
    if (refusal !== undefined || request === undefined || answer === undefined) {
      const fault = refusal ?? refusals.crashed;
      const { because } = fault;
      log.error(
        fault.code,
        because === undefined ? fault.message : `${fault.message} ${because}`,
        fault.status,
      );
      exchange.answer(panguRefusal(fault), (hostAtMs) => log.done('failed', hostAtMs));
      return;
    }
    log.heard(answer.heard);
    for (const { callId, text } of resultsIn(messages)) log.toolOutput(callId ?? '', text);
    const plan = new PlannedAnswer(this.context, answer, log, {
      showsReasoning: true,
      newCallId: () => `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
    });
    const created = Math.floor(this.context.unixNowMs() / 1000);
    const head = { id, created, model, promptTokens: answer.promptTokens };
    if (!request.stream) {
      answerAtOnce(exchange, log, head, plan);
      return;
    }
    const { increment, ...framing } = generation.framing;
    const swapped = increment === 'delta' ? 'message' : 'delta';
    const isSwapped = this.context.faults.has('wrong-framing', answer.fault);
    stream(exchange, log, {
      head,
      plan,
      framing: { ...framing, increment: isSwapped ? swapped : increment },
    });
  }

  private authFault(exchange: Exchange, fault: ProviderFault | undefined): PanguFault | undefined {
    const { headers } = exchange;
    if (isSdkHmac(headers.authorization)) return this.signatureFault(exchange, fault);
    const { faults } = this.context;
    const { appCode } = this.doors;
    const shownCode = headers['x-apig-appcode'];
    const header = headers[IAM_TOKEN_HEADER];
    const token = typeof header === 'string' ? header : undefined;
    if (token !== undefined && faults.has('bad-key', fault)) return tokenFault('decrypt token fail');
    if (appCode !== undefined && typeof shownCode === 'string' && equalText(shownCode, appCode))
      return undefined;
    if (token !== undefined && faults.has('expired-credential', fault)) {
      const turnId = this.context.turn()?.turnId;
      if (turnId === undefined || turnId !== this.tokenEndedInTurn) this.doors.iam.expire(token);
      this.tokenEndedInTurn = turnId;
    }
    return this.doors.iam.refusalOf(token);
  }

  private signatureFault(
    { method, path, query, headers, body }: Exchange,
    fault: ProviderFault | undefined,
  ): PanguFault | undefined {
    const { faults, unixNowMs } = this.context;
    if (faults.has('bad-key', fault)) return tokenFault('verify aksk signature fail');
    const { maxSkewMs } = this.options;
    return this.doors.signingKey.refusalOf(
      { method, path, query, headers, body },
      {
        unixNowMs: unixNowMs(),
        aheadMs: faults.has('clock-skew', fault) ? SKEW_MS : 0,
        ...(maxSkewMs !== undefined && { maxSkewMs }),
      },
    );
  }

  private resourceFault(path: string): PanguFault | undefined {
    const [, projectId, deploymentId] = V1_PATH.exec(path) ?? [];
    if (projectId === undefined) return undefined;
    const isKnown = projectId === this.options.projectId && deploymentId === this.options.deploymentId;
    return isKnown ? undefined : panguFault('PANGU.3254');
  }

  private modelFault(model: string): PanguFault | undefined {
    const { models } = this.options;
    const isKnown = model === V1_MODEL || models === undefined || models.includes(model);
    return isKnown ? undefined : panguFault('PANGU.0010', 'See model.');
  }

  private scriptedFault(fault: ProviderFault | undefined): PanguFault | undefined {
    const { faults } = this.context;
    if (faults.has('rate-limit', fault)) return panguFault('PANGU.3267');
    return faults.has('too-long', fault) ? panguFault('PANGU.3318') : undefined;
  }
}

function stream(
  exchange: Exchange,
  log: AnswerLog,
  { head, plan, framing }: { head: PanguAnswerHead; plan: PlannedAnswer; framing: PanguFraming },
): void {
  const frames = plan.stream({
    opening: panguChunk(head, framing, { piece: { role: 'assistant' }, finish: null, tokens: 0 }),
    piece: (piece) =>
      panguChunk(head, framing, { piece: pieceOf(piece), finish: null, tokens: piece.tokens }),
    closing: ({ finish, tokens }) =>
      panguChunk(head, framing, { piece: { content: '' }, finish: finishes[finish], tokens }) +
      `${framing.done}\n\n`,
  });
  const headers = { 'content-type': 'text/event-stream' };
  exchange.play({ status: 200, headers, early: true }, frames, (how) => log.bodyEnded(how, plan.outcome));
}

function answerAtOnce(exchange: Exchange, log: AnswerLog, head: PanguAnswerHead, plan: PlannedAnswer): void {
  const { text: content, reasoning, calls, finish, tokens } = plan.whole;
  const answer = { content, calls, finish: finishes[finish], tokens };
  const body = JSON.stringify(panguBody(head, { ...answer, ...(reasoning !== '' && { reasoning }) }));
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  exchange.play({ status: 200, headers }, plan.atOnce(body), (how) => log.bodyEnded(how, plan.outcome));
}
