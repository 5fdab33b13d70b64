// docs/dialect-text-chat.md is the source of every line here.
import type { DialectReader, EventBody } from '../event-body';
import { describeException, readTraceback } from '../micropython/python-exception';
import { readChatBody } from './chat-body';
import type { Dialect } from './dialect';

const STATUS = /^\[Response\] Status: (-?\d+)$/;
const ANSWER = /^AI回复: (.*)$/s;
const ERROR_BODY = /^Error Response: (.*)$/s;
const EXCEPTION = /^\[Error\] (.*)$/s;
const PAYLOAD = /^Payload: (.*)$/s;
/** The last message of a printed dict: Python quotes with ' unless the text holds one. */
const CONTENT = /'content': (?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")/g;
/** Ours in `firmware/micropython`: it asks again where that may help, and sets its clock before TLS. */
const RETRY = /^\[Retry\] \d+\/\d+ in \d+ s: /;
const CLOCK = /^\[Clock\] (\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d) UTC$/;
const NO_CLOCK = /^\[Clock\] not set: (.*)$/s;
/** What ends `main.py` where nobody caught it; the lines of its frames are indented, the last one is not. */
const TRACEBACK = 'Traceback (most recent call last):';
/** The REPL, which is entered when `main.py` ended: its banner, and its prompt, which never ends its line. */
const BANNER = /^MicroPython \S+ on \d{4}-\d\d-\d\d; .+ with \S+$/;
const REPL = /^>>> ?$/;

/** The chat client in MicroPython, which asks one question of `main.py` after each boot. */
export const micropythonChat: Dialect = {
  description: {
    name: 'micropython-chat',
    firmware: 'MicroPython chat client',
    protocol: 'chat completions',
    capabilities: ['text', 'asks-at-boot'],
    knownGaps: [
      'Lines carry no time of the board, and none says when the request left, so the time to its first text is not measured.',
    ],
  },
  prompt: 'boot',
  project: 'micropython',
  startsByItself: true,
  createReader,
};

/** The text of a Python string literal without its quotes. */
const unescaped = (inner: string): string =>
  inner.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gs,
    (_, byte?: string, unit?: string, point?: string, other?: string) => {
      const code = byte ?? unit ?? point;
      if (code !== undefined) return String.fromCodePoint(parseInt(code, 16));
      return ({ n: '\n', r: '\r', t: '\t' } as Record<string, string>)[other ?? ''] ?? other ?? '';
    },
  );

function questionIn(payload: string): readonly EventBody[] {
  const last = [...payload.matchAll(CONTENT)].at(-1);
  const inner = last?.[1] ?? last?.[2];
  return inner === undefined ? [] : [{ type: 'asking', text: unescaped(inner) }];
}

function clockIn(text: string): readonly EventBody[] {
  const reason = NO_CLOCK.exec(text)?.[1];
  if (reason !== undefined) return [{ type: 'clock-unset', reason }];
  const set = CLOCK.exec(text);
  if (set === null) return [];
  const [year = 0, month = 0, day, hour, minute, second] = set.slice(1).map(Number);
  return [{ type: 'clock-set', unixMs: Date.UTC(year, month - 1, day, hour, minute, second) }];
}

function createReader(): DialectReader {
  let boot: number | undefined;
  let status: number | undefined;
  let isAsking = false;
  let traceback: string[] | undefined;
  let open: { readonly kind: 'answer' | 'error'; readonly lines: string[] } | undefined;
  let closing: { readonly shows: RegExp; readonly close: () => readonly EventBody[] } | undefined;

  function failed(error: { readonly code?: string; readonly message: string }): EventBody {
    isAsking = false;
    return { type: 'request-failed', ...(status === undefined ? {} : { status }), ...error };
  }

  const begin = (kind: 'answer' | 'error', text: string): void => {
    open = { kind, lines: [text] };
    closing = { shows: REPL, close };
  };

  function close(): readonly EventBody[] {
    if (open === undefined) return [];
    const { kind, lines } = open;
    const text = lines.join('\n');
    open = undefined;
    closing = undefined;
    isAsking = false;
    if (kind === 'answer') return [{ type: 'answer', text, complete: true }];
    const body = readChatBody(text, status ?? 400);
    if (body.kind === 'answer') return [failed({ message: body.text })];
    const { code, message } = body;
    return [failed(code === undefined ? { message } : { code, message })];
  }

  /** An exception that nobody caught ends what was asked; Ctrl-C is somebody's wish. */
  function raised(lines: readonly string[]): readonly EventBody[] {
    const exception = readTraceback(lines.join('\n'));
    if (exception === undefined || exception.type === 'KeyboardInterrupt') return [];
    const message = describeException(exception);
    return isAsking ? [failed({ message })] : [{ type: 'complaint', text: message }];
  }

  function readLine(text: string): readonly EventBody[] {
    if (text === '=== 启动系统 ===') return [{ type: 'milestone', milestone: 'app' }];
    if (text.startsWith('IP Address: ')) return [{ type: 'milestone', milestone: 'network' }];
    if (text === '[Request]') {
      isAsking = true;
      status = undefined;
      return [{ type: 'milestone', milestone: 'connecting' }];
    }
    if (text.startsWith('!!! 错误: ')) return [{ type: 'complaint', text }];
    if (RETRY.test(text)) {
      status = undefined;
      return [{ type: 'complaint', text }];
    }
    const payload = PAYLOAD.exec(text);
    if (payload !== null) return questionIn(payload[1] ?? '');
    const statusLine = STATUS.exec(text);
    if (statusLine !== null) status = Number(statusLine[1]);
    const answer = ANSWER.exec(text)?.[1];
    if (answer !== undefined) begin('answer', answer);
    const error = ERROR_BODY.exec(text)?.[1];
    if (error !== undefined) begin('error', error);
    return clockIn(text);
  }

  return {
    read: ({ text, boot: ofBoot }) => {
      if (ofBoot !== boot) {
        status = undefined;
        open = undefined;
        closing = undefined;
        isAsking = false;
        traceback = undefined;
      }
      boot = ofBoot;
      if (traceback !== undefined) {
        const lines = [...traceback, text];
        traceback = text.startsWith('  ') ? lines : undefined;
        return traceback === undefined ? raised(lines) : [];
      }
      // Within an answer it is what was answered: a script that got that far ends by itself.
      if (open === undefined && text === TRACEBACK) {
        traceback = [text];
        return [];
      }
      const exception = EXCEPTION.exec(text)?.[1];
      // The REPL's own lines and the script's last word are behind whatever was open.
      if (exception !== undefined || text.startsWith('>>> ') || BANNER.test(text)) {
        const before = close();
        return exception === undefined ? before : [...before, failed({ message: exception })];
      }
      if (open !== undefined) {
        open.lines.push(text);
        return [];
      }
      return readLine(text);
    },
    open: () => closing,
  };
}
