import type { Cancel } from '../../board-clock';
import { CTRL_C, MicroPythonRepl } from '../../console/micropython-repl';
import type { ReplCommand } from '../../console/repl';
import { identityOf } from '../../firmware-identity';
import { openConnection } from '../../network/connection';
import { postOn, type HttpAnswer } from '../../network/http-post';
import { microPython } from '../../start-up';
import type { Application, BoardServices, FirmwareDialect, SessionState } from '../application';
import { completionAccess, completionRequest, completionsUrl } from './chat-completion';
import { garbled } from './garbled';
import { exceptionText, PythonException } from './python-exception';
import { pythonLiteral, type PythonValue } from './python-literal';

const VERSION = 'v1.26.0';
/** `main.py` looks for the network once a second. */
const WIFI_POLL_MS = 1_000;
const WIFI_POLLS = 20;
const RESTART_AFTER_MS = 10_000;
/** `requests` sets no timeout: a day stands for ever. */
const PATIENCE_MS = 86_400_000;
const MAIN_LINE = 67;

/** `data['choices'][0]['message']['content']`, with the exceptions that it raises. */
function contentIn(json: string): string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new PythonException('syntax error in JSON', { cause });
  }
  for (const key of ['choices', 0, 'message', 'content'] as const) {
    value = (value as Readonly<Record<string | number, unknown>> | null)?.[key];
    if (value === undefined) throw new PythonException(key === 0 ? 'list index out of range' : key);
  }
  return typeof value === 'string' ? value : pythonLiteral(value as PythonValue);
}

async function textOf({ pieces }: HttpAnswer): Promise<string> {
  const received: Buffer[] = [];
  for await (const piece of pieces) received.push(piece);
  return Buffer.concat(received).toString();
}

/** A chat client in `main.py`: asks once after each boot, soft ones included, and leaves the console to the REPL. */
class MicroPythonChat implements Application {
  readonly commands: readonly ReplCommand[] = [];
  session: SessionState = 'none';
  private readonly repl: MicroPythonRepl;
  private address: string | undefined;
  /** Ends what `main.py` waits for; undefined while the REPL has the console. */
  private main: AbortController | undefined;
  private cancelWait: Cancel = () => undefined;

  constructor(private readonly services: BoardServices) {
    this.repl = new MicroPythonRepl(services.console, VERSION, () => {
      this.print('MPY: soft reboot\n');
      this.runMain();
    });
    this.runMain();
  }

  networkUp(address: string): void {
    this.address = address;
  }

  networkDown(): void {
    this.address = undefined;
  }

  /** While `main.py` runs, only Ctrl-C is heard. */
  input(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (this.main === undefined) this.repl.key(byte);
      else if (byte === CTRL_C) this.interrupt(this.main);
    }
  }

  cut(): void {
    this.cancelWait();
    this.main?.abort();
  }

  private runMain(): void {
    this.main = new AbortController();
    this.session = 'connecting';
    this.print('=== 启动系统 ===\n');
    if (this.address === undefined) this.print(`Connecting to ${this.services.ssid}...\n`);
    this.awaitWifi(WIFI_POLLS, this.main.signal);
  }

  private awaitWifi(pollsLeft: number, signal: AbortSignal): void {
    if (this.address !== undefined) {
      this.print(`\nIP Address: ${this.address}\n`);
      void this.ask(signal);
    } else if (pollsLeft > 0) {
      this.wait(WIFI_POLL_MS, () => {
        this.print('.');
        this.awaitWifi(pollsLeft - 1, signal);
      });
    } else {
      this.print('\n!!! 错误: WiFi连接超时\n10秒后重启...\n');
      this.wait(RESTART_AFTER_MS, () => this.services.restart());
    }
  }

  private async ask(signal: AbortSignal): Promise<void> {
    this.session = 'ready';
    try {
      const answer = await this.post(signal);
      signal.throwIfAborted();
      if (this.services.faults.has('lost-answer')) {
        await textOf(answer);
        return;
      }
      this.print(`\n[Response] Status: ${answer.status}\n`);
      this.show(answer.status, await textOf(answer), signal);
    } catch (cause) {
      if (signal.aborted) return;
      this.print(`[Error] ${exceptionText(cause)}\n`);
    }
    if (!signal.aborted) this.enterRepl();
  }

  private async post(signal: AbortSignal): Promise<HttpAnswer> {
    const { provider } = this.services;
    const payload = completionRequest(provider);
    this.print(`\n[Request]\nPayload: ${pythonLiteral(payload)}\n`);
    const url = completionsUrl(provider);
    // `requests` sets CERT_NONE: whatever certificate is shown will do.
    const socket = await openConnection(this.services, url, signal, false);
    const headers = {
      Authorization: `Bearer ${provider.credentials['apiKey']}`,
      'Content-Type': 'application/json',
    };
    const request = { url, headers, body: JSON.stringify(payload), patienceMs: PATIENCE_MS };
    return postOn(this.services, socket, request, () => undefined);
  }

  private show(status: number, body: string, signal: AbortSignal): void {
    const { faults } = this.services;
    if (signal.aborted) return;
    if (faults.striking !== undefined) this.services.strike('answer');
    else if (status !== 200) this.print(`Error Response: ${body}\n`);
    else this.print(`AI回复: ${faults.has('garbled-answer') ? garbled(contentIn(body)) : contentIn(body)}\n`);
  }

  private interrupt(main: AbortController): void {
    this.cancelWait();
    main.abort();
    this.print(
      `Traceback (most recent call last):\n  File "main.py", line ${MAIN_LINE}, in <module>\nKeyboardInterrupt: \n`,
    );
    this.enterRepl();
  }

  private enterRepl(): void {
    this.main = undefined;
    this.session = 'closed';
    this.repl.start();
  }

  private wait(delayMs: number, callback: () => void): void {
    this.cancelWait = this.services.after(delayMs, callback);
  }

  private print(text: string): void {
    this.services.console.print(text);
  }
}

export const microPythonChat: FirmwareDialect = {
  identity: identityOf('micropython', VERSION),
  startUp: microPython,
  access: completionAccess,
  start: (services) => new MicroPythonChat(services),
};
