import { randomBytes } from 'node:crypto';
import type { ProviderFault } from '../../../ports';
import { bearerOf } from '../http/bearer';
import type { Exchange } from '../http/exchange';
import { jsonAnswer, textAnswer, type HttpAnswer } from '../http/http-answer';
import { openHttpMock, type HttpContext, type HttpService, type Refused } from '../http/http-mock';
import { jsonBody } from '../json/json-body';
import type { MockOptions, MockProvider } from '../mock-options';
import { AnswerLog } from '../text/answer-log';
import { Respondent, toolResults, type WrittenAnswer } from '../text/respondent';
import { TextPace } from '../text/text-pace';
import { cutTokens } from '../text/tokens';
import { lineFrames, runnerDied, wholeAnswer, type Generation } from './generation';
import { Lane } from './lane';
import { promptIn, readOllamaRequest, type OllamaRequest } from './ollama-request';

export interface OllamaMockOptions extends MockOptions {
  /** Requests that the model answers at once, `OLLAMA_NUM_PARALLEL`. Default 1. */
  readonly parallel?: number;
  /** Requests that may wait for it, `OLLAMA_MAX_QUEUE`. Default 512. */
  readonly queue?: number;
}

/** Any will do: clients only show it [U]. */
const VERSION = '0.12.0';
const MODELS = ['deepseek-coder:latest', 'deepseek-r1:latest', 'llama3.2:latest', 'qwen3:latest'];
/** Models that think, by the names of their families [U]. */
const THINKS = /deepseek-r1|qwen3|qwq|gpt-oss|magistral|thinking/i;
/** Two spaces: as the server has it. */
const BUSY = 'server busy, please try again.  maximum pending requests exceeded';

const ollamaError = (status: number, error: string): HttpAnswer =>
  jsonAnswer(status, { error }, { 'content-type': 'application/json; charset=utf-8' });

const refusals: Readonly<Record<Refused, HttpAnswer>> = {
  'not-found': textAnswer(404, '404 page not found'),
  'wrong-method': textAnswer(405, '405 method not allowed'),
  'too-large': ollamaError(413, 'http: request body too large'),
  'too-slow': textAnswer(408, '408 Request Timeout'),
  busy: ollamaError(503, BUSY),
  crashed: ollamaError(500, 'internal server error'),
};

/**
 * Opens a scripted Ollama in this process.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`, `HIL_CORPUS_UNKNOWN_CLIP`.
 */
export function openOllamaMock(options: OllamaMockOptions): Promise<MockProvider> {
  const { parallel = 1, queue = 512, models } = options;
  return openHttpMock('ollama', { path: '/api/generate' }, options, (context) =>
    ollamaService(context, new Lane(parallel, queue), models),
  );
}

function ollamaService(context: HttpContext, lane: Lane, models: readonly string[] | undefined): HttpService {
  const { scenario, corpus } = context;
  const respondent = new Respondent(scenario, corpus, context.turn);
  const desk = new OllamaDesk(context, respondent, lane, models);
  const listed = (models ?? MODELS).map((name) => ({
    name,
    model: name,
    modified_at: '2026-01-01T00:00:00Z',
    size: 776_080_839,
    digest: '3ddd2d3fc8d2b5fe039d18f859271132fd9c7960ef0be1864984442dc2a915d3',
    details: {
      parent_model: '',
      format: 'gguf',
      family: 'llama',
      families: ['llama'],
      parameter_size: '1B',
      quantization_level: 'Q4_0',
    },
  }));
  const get = (path: string, answer: HttpAnswer): HttpService['routes'] =>
    (['GET', 'HEAD'] as const).map((method) => ({
      method,
      path,
      handle: (exchange) => exchange.answer(answer),
    }));
  return {
    refuse: (refused) => refusals[refused],
    expectTurn: ({ answer }) => respondent.check([answer?.say]),
    routes: [
      { method: 'POST', path: '/api/generate', handle: (exchange) => desk.serve('generate', exchange) },
      { method: 'POST', path: '/api/chat', handle: (exchange) => desk.serve('chat', exchange) },
      ...get('/', textAnswer(200, 'Ollama is running')),
      ...get('/api/tags', jsonAnswer(200, { models: listed })),
      ...get('/api/ps', jsonAnswer(200, { models: [] })),
      ...get('/api/version', jsonAnswer(200, { version: VERSION })),
    ],
  };
}

/** Answers requests to generate and to chat. */
class OllamaDesk {
  constructor(
    private readonly context: HttpContext,
    private readonly respondent: Respondent,
    private readonly lane: Lane,
    private readonly models: readonly string[] | undefined,
  ) {}

  serve(kind: OllamaRequest['kind'], exchange: Exchange): void {
    const { context } = this;
    const log = new AnswerLog(context.log, `ollama_${randomBytes(8).toString('hex')}`, exchange.connectionId);
    const body = jsonBody(exchange.body);
    const json = 'fault' in body ? {} : body.json;
    const read = 'fault' in body ? body : readOllamaRequest(kind, json);
    log.request(
      {
        prompt: promptIn(kind, json),
        ...(typeof json.model === 'string' && { model: json.model.slice(0, 200) }),
        stream: json.stream !== false,
        ...('request' in read && { tools: read.request.tools }),
      },
      exchange.readAtHostMs,
    );
    const refuse = (status: number, error: string): void => {
      log.error(String(status), error, status);
      exchange.answer(ollamaError(status, error), (hostAtMs) => log.done('failed', hostAtMs));
    };
    const key = context.credentials?.apiKey;
    if (key !== undefined && bearerOf(exchange.headers) !== key) refuse(401, 'unauthorized');
    else if (exchange.body.length === 0) refuse(400, 'missing request body');
    else if ('fault' in read) refuse(400, read.fault.message);
    else this.admit(read.request, exchange, log, refuse);
  }

  private admit(
    request: OllamaRequest,
    exchange: Exchange,
    log: AnswerLog,
    refuse: (status: number, error: string) => void,
  ): void {
    const { model } = request;
    const { faults } = this.context;
    if (model === '' || this.models?.includes(model) === false)
      refuse(404, `model '${model.slice(0, 200)}' not found`);
    else if (request.think === true && !THINKS.test(model))
      refuse(400, `"${model.slice(0, 200)}" does not support thinking`);
    else {
      const { messages, tools, stop, maxTokens } = request;
      const question = { messages, tools, stop, ...(maxTokens !== undefined && { maxTokens }) };
      const answer = messages.length === 0 ? undefined : this.respondent.respond(question);
      const wrong = (fault: ProviderFault): boolean => faults.has(fault, answer?.fault);
      if (wrong('rate-limit')) refuse(503, BUSY);
      else if (wrong('mid-stream-death') && !request.stream) refuse(500, runnerDied);
      else this.queue(request, answer, exchange, log, refuse);
    }
  }

  private queue(
    request: OllamaRequest,
    answer: WrittenAnswer | undefined,
    exchange: Exchange,
    log: AnswerLog,
    refuse: (status: number, error: string) => void,
  ): void {
    if (answer !== undefined) log.heard(answer.heard);
    for (const { callId, text } of toolResults(request.messages)) log.toolOutput(callId ?? '', text);
    exchange.whenOver(() => {
      log.done('cancelled');
      leave?.();
    });
    const leave = this.lane.enter(() => this.play(this.generation(request, answer, exchange, log), exchange));
    if (leave === undefined) refuse(503, BUSY);
  }

  private generation(
    request: OllamaRequest,
    answer: WrittenAnswer | undefined,
    { readAtHostMs }: Exchange,
    log: AnswerLog,
  ): Generation {
    const { scenario, clock, unixNowMs, faults, slowFirstTokenMs, delays } = this.context;
    const { charsPerToken, reasoning } = scenario.text;
    const wrong = (fault: ProviderFault): boolean => faults.has(fault, answer?.fault);
    const thinks = answer !== undefined && THINKS.test(request.model) && request.think !== false;
    const load = request.unload ? 'unload' : 'load';
    return {
      request,
      clock,
      unixNowMs,
      // A slow first token is a model that has to be loaded, which is told apart.
      pace: new TextPace(scenario.text, delays, undefined),
      log,
      readAtHostMs,
      loadMs: wrong('slow-first-token') ? slowFirstTokenMs : 0,
      // What does not fit is left out without a word.
      promptTokens: wrong('too-long')
        ? request.contextTokens
        : Math.min(answer?.promptTokens ?? 0, request.contextTokens),
      reasoning: thinks && reasoning !== undefined ? cutTokens(reasoning, charsPerToken) : [],
      tokens: answer?.tokens ?? [],
      calls: (answer?.calls ?? []).map((call) => ({
        id: `call_${randomBytes(6).toString('hex')}`,
        call,
      })),
      doneReason: answer === undefined ? load : answer.finish === 'length' ? 'length' : 'stop',
      dies: wrong('mid-stream-death'),
      misframes: wrong('wrong-framing'),
    };
  }

  private play(generation: Generation, exchange: Exchange): void {
    const { log, request, clock, doneReason, dies, misframes } = generation;
    const whole = doneReason === 'length' ? 'incomplete' : 'completed';
    if (request.stream) {
      const head = { status: 200, headers: { 'content-type': 'application/x-ndjson' } };
      exchange.play(head, lineFrames(generation), (how) => log.bodyEnded(how, dies ? 'failed' : whole));
      return;
    }
    const { afterMs, body, sent } = wholeAnswer(generation);
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    if (misframes) {
      const frames = [{ bytes: body, afterMs, sent }];
      exchange.play({ status: 200, headers }, frames, (how) => log.bodyEnded(how, whole));
      return;
    }
    const answer = (): void =>
      exchange.answer({ status: 200, headers, body: body() }, (hostAtMs) => {
        sent(hostAtMs);
        log.done(whole, hostAtMs);
      });
    if (afterMs <= 0) answer();
    else exchange.whenOver(clock.after(afterMs, answer));
  }
}
