// docs/dialect-text-chat.md is the source of every line here.
import { isStamped, parseLogLine, type LogLine } from '../console';
import type { DialectReader, EventBody } from '../event-body';
import type { Dialect } from './dialect';
import { clockReader } from './set-clock';
import { readTls } from './tls-lines';

const FAILED = /^Request failed: (-?\d+) (\S+) (.*)$/s;
const ANSWER = /^回答: (.*)$/s;

/**
 * A question as a command: `esp_console` splits at blanks, takes quotes for one word, and a backslash for the character behind
 * it. A line end would end the command.
 */
const askCommand = (text: string): string =>
  `ask "${text.replace(/\s*[\r\n]+\s*/g, ' ').replace(/["\\]/g, '\\$&')}"`;

function textChat(name: string, project: string, firmware: string, protocol: string): Dialect {
  return {
    description: {
      name,
      firmware,
      protocol,
      capabilities: ['text', 'console-input', 'boot-log', 'crash-command'],
      knownGaps: [],
    },
    prompt: 'command',
    project,
    startsByItself: true,
    askCommand,
    crashCommand: 'assert',
    createReader,
  };
}

/** The text clients in `firmware/`, which talk alike on the console and differ in their provider. */
export const textChats: readonly Dialect[] = [
  textChat('spark-chat', 'spark_chat', 'text client for iFlytek Spark', 'spark'),
  textChat('hunyuan-chat', 'hunyuan_chat', 'text client for Tencent Hunyuan', 'hunyuan'),
  textChat('pangu-chat', 'pangu_chat', 'text client for Huawei Pangu', 'pangu'),
  textChat('ollama-chat', 'ollama_chat', 'text client for Ollama', 'ollama'),
  textChat('chat-client', 'chat_client', 'reference chat client for ESP-IDF', 'chat completions'),
];

function failureOf(message: string): EventBody | undefined {
  const [, status, code, text = ''] = FAILED.exec(message) ?? [];
  if (status === undefined) return undefined;
  return {
    type: 'request-failed',
    ...(Number(status) < 0 ? {} : { status: Number(status) }),
    ...(code === undefined || code === '-' ? {} : { code }),
    message: text,
  };
}

function createReader(): DialectReader {
  const readClock = clockReader();
  let boot: number | undefined;
  let answer: string[] | undefined;

  const printed = (complete: boolean): EventBody[] => {
    const text = answer?.join('\n');
    answer = undefined;
    if (text === undefined && !complete) return [];
    return [{ type: 'answer', text: text ?? '', complete }];
  };

  function readClient({ message }: LogLine): readonly EventBody[] {
    if (message.startsWith('Ready, ')) return [{ type: 'session-ready' }];
    if (message.startsWith('Asking: ')) {
      answer = undefined;
      return [{ type: 'asking', text: message.slice('Asking: '.length) }];
    }
    if (message === 'Request sent') return [{ type: 'request-sent' }];
    if (message === 'First token') return [{ type: 'first-text' }];
    if (message.startsWith('Answer complete, ')) return printed(true);
    if (message === 'Busy') return [{ type: 'complaint', text: message }];
    const failed = failureOf(message);
    return failed === undefined ? [] : [...printed(false), failed];
  }

  return {
    read: (line) => {
      if (line.boot !== boot) answer = undefined;
      boot = line.boot;
      const log = parseLogLine(line.text);
      // An answer may hold lines that look like a log without a stamp, such as "I think: ...".
      if (!isStamped(log)) {
        if (answer !== undefined) answer.push(line.text);
        else {
          const first = ANSWER.exec(line.text)?.[1];
          if (first !== undefined) answer = [first];
        }
        return [];
      }
      if (log.tag === 'TEXT_CHAT') return readClient(log);
      const source = `${log.tag}: ${log.message}`;
      if (source === 'Board: Init board.') return [{ type: 'milestone', milestone: 'app' }];
      if (source.startsWith('NETWORK: got ip:')) return [{ type: 'milestone', milestone: 'network' }];
      return [...readClock(log), ...readTls(log)];
    },
  };
}
