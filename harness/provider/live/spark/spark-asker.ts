import { z } from 'zod';
import { signSparkUrl, type SparkKeys } from '../../auth/spark-url';
import type { Asker } from '../asking';
import { messagesOf } from '../chat/chat-codec';
import { refused, type RefusalKind } from '../failure';
import { parseFrame } from '../frames';
import { plainRefusal } from '../http-asker';
import type { LiveOptions, Question } from '../live-client';
import { codeText, fieldsOf, shaped } from '../shape';
import { exchangeSocket, type SocketLink } from '../socket-exchange';

const header = z.object({
  header: z.object({ code: z.number(), message: z.string().nullish(), sid: z.string().nullish() }),
});
const frame = z.object({
  payload: z.object({
    choices: z.object({
      status: z.number(),
      text: z.array(
        z.object({
          content: z.string().nullish(),
          reasoning_content: z.string().nullish(),
          function_call: z.object({ name: z.string(), arguments: z.string() }).nullish(),
        }),
      ),
    }),
    usage: z
      .object({
        text: z.object({
          prompt_tokens: z.number(),
          completion_tokens: z.number(),
          total_tokens: z.number(),
        }),
      })
      .nullish(),
  }),
});

/** `choices.status` of the last frame. */
const LAST = 2;

/** What Spark's codes are about (providers.md 4.4). */
function kindOf(code: number): RefusalKind {
  if ([10013, 10014, 10019, 10021].includes(code)) return 'blocked';
  if ([10015, 10016].includes(code)) return 'key';
  if ([11200, 11201].includes(code)) return 'quota';
  if ([11202, 11203].includes(code)) return 'limit';
  if ((code >= 10006 && code <= 10012) || [10110, 10222].includes(code)) return 'busy';
  return 'other';
}

export interface SparkService {
  /** `wss://spark-api.xf-yun.com/v3.1/chat`. */
  readonly url: string;
  /** What the path serves: `generalv3`. */
  readonly domain: string;
  readonly appId: string;
}

const requestOf = (question: Question, { appId, domain }: SparkService): object => {
  const { tools = [] } = question;
  return {
    header: { app_id: appId, uid: 'earshot' },
    parameter: { chat: { domain } },
    payload: {
      message: { text: messagesOf(question) },
      ...(tools.length > 0 && { functions: { text: tools } }),
    },
  };
};

/** iFlytek Spark over its signed WebSocket: one question a connection, always streamed (providers.md 4). */
export function sparkAsker(service: SparkService, keys: SparkKeys, options: LiveOptions): Asker {
  const { clock, ca, unixNowMs = () => new Date().getTime() } = options;
  return {
    protocol: 'spark',
    model: service.domain,
    async ask({ question, answer, limits, signal, emit, sent }) {
      let endAtMs = 0;
      let waiting: SocketLink | undefined;
      await exchangeSocket(
        signSparkUrl(service.url, keys, unixNowMs()),
        {},
        {
          open: (link, hostAtMs) => {
            emit({ type: 'connected' }, hostAtMs);
            link.send(requestOf(question, service), (sentAtMs) => {
              sent(sentAtMs);
              link.enter('first-byte');
            });
            waiting = link;
          },
          message: (text, hostAtMs) => {
            waiting?.enter('idle');
            const message = parseFrame(text);
            const { code, message: said } = shaped(header, message).header;
            if (code !== 0) {
              throw refused({
                kind: kindOf(code),
                code: String(code),
                message: said ?? 'error without a message',
              });
            }
            const { choices, usage } = shaped(frame, message).payload;
            for (const [place, part] of choices.text.entries()) {
              if (part.reasoning_content != null) {
                answer.take({ kind: 'reasoning', text: part.reasoning_content }, hostAtMs);
              }
              if (part.content != null) answer.take({ kind: 'answer', text: part.content }, hostAtMs);
              if (part.function_call != null) {
                const { name, arguments: given } = part.function_call;
                answer.take({ kind: 'call', key: place, name, argumentsPart: given }, hostAtMs);
              }
            }
            if (usage != null) {
              const { prompt_tokens, completion_tokens, total_tokens } = usage.text;
              const counted = {
                promptTokens: prompt_tokens,
                answerTokens: completion_tokens,
                totalTokens: total_tokens,
              };
              answer.take({ kind: 'usage', usage: counted }, hostAtMs);
            }
            endAtMs = hostAtMs;
            return choices.status === LAST;
          },
          refused: (status, body) => {
            const said = codeText(fieldsOf(body).message);
            const plain = plainRefusal(status, body);
            // 403: the date is off by more than 300 s (providers.md 4.3).
            return refused({
              ...plain,
              kind: status === 403 ? 'key' : plain.kind,
              message: said ?? plain.message,
            });
          },
        },
        { clock, limits, ca, signal },
      );
      return endAtMs;
    },
  };
}
