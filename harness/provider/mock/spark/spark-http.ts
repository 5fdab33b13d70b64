import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { equalText } from '../../auth/equal-text';
import { bearerOf } from '../http/bearer';
import type { Exchange } from '../http/exchange';
import { jsonAnswer, type HttpAnswer } from '../http/http-answer';
import type { HttpContext } from '../http/http-mock';
import { AnswerLog } from '../text/answer-log';
import { PlannedAnswer, resultsIn, type AnswerPiece, type MadeCall } from '../text/planned-answer';
import type { Respondent, WrittenAnswer } from '../text/respondent';
import { sparkFault, type SparkCodeChoice, type SparkFault } from './spark-code';
import { newSparkSid, sparkHttpUsage } from './spark-frames';

export interface SparkHttpRules {
  readonly apiKey: string;
  readonly apiSecret: string;
  /** What the console calls APIPassword; without it, `APIKey:APISecret` is the only password. */
  readonly apiPassword?: string;
  readonly codes: SparkCodeChoice;
  readonly historyTokens: number;
  readonly isModel: (model: string) => boolean;
}

const request = z.object({
  model: z.string(),
  messages: z
    .array(
      z.object({
        role: z.enum(['system', 'user', 'assistant', 'tool']),
        content: z.string().nullish(),
        tool_call_id: z.string().optional(),
      }),
    )
    .min(1),
  stream: z.boolean().optional(),
  max_tokens: z.int().min(1).optional(),
  tools: z.array(z.object({ function: z.object({ name: z.string() }).optional() })).optional(),
});

type SparkHttpRequest = z.infer<typeof request>;

/** An error of the HTTP interface; its `type` is one for all. */
export const sparkHttpError = (status: number, message: string, code: string | null): HttpAnswer =>
  jsonAnswer(status, { error: { message, type: 'api_error', param: null, code } });

function readRequest(body: string): SparkHttpRequest | SparkFault {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    // Not ours to mend: the client is told.
    return sparkFault(10003);
  }
  const { success, data, error } = request.safeParse(value);
  return success
    ? data
    : sparkFault(10004, `See ${error.issues[0]?.path.join('.').slice(0, 64) || 'the body'}.`);
}

const callsOf = (calls: readonly MadeCall[]): object[] =>
  calls.map((call, index) => ({
    index,
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: JSON.stringify(call.arguments) },
  }));

const deltaOf = (piece: AnswerPiece): object =>
  piece.kind === 'calls'
    ? { role: 'assistant', content: '', tool_calls: callsOf(piece.calls) }
    : { role: 'assistant', content: piece.text };

/** Spark's HTTP interface: Bearer, OpenAI's request, and a code in every answer (reference/providers.md 4.5). */
export class SparkHttp {
  constructor(
    private readonly context: HttpContext,
    private readonly respondent: Respondent,
    private readonly rules: SparkHttpRules,
  ) {}

  handle(exchange: Exchange): void {
    const sid = newSparkSid('cha');
    const log = new AnswerLog(this.context.log, sid, exchange.connectionId);
    const refuse = (status: number, message: string, code: string | null): void => {
      log.error(code ?? 'invalid_user', message, status);
      exchange.answer(sparkHttpError(status, message, code), (hostAtMs) => log.done('failed', hostAtMs));
    };
    const read = readRequest(exchange.body.toString());
    const asked = 'code' in read ? undefined : read;
    const messages = (asked?.messages ?? []).map(({ role, content, tool_call_id: callId }) => ({
      role,
      text: content ?? '',
      ...(callId !== undefined && { callId }),
    }));
    const tools = (asked?.tools ?? []).flatMap((tool) => tool.function?.name ?? []);
    const maxTokens = asked?.max_tokens;
    const answer =
      asked && this.respondent.respond({ messages, tools, ...(maxTokens !== undefined && { maxTokens }) });
    const stream = asked?.stream ?? false;
    if (asked && answer)
      log.request({ prompt: answer.prompt, model: asked.model, stream, tools }, exchange.readAtHostMs);
    if (!this.isLetIn(exchange, answer)) {
      refuse(401, 'invalid user', null);
      return;
    }
    if ('code' in read || answer === undefined) {
      const { code, message } = 'code' in read ? read : sparkFault(10004);
      refuse(400, message, String(code));
      return;
    }
    const fault = this.faultOf(read.model, answer);
    if (fault !== undefined) {
      refuse(fault.code === this.rules.codes.rateLimit ? 429 : 400, fault.message, String(fault.code));
      return;
    }
    log.heard(answer.heard);
    for (const { callId, text } of resultsIn(messages)) log.toolOutput(callId ?? '', text);
    const plan = new PlannedAnswer(this.context, answer, log, {
      showsReasoning: false,
      newCallId: () => `call_${randomUUID()}`,
    });
    const play = stream ? this.stream(sid, plan, answer) : atOnce(sid, plan, answer);
    const { headers, frames, early } = play;
    exchange.play({ status: 200, headers, early }, frames, (how) => log.bodyEnded(how, plan.outcome));
  }

  private isLetIn({ headers }: Exchange, answer: WrittenAnswer | undefined): boolean {
    const { apiKey, apiSecret, apiPassword } = this.rules;
    const shown = bearerOf(headers);
    if (shown === undefined || this.context.faults.has('bad-key', answer?.fault)) return false;
    const isPassword = apiPassword !== undefined && equalText(shown, apiPassword);
    return equalText(shown, `${apiKey}:${apiSecret}`) || isPassword;
  }

  private faultOf(model: string, answer: WrittenAnswer): SparkFault | undefined {
    const { codes, historyTokens, isModel } = this.rules;
    const { faults } = this.context;
    if (!isModel(model)) return sparkFault(codes.wrongDomain, 'See model.');
    if (faults.has('rate-limit', answer.fault)) return sparkFault(codes.rateLimit);
    if (faults.has('content-blocked', answer.fault)) return sparkFault(codes.blocked);
    const isLong = answer.promptTokens > historyTokens || faults.has('too-long', answer.fault);
    return isLong ? sparkFault(10907) : undefined;
  }

  private stream(sid: string, plan: PlannedAnswer, answer: WrittenAnswer): Played {
    const created = Math.floor(this.context.unixNowMs() / 1000);
    const prefix = this.context.faults.has('wrong-framing', answer.fault) ? 'data: ' : 'data:';
    const { promptTokens } = answer;
    const line = (delta: object, completionTokens?: number): string => {
      const usage = completionTokens === undefined ? {} : { usage: usageOf(promptTokens, completionTokens) };
      const choices = [{ delta, index: 0 }];
      const value = { code: 0, message: 'Success', sid, id: sid, created, choices, ...usage };
      return `${prefix}${JSON.stringify(value)}\n\n`;
    };
    const frames = plan.stream({
      piece: (piece) => line(deltaOf(piece)),
      closing: ({ tokens }) => `${line({ role: 'assistant', content: '' }, tokens)}${prefix}[DONE]\n\n`,
    });
    return { headers: { 'content-type': 'text/event-stream' }, frames, early: true };
  }
}

interface Played {
  readonly headers: Readonly<Record<string, string>>;
  readonly frames: ReturnType<PlannedAnswer['stream']>;
  readonly early: boolean;
}

const usageOf = (promptTokens: number, completionTokens: number): object =>
  sparkHttpUsage({ promptTokens, completionTokens });

function atOnce(sid: string, plan: PlannedAnswer, { promptTokens }: WrittenAnswer): Played {
  const { text: content, calls, tokens } = plan.whole;
  const message = {
    role: 'assistant',
    content,
    ...(calls.length > 0 && { tool_calls: callsOf(calls) }),
  };
  const body = JSON.stringify({
    code: 0,
    message: 'Success',
    sid,
    choices: [{ message, index: 0 }],
    usage: usageOf(promptTokens, tokens),
  });
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
  return { headers, frames: plan.atOnce(body), early: false };
}
