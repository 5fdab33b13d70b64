import type { Application, BoardServices, FirmwareDialect, SessionState } from '../../dialect/application';
import { microPythonChat } from '../../dialect/text/micropython-chat';
import { openConnection } from '../../network/connection';
import { postOn } from '../../network/http-post';
import { SntpClient } from '../../network/sntp-client';
import { Interpreter, type Files, type PythonBoard } from './interpreter';

/** `ntptime` waits so long for an answer. */
const NTP_TIMEOUT_MS = 1_000;
/** `requests` without a timeout waits for ever. */
const DAY_MS = 86_400_000;

export interface PythonChatOptions {
  /** What its flash holds at power-on. */
  readonly files: Files;
  /** Told when Python begins to sleep, so that a test can let just that time pass. */
  readonly onSleep?: (durationMs: number) => void;
}

/** The chip's network and clock as Python's shims ask for them. */
class ChipForPython implements PythonBoard {
  address = '';

  constructor(
    private readonly services: BoardServices,
    private readonly onSleep: (durationMs: number) => void,
  ) {}

  sleepMs(durationMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.services.after(durationMs, resolve);
      signal.addEventListener('abort', () => {
        cancel();
        resolve();
      });
      this.onSleep(durationMs);
    });
  }

  ticksMs = (): number => Math.trunc(this.services.hostNowMs());
  unixS = (): number => Math.trunc(this.services.wallClock.unixMs() / 1000);
  isConnected = (): string => this.address;

  /** Its own network is joined at boot; another one is left for. */
  join(ssid: string): void {
    if (ssid !== this.services.ssid) this.services.joinWifi(ssid);
  }

  setClock(signal: AbortSignal): Promise<string> {
    const { provider, wallClock } = this.services;
    const { ntpServer } = provider;
    if (ntpServer === undefined) return Promise.resolve('');
    return new Promise((resolve) => {
      const end = (failure: string): void => {
        cancel();
        client.close();
        resolve(failure);
      };
      const client = new SntpClient(ntpServer, wallClock, (answer) => {
        if (answer.kind === 'time') wallClock.set(answer.unixMs);
        end(answer.kind === 'time' ? '' : 'ETIMEDOUT');
      });
      const cancel = this.services.after(NTP_TIMEOUT_MS, () => end('ETIMEDOUT'));
      signal.addEventListener('abort', () => end('ETIMEDOUT'));
      void client.ask();
    });
  }

  async post(
    address: string,
    headers: string,
    body: string,
    timeoutMs: number,
    signal: AbortSignal,
  ): Promise<string> {
    try {
      const url = new URL(address);
      // `requests` sets CERT_NONE.
      const socket = await openConnection(this.services, url, signal, false);
      const patienceMs = timeoutMs === 0 ? DAY_MS : timeoutMs;
      const request = { url, headers: JSON.parse(headers) as Record<string, string>, body, patienceMs };
      const answer = await postOn(this.services, socket, request, () => undefined);
      const pieces: Buffer[] = [];
      for await (const piece of answer.pieces) pieces.push(piece);
      return JSON.stringify({
        status: answer.status,
        headers: answer.headers,
        body: Buffer.concat(pieces).toString(),
      });
    } catch (cause) {
      return JSON.stringify({ error: (cause as { readonly code?: string }).code ?? 'EIO' });
    }
  }
}

class PythonApplication implements Application {
  readonly commands = [];
  session: SessionState = 'connecting';
  private readonly chip: ChipForPython;
  private readonly interpreter: Interpreter;

  constructor(services: BoardServices, options: PythonChatOptions, keep: (files: Files) => void) {
    this.chip = new ChipForPython(services, options.onSleep ?? (() => undefined));
    this.interpreter = new Interpreter({
      files: options.files,
      board: this.chip,
      onOutput: (bytes) => services.console.raw(bytes),
      onRestart: (files) => {
        keep(files);
        services.restart();
      },
    });
  }

  networkUp(address: string): void {
    this.chip.address = address;
    this.session = 'ready';
  }

  networkDown(): void {
    this.chip.address = '';
  }

  input(bytes: Uint8Array): void {
    this.interpreter.type(bytes);
  }

  cut(): void {
    this.interpreter.close();
  }
}

/** The board of `micropython-chat` with MicroPython itself behind its console, which runs what its flash holds. */
export function pythonChat(options: PythonChatOptions): FirmwareDialect {
  let { files } = options;
  return {
    ...microPythonChat,
    start: (services) =>
      new PythonApplication(services, { ...options, files }, (kept) => {
        files = kept;
      }),
  };
}
