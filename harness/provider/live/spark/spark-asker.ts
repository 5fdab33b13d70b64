import { signSparkUrl, type SparkKeys } from '../../auth/spark-url';
import type { Asker } from '../asking';
import { messagesOf } from '../chat/chat-codec';
import { refused } from '../failure';
import { parseFrame } from '../frames';
import { plainRefusal } from '../http-asker';
import type { LiveOptions, Question } from '../live-client';
import { codeText, fieldsOf } from '../shape';
import { readSparkFrame } from './spark-frame';
import { exchangeSocket, type SocketLink } from '../socket-exchange';
import { systemWallClock } from '../../../ports';

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
  const { clock, ca, unixNowMs = systemWallClock } = options;
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
            const read = readSparkFrame(parseFrame(text));
            if (read.refusal !== undefined) throw refused(read.refusal);
            for (const piece of read.pieces) answer.take(piece, hostAtMs);
            endAtMs = hostAtMs;
            return read.isLast;
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
