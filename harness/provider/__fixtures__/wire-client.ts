/** A bare `ws` client for tests: keeps every event in order and waits for the one that a test is after. */
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';

/** One message of the server. */
export interface ServerEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export class WireClient {
  readonly events: ServerEvent[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private waiting: (() => void)[] = [];
  private cursor = 0;

  constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => {
      this.events.push(JSON.parse(data.toString()) as ServerEvent);
      for (const wake of this.waiting.splice(0)) wake();
    });
    this.closed = new Promise((resolve) =>
      socket.on('close', (code: number, reason: Buffer) => {
        resolve({ code, reason: reason.toString() });
        for (const wake of this.waiting.splice(0)) wake();
      }),
    );
    socket.on('error', () => undefined);
  }

  static async open(url: string, options: ClientOptions = {}, protocols: string[] = []): Promise<WireClient> {
    const headers = { authorization: 'Bearer sk-test', ...options.headers };
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options, headers });
    const client = new WireClient(socket);
    await once(socket, 'open');
    return client;
  }

  send(event: Record<string, unknown>): void {
    this.socket.send(JSON.stringify(event));
  }

  /** Mono 16-bit at 24 000 Hz in packets of 20 ms, as fast as the socket takes them. */
  say(samples: Int16Array): void {
    for (let at = 0; at < samples.length; at += 480) {
      const part = samples.subarray(at, at + 480);
      const audio = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64');
      this.send({ type: 'input_audio_buffer.append', audio });
    }
  }

  /** The next event of this type, counted from the last one that was waited for. */
  async next(type: string): Promise<ServerEvent> {
    for (;;) {
      const at = this.events.findIndex((event, index) => index >= this.cursor && event.type === type);
      const event = this.events[at];
      if (event !== undefined) {
        this.cursor = at + 1;
        return event;
      }
      if (this.socket.readyState === WebSocket.CLOSED)
        throw new Error(`closed before ${type}: ${this.types().join(' ')}`);
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }

  async close(): Promise<void> {
    this.socket.close(1000);
    await this.closed;
  }
}

/** A nested value of an event, such as `at(event, 'response', 'output', 0, 'id')`. */
export function at(event: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce((value, key) => (value as Record<string | number, unknown> | undefined)?.[key], event);
}

export const LIGHT_TOOL = {
  type: 'function',
  name: 'SetLightState',
  description: 'Switches the light.',
  parameters: { type: 'object', properties: { LightState: { type: 'boolean' } } },
};
