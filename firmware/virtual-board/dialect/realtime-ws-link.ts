import WebSocket from 'ws';
import type { ProviderAccess } from './application';

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** A message that is larger cannot be held: 4 MiB of PSRAM. */
const MAX_MESSAGE_BYTES = 4 << 20;

/** Address of a session: the path `/v1/realtime` and the model are added when the URL does not have them. */
export function sessionUrl({ url, model }: Pick<ProviderAccess, 'url' | 'model'>): string {
  const address = new URL(url);
  if (address.pathname === '/') address.pathname = '/v1/realtime';
  if (!address.searchParams.has('model')) address.searchParams.set('model', model);
  return address.toString();
}

/** What a connection reports; after `cut` or `close` of ours nothing more. */
export interface LinkEvents {
  opened(socket: WebSocket): void;
  message(text: string): void;
  /** It was never opened. */
  failed(text: string): void;
  error(text: string): void;
  closed(code: number, reason: string): void;
}

/** One WebSocket to the provider. Any certificate is accepted, as the embedded SDK does. */
export class RealtimeWsLink {
  private readonly socket: WebSocket;
  private over = false;
  private opened = false;

  /** @throws SyntaxError when the URL cannot be used. */
  constructor(access: Pick<ProviderAccess, 'url' | 'model' | 'credentials'>, events: LinkEvents) {
    this.socket = new WebSocket(sessionUrl(access), {
      headers: { Authorization: `Bearer ${access.credentials['apiKey']}` },
      rejectUnauthorized: false,
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_MESSAGE_BYTES,
    });
    this.socket.on('open', () => {
      this.opened = true;
      if (!this.over) events.opened(this.socket);
    });
    this.socket.on('message', (data, isBinary) => {
      if (!this.over && !isBinary) events.message((data as Buffer).toString());
    });
    this.socket.on('error', (cause: NodeJS.ErrnoException) => {
      const text = cause.message === '' ? (cause.code ?? cause.name) : cause.message;
      if (!this.over && this.opened) events.error(text);
      else if (!this.over) this.end(() => events.failed(text));
    });
    this.socket.on('close', (code, reason) => {
      if (!this.over) this.end(() => events.closed(code, reason.toString()));
    });
  }

  /** Says goodbye (1000); nothing is reported any more. The service may take its time to hang up. */
  close(): void {
    this.over = true;
    this.socket.close(1000);
  }

  /** True once nothing is left of the connection. */
  get isGone(): boolean {
    return this.socket.readyState === WebSocket.CLOSED;
  }

  /** Nobody reads what arrives any more, and nobody answers. */
  freeze(): void {
    this.over = true;
    this.socket.pause();
  }

  /** Ends without a goodbye, as a chip in reset does. */
  cut(): void {
    this.over = true;
    this.socket.terminate();
  }

  private end(report: () => void): void {
    this.over = true;
    report();
  }
}
