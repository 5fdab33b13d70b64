import type { ProviderFault } from '../../../ports';
import { bearerOf } from '../http/bearer';
import type { Exchange } from '../http/exchange';
import { jsonAnswer } from '../http/http-answer';
import { openHttpMock, type HttpContext, type HttpService } from '../http/http-mock';
import { jsonBody } from '../json/json-body';
import type { MockOptions, MockProvider } from '../mock-options';
import { AnswerLog } from '../text/answer-log';
import { Respondent, toolResults, type WrittenAnswer } from '../text/respondent';
import { paceOf } from '../text/text-pace';
import { cutTokens } from '../text/tokens';
import type { ChatRefusal } from './chat-errors';
import { promptIn, readChatRequest, type ChatRequest } from './chat-request';
import { chatVendors, type ChatVendor } from './chat-vendor';
import { completionOf } from './completion';
import { eventFrames, wholeBody, type CompletionRun } from './completion-frames';

export interface ChatMockOptions extends MockOptions {
  /** Between two signs of life of a service that sends them (DeepSeek). Default 1 s [U]. */
  readonly keepAliveMs?: number;
}

/**
 * Opens a scripted service of the chat completions family in this process.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`, `HIL_CORPUS_UNKNOWN_CLIP`.
 */
export function openChatMock(
  name: keyof typeof chatVendors,
  options: ChatMockOptions,
): Promise<MockProvider> {
  const vendor: ChatVendor = chatVendors[name];
  const { keepAliveMs = 1000, models } = options;
  return openHttpMock(vendor.protocol, { path: vendor.completionPaths[0] }, options, (context) =>
    chatService({ vendor, context, keepAliveMs, models }),
  );
}

export interface ChatRules {
  readonly vendor: ChatVendor;
  readonly context: HttpContext;
  readonly keepAliveMs: number;
  /** The only models that there are; undefined: every name that looks like one. */
  readonly models: readonly string[] | undefined;
}

/** Routes of a service of the family, for a mock of its own or beside others. */
export function chatService(rules: ChatRules): HttpService {
  const { vendor, context, models = vendor.models } = rules;
  const { scenario, corpus } = context;
  const respondent = new Respondent(scenario, corpus, context.turn);
  const desk = new ChatDesk(rules, respondent);
  const model = (id: string): unknown => ({ id, object: 'model', created: 0, owned_by: vendor.ownedBy });
  const withKey = (exchange: Exchange, serve: () => void): void => {
    const refusal = keyRefusal(exchange, context);
    if (refusal === undefined) serve();
    else {
      const { code, message, answer } = vendor.errors(refusal);
      context.log({
        type: 'error',
        code,
        message,
        httpStatus: answer.status,
        sessionId: exchange.connectionId,
      });
      exchange.answer(answer);
    }
  };
  return {
    refuse: (kind, asked) => vendor.errors({ kind, ...asked }).answer,
    expectTurn: ({ answer }) => respondent.check([answer?.say]),
    routes: [
      ...vendor.completionPaths.map((path) => ({
        method: 'POST' as const,
        path,
        handle: (exchange: Exchange) => desk.complete(exchange),
      })),
      ...vendor.modelPaths.map((path) => ({
        method: 'GET' as const,
        path,
        handle: (exchange: Exchange) =>
          withKey(exchange, () =>
            exchange.answer(jsonAnswer(200, { object: 'list', data: models.map(model) })),
          ),
      })),
    ],
  };
}

function keyRefusal({ headers }: Exchange, { credentials, faults }: HttpContext): ChatRefusal | undefined {
  const key = bearerOf(headers);
  if (key === undefined) return { kind: 'no-key' };
  const wrong = credentials?.apiKey !== undefined && key !== credentials.apiKey;
  return wrong || faults.has('bad-key') ? { kind: 'bad-key', key } : undefined;
}

/** Answers requests for completions. */
class ChatDesk {
  constructor(
    private readonly rules: ChatRules,
    private readonly respondent: Respondent,
  ) {}

  complete(exchange: Exchange): void {
    const { vendor, context } = this.rules;
    const id = vendor.completionId();
    const log = new AnswerLog(context.log, id, exchange.connectionId);
    const body = jsonBody(exchange.body);
    const read = 'fault' in body ? body : readChatRequest(body.json);
    const request = 'fault' in read ? undefined : read.request;
    const json = 'fault' in body ? {} : body.json;
    log.request(
      {
        prompt: promptIn(json),
        ...(typeof json.model === 'string' && { model: json.model.slice(0, 200) }),
        stream: json.stream === true,
        ...(request !== undefined && { tools: request.tools }),
      },
      exchange.readAtHostMs,
    );
    const answer = request && this.respondent.respond(answerable(request, vendor));
    const refusal =
      keyRefusal(exchange, context) ??
      ('fault' in body ? ({ kind: 'bad-json', fault: body.fault } as const) : undefined) ??
      ('fault' in read ? ({ kind: 'bad-parameter', fault: read.fault } as const) : undefined) ??
      (request && answer && this.refusalOf(request, answer));
    if (refusal !== undefined || request === undefined || answer === undefined) {
      this.refuse(
        refusal ?? { kind: 'crashed', method: exchange.method, path: exchange.path },
        exchange,
        log,
      );
      return;
    }
    log.heard(answer.heard);
    for (const { callId, text } of toolResults(request.messages)) log.toolOutput(callId ?? '', text);
    this.play(exchange, id, request, answer, log);
  }

  private refusalOf(request: ChatRequest, answer: WrittenAnswer): ChatRefusal | undefined {
    const { vendor, context, models } = this.rules;
    const { model } = request;
    const known = models?.includes(model) ?? vendor.modelForm.test(model);
    if (!known) return { kind: 'no-model', model };
    const fault = vendor.conversationFault?.(request.messages);
    if (fault) return { kind: 'bad-parameter', fault };
    const wrong = (fault: ProviderFault): boolean => context.faults.has(fault, answer.fault);
    if (wrong('bad-key')) return { kind: 'bad-key', key: '' };
    if (wrong('rate-limit')) return { kind: 'rate-limit' };
    const { promptTokens } = answer;
    const mostTokens = vendor.contextTokens;
    if (promptTokens > mostTokens) return { kind: 'too-long', tokens: promptTokens, mostTokens };
    return wrong('too-long')
      ? { kind: 'too-long', tokens: mostTokens + promptTokens, mostTokens }
      : undefined;
  }

  private refuse(refusal: ChatRefusal, exchange: Exchange, log: AnswerLog): void {
    const { code, message, answer } = this.rules.vendor.errors(refusal);
    log.error(code, message, answer.status);
    exchange.answer(answer, (hostAtMs) => log.done('failed', hostAtMs));
  }

  private play(
    exchange: Exchange,
    id: string,
    request: ChatRequest,
    answer: WrittenAnswer,
    log: AnswerLog,
  ): void {
    const { vendor, context, keepAliveMs } = this.rules;
    const { faults, scenario, clock } = context;
    const { charsPerToken, reasoning } = scenario.text;
    const wrong = (fault: ProviderFault): boolean => faults.has(fault, answer.fault);
    const completion = completionOf(answer, {
      vendor,
      id,
      createdUnixS: Math.floor(context.unixNowMs() / 1000),
      request,
      reasoning:
        reasoning !== undefined && vendor.showsThought(request) ? cutTokens(reasoning, charsPerToken) : [],
      charsPerToken,
      blocked: wrong('content-blocked'),
    });
    const run: CompletionRun = {
      completion,
      pace: paceOf(context, answer.fault),
      log,
      keepAliveMs: vendor.keepsAlive ? keepAliveMs : undefined,
      dies: wrong('mid-stream-death'),
      misframes: wrong('wrong-framing'),
      duplicates: wrong('duplicate'),
    };
    const { finishReason } = completion;
    const whole = finishReason === 'length' || finishReason === 'content_filter' ? 'incomplete' : 'completed';
    const ended = (how: Parameters<AnswerLog['bodyEnded']>[0]): void => log.bodyEnded(how, whole);
    const headers = vendor.headers(clock.nowMs() - exchange.readAtHostMs);
    if (request.stream) {
      const type = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };
      exchange.play({ status: 200, headers: { ...type, ...headers }, early: true }, eventFrames(run), ended);
      return;
    }
    const { contentLength, frames } = wholeBody(run);
    // A length that is not told makes the body chunked, which several boards cannot read.
    const length = run.misframes ? undefined : { 'content-length': String(contentLength) };
    const type = { 'content-type': 'application/json' };
    exchange.play({ status: 200, headers: { ...type, ...headers, ...length } }, frames, ended);
  }
}

const answerable = (
  { messages, tools, maxTokens, stop }: ChatRequest,
  { keepsStop }: ChatVendor,
): Parameters<Respondent['respond']>[0] => ({
  messages,
  tools,
  stop,
  ...(keepsStop !== undefined && { keepsStop }),
  ...(maxTokens !== undefined && { maxTokens }),
});
