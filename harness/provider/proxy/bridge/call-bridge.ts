import type { IncomingMessage, ServerResponse } from 'node:http';
import { WebSocket } from 'ws';
import type { Clock } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import { BetaDialect } from '../../mock/openai-realtime/beta-dialect';
import { gaDialect, type Dialect } from '../../mock/openai-realtime/dialect';
import { newId } from '../../mock/openai-realtime/ids';
import { readCallRequest } from '../../mock/openai-realtime/webrtc/call-request';
import {
  loadDataChannel,
  unloadDataChannel,
  type DataChannelLibrary,
} from '../../mock/openai-realtime/webrtc/load-datachannel';
import { isOffer, readOffer } from '../../mock/openai-realtime/webrtc/offer';
import type { OpusLibrary } from '../../mock/openai-realtime/webrtc/speech-decoder';
import { upgradeHeaders } from '../forward-socket';
import { objectIn, seenEvent, textIn } from '../realtime/wire-event';
import type { SocketTraffic } from '../traffic';
import type { Upstream } from '../upstream';
import { BridgeCall } from './bridge-call';

const CALLS = '/v1/realtime/calls';
const BETA_CALL = '/v1/realtime';
/** What boards of the beta ask for is gone; its calls go to this one. */
const GA_MODEL = 'gpt-realtime';
const BAD_GATEWAY = 502;
/** How long the provider may take to greet. */
const GREETING_MS = 10_000;
/** As the WebSocket side: base64 of 15 MiB of sound, and its event. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024 + 65_536;

export interface CallBridgeContext {
  readonly clock: Clock;
  readonly upstream: Upstream;
  /** Address that the proxy listens on. */
  readonly host: string;
  /** What reads along in one call, and logs what the bridge itself does there. */
  readonly open: (
    id: string,
    path: string,
  ) => {
    readonly traffic: SocketTraffic;
    readonly log: (event: UnstampedEvent, hostAtMs: number) => void;
  };
}

/** A provider that greeted, or what it said instead. */
type Greeted =
  | {
      readonly socket: WebSocket;
      /** Hands over what it has said so far; the caller listens from then on. */ readonly takeOver: () => readonly Buffer[];
    }
  | { readonly status: number; readonly code: string; readonly message: string };

/**
 * Calls of boards over WebRTC, each against a WebSocket of the provider: a call that was handed on would pass by the bench with all
 * of its sound (reference/providers.md 2.4).
 */
export class CallBridge {
  private readonly calls = new Map<string, BridgeCall>();
  private libraries:
    Promise<{ readonly library: DataChannelLibrary; readonly opus: OpusLibrary }> | undefined;

  constructor(private readonly context: CallBridgeContext) {}

  /** True for requests that begin or end a call. */
  takes({ method, url = '/' }: IncomingMessage): boolean {
    const [path = '/'] = url.split('?');
    return method === 'POST' && (path === CALLS || path === BETA_CALL || path.endsWith('/hangup'));
  }

  async handle(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const answer = (status: number, type: string, text: string, more: Record<string, string> = {}): void => {
      response.writeHead(status, {
        'content-type': type,
        'content-length': Buffer.byteLength(text),
        ...more,
      });
      response.end(text);
    };
    const refuse = (status: number, code: string, message: string): void => {
      const error = { message, type: 'invalid_request_error', param: null, code };
      answer(status, 'application/json', JSON.stringify({ error }));
    };
    try {
      const [path = '/'] = (request.url ?? '/').split('?');
      if (path.endsWith('/hangup')) {
        const call = this.calls.get(path.split('/').at(-2) ?? '');
        call?.hangUp();
        if (call === undefined) refuse(404, 'call_not_found', 'No such call is open.');
        else answer(200, 'application/json', '{}');
        return;
      }
      const asked = await readCallRequest({ headers: request.headers, body });
      if ('code' in asked) {
        refuse(400, asked.code, asked.message);
        return;
      }
      const offer = readOffer(asked.offerSdp);
      if (!isOffer(offer)) {
        refuse(400, offer.code, offer.message);
        return;
      }
      const dialect = path === BETA_CALL ? new BetaDialect() : gaDialect;
      const { library, opus } = await (this.libraries ??= loadLibraries());
      const greeted = await this.greeted(request, dialect, asked.session);
      if ('status' in greeted) {
        refuse(greeted.status, greeted.code, greeted.message);
        return;
      }
      const id = newId('rtc');
      const { clock, host } = this.context;
      const { traffic, log } = this.context.open(id, request.url ?? '/');
      traffic.opened({ path: request.url ?? '/', hostAtMs: clock.nowMs() });
      const bindAddress =
        host === '0.0.0.0' || host === '::' ? undefined : host === 'localhost' ? '127.0.0.1' : host;
      const call: BridgeCall = new BridgeCall(
        ...([id, offer, dialect, greeted.socket] as const),
        { clock, library, opus, bindAddress, traffic, log },
        () => this.calls.delete(id),
      );
      this.calls.set(id, call);
      for (const message of greeted.takeOver()) call.ofProvider(message);
      const sdp = await call.answer();
      answer(201, 'application/sdp', sdp, { location: `${CALLS}/${id}` });
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (response.headersSent) response.destroy();
      else refuse(500, 'server_error', `earshot proxy: ${message}`);
    }
  }

  async close(): Promise<void> {
    for (const call of [...this.calls.values()]) call.end();
    const libraries = await this.libraries?.catch(() => undefined);
    if (libraries !== undefined) await unloadDataChannel();
  }

  /** Connects to the provider for a board: a wrong key is told before the board has its answer, as in a call it would be. */
  private greeted(
    request: IncomingMessage,
    dialect: Dialect,
    session: Readonly<Record<string, unknown>> | undefined,
  ): Promise<Greeted> {
    const { upstream, clock } = this.context;
    const named = new URLSearchParams(request.url?.split('?')[1]).get('model');
    const ofForm = typeof session?.model === 'string' ? session.model : undefined;
    const model =
      dialect.name === 'beta' && named?.startsWith(GA_MODEL) !== true ? GA_MODEL : (named ?? ofForm);
    const path = model === undefined ? BETA_CALL : `${BETA_CALL}?model=${encodeURIComponent(model)}`;
    const { authorization } = request.headers;
    const headers = authorization === undefined ? [] : ['Authorization', authorization];
    const sent = upstream.authorise({ method: 'GET', path, headers, body: Buffer.alloc(0) });
    const origin = upstream.originOf(sent.path);
    const secure = origin.protocol === 'https:';
    const { ca } = upstream.httpsAgent.options;
    const socket = new WebSocket(`${secure ? 'wss' : 'ws'}://${origin.host}${sent.path}`, {
      headers: upgradeHeaders(sent.headers),
      perMessageDeflate: false,
      maxPayload: MAX_MESSAGE_BYTES,
      ...(secure && ca !== undefined ? { ca } : {}),
    });
    return new Promise((resolve) => {
      const said: Buffer[] = [];
      const hear = (data: unknown): void => void said.push(data as Buffer);
      let settled = false;
      const settle = (greeted: Greeted): void => {
        if (settled) return;
        settled = true;
        late();
        resolve(greeted);
      };
      const fail = (status: number, code: string, message: string): void => {
        if (settled) return;
        settle({ status, code, message });
        socket.terminate();
      };
      const late = clock.after(GREETING_MS, () => fail(504, 'timeout', 'the provider did not greet'));
      socket.on('error', (cause) => fail(BAD_GATEWAY, 'unreachable', `earshot proxy: ${cause.message}`));
      socket.on('close', (code) => fail(BAD_GATEWAY, 'closed', `the provider closed with ${code}`));
      socket.on('message', hear);
      socket.once('message', (data) => {
        const event = seenEvent(data as Buffer);
        if (event?.type === 'error') {
          const error = objectIn(event, 'error');
          const code = textIn(error, 'code') || 'no_key';
          fail(code === 'invalid_api_key' || code === 'no_key' ? 401 : 400, code, textIn(error, 'message'));
          return;
        }
        if (session !== undefined) {
          const ofForm = Object.fromEntries(Object.entries(session).filter(([name]) => name !== 'model'));
          socket.send(JSON.stringify({ type: 'session.update', session: { type: 'realtime', ...ofForm } }));
        }
        const takeOver = (): readonly Buffer[] => {
          socket.off('message', hear);
          return said.splice(0);
        };
        settle({ socket, takeOver });
      });
    });
  }
}

async function loadLibraries(): Promise<{
  readonly library: DataChannelLibrary;
  readonly opus: OpusLibrary;
}> {
  const library = await loadDataChannel();
  return { library, opus: await import('@evan/opus/wasm/index.js') };
}
