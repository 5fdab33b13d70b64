// docs/dialect-text-chat.md is the source of every line here.
import { isStamped, parseLogLine, type LogLine } from '../console';
import type { DialectReader, EventBody } from '../event-body';
import { readChatBody } from './chat-body';
import type { Dialect } from './dialect';
import { clockReader } from './set-clock';
import { readTls } from './tls-lines';

const STATUS = /^HTTP状态码 = (-?\d+), 内容长度 = \d+$/;
const BODY = /^响应内容: (.*)$/s;
const FAILED = /^(连接失败: .+|获取头部信息失败|读取响应失败)$/;

/** The HTTP chat client with SNTP of ESP-IDF, which asks one compiled-in question after each boot. */
export const idfChat: Dialect = {
  description: {
    name: 'idf-chat',
    firmware: 'ESP-IDF HTTP chat client with SNTP',
    protocol: 'chat completions',
    capabilities: ['text', 'asks-at-boot', 'boot-log'],
    knownGaps: ['The body of an answer is printed up to 2047 bytes; what is longer is cut.'],
  },
  prompt: 'boot',
  project: 'http_ai_client',
  startsByItself: true,
  createReader,
};

function createReader(): DialectReader {
  const readClock = clockReader();
  let boot: number | undefined;
  let status: number | undefined;
  let body: string[] | undefined;
  let awaitsData = false;

  const forget = (): void => {
    status = undefined;
    body = undefined;
    awaitsData = false;
  };

  const failed = (error: { readonly code?: string; readonly message: string }): EventBody => ({
    type: 'request-failed',
    ...(status === undefined ? {} : { status }),
    ...error,
  });

  /** The body is over once anything else of the client is printed. */
  function closeBody(): readonly EventBody[] {
    if (body === undefined) return [];
    const read = readChatBody(body.join('\n'), status);
    body = undefined;
    if (read.kind === 'answer') return [{ type: 'answer', text: read.text, complete: read.complete }];
    const { code, message } = read;
    return [failed(code === undefined ? { message } : { code, message })];
  }

  function readClient({ message }: LogLine): readonly EventBody[] {
    const before = closeBody();
    if (message === 'HTTP_EVENT_ON_CONNECTED') {
      forget();
      return [...before, { type: 'milestone', milestone: 'connecting' }];
    }
    if (message === 'HTTP_EVENT_HEADERS_SENT') {
      awaitsData = true;
      return [...before, { type: 'request-sent' }];
    }
    if (message.startsWith('HTTP_EVENT_ON_DATA') && awaitsData) {
      awaitsData = false;
      return [...before, { type: 'first-text' }];
    }
    const statusLine = STATUS.exec(message);
    if (statusLine !== null) status = Number(statusLine[1]);
    const bodyLine = BODY.exec(message);
    if (bodyLine !== null) body = [bodyLine[1] ?? ''];
    const broken = FAILED.exec(message)?.[1];
    return broken === undefined ? before : [...before, failed({ message: broken })];
  }

  return {
    read: (line) => {
      if (line.boot !== boot) forget();
      boot = line.boot;
      const log = parseLogLine(line.text);
      // Without a stamp it is part of the body, which may hold anything.
      if (!isStamped(log)) {
        body?.push(line.text);
        return [];
      }
      if (log.tag === 'HTTP_AI_CLIENT') return readClient(log);
      const source = `${log.tag}: ${log.message}`;
      if (source.startsWith('main_task: Calling app_main')) return [{ type: 'milestone', milestone: 'app' }];
      if (source.startsWith('example_common: - IPv4 address: '))
        return [{ type: 'milestone', milestone: 'network' }];
      return [...readClock(log), ...readTls(log)];
    },
  };
}
