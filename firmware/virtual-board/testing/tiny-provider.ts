import type { IncomingMessage } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';
import { Arrivals } from './expectations';

export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** Matches client events of a type. */
export const ofType =
  (type: string) =>
  (message: Message): boolean =>
    message.type === type;

/** Speaks just enough of the GA API for a board to hold a conversation; the test says the rest. */
export class TinyProvider {
  readonly messages = new Arrivals<Message>();
  readonly requests: IncomingMessage[] = [];
  readonly closes = new Arrivals<number>();
  socket: WebSocket | undefined;
  private readonly server: WebSocketServer;

  private constructor(private readonly greets: boolean) {
    this.server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
    this.server.on('connection', (socket, request) => {
      this.requests.push(request);
      this.socket = socket;
      socket.on('close', (code) => this.closes.add(code));
      socket.on('message', (data) => this.take(JSON.parse((data as Buffer).toString()) as Message));
      if (this.greets) this.send({ type: 'session.created', session: { id: 'sess_TEST' } });
    });
  }

  static start(greets = true): Promise<TinyProvider> {
    const provider = new TinyProvider(greets);
    return new Promise((resolve) => provider.server.once('listening', () => resolve(provider)));
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.server.address() as { port: number }).port}`;
  }

  send(event: Message): void {
    this.socket?.send(JSON.stringify({ event_id: 'event_1', ...event }));
  }

  /** One reply of an item in deltas of 200 ms, as the service sends it. */
  say(itemId: string, samples: Int16Array, responseId = 'resp_1'): void {
    for (let start = 0; start < samples.length; start += 4_800) {
      const bytes = Buffer.alloc(Math.min(4_800, samples.length - start) * 2);
      for (let i = 0; i < bytes.length / 2; i++) bytes.writeInt16LE(samples[start + i] ?? 0, i * 2);
      const delta = bytes.toString('base64');
      this.send({ type: 'response.output_audio.delta', response_id: responseId, item_id: itemId, delta });
    }
  }

  close(): Promise<void> {
    for (const client of this.server.clients) client.terminate();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  private take(message: Message): void {
    if (message.type === 'session.update' && this.greets)
      this.send({ type: 'session.updated', session: { id: 'sess_TEST' } });
    this.messages.add(message);
  }
}
