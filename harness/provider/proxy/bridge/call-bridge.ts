import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../../../ports';
import type { UnstampedEvent } from '../../event-log';
import type { Json } from '../../mock/json/check';
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
import type { SocketTraffic } from '../traffic';
import type { Upstream } from '../upstream';
import { BridgeCall } from './bridge-call';
import type { ReachProvider } from './provider-side';

const CALLS = '/v1/realtime/calls';
const BETA_CALL = '/v1/realtime';
/** What boards of the beta ask for is gone; its calls go to this one. */
const GA_MODEL = 'gpt-realtime';

export interface CallBridgeContext {
  readonly clock: Clock;
  readonly upstream: Upstream;
  /** Over which transport the provider is reached. */
  readonly reach: ReachProvider;
  /** Address that the proxy listens on. */
  readonly host: string;
  readonly log: (event: UnstampedEvent) => void;
  /** What reads along in one call, and logs what the bridge itself does there. */
  readonly open: (
    id: string,
    path: string,
  ) => {
    readonly traffic: SocketTraffic;
    readonly log: (event: UnstampedEvent, hostAtMs: number) => void;
  };
}

/**
 * Calls of boards over WebRTC, answered here and each with a connection of its own to the provider: a call that was handed on
 * would pass by the bench with all of its sound (reference/providers.md 2.4).
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
    const refuse = (httpStatus: number, code: string, message: string): void => {
      this.context.log({ type: 'error', code, message, httpStatus });
      const error = { message, type: 'invalid_request_error', param: null, code };
      answer(httpStatus, 'application/json', JSON.stringify({ error }));
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
      const { clock, host, upstream, reach } = this.context;
      const taken = await reach(
        {
          authorization: request.headers.authorization,
          model: modelOf(request.url, dialect, asked.session),
          session: asked.session,
          codec: offer.audio.codec,
        },
        { clock, upstream, library },
      );
      if (typeof taken !== 'function') {
        refuse(taken.status, taken.code, taken.message);
        return;
      }
      const id = newId('rtc');
      const { traffic, log } = this.context.open(id, request.url ?? '/');
      traffic.opened({ path: request.url ?? '/', hostAtMs: clock.nowMs() });
      const bindAddress =
        host === '0.0.0.0' || host === '::' ? undefined : host === 'localhost' ? '127.0.0.1' : host;
      const call: BridgeCall = new BridgeCall(
        ...([id, offer, dialect, taken] as const),
        { clock, library, opus, bindAddress, traffic, log },
        () => this.calls.delete(id),
      );
      this.calls.set(id, call);
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
}

/** The model that the provider is asked for: firmware of the beta names one that is gone. */
function modelOf(url: string | undefined, dialect: Dialect, session: Json | undefined): string | undefined {
  const named = new URLSearchParams(url?.split('?')[1]).get('model');
  if (dialect.name === 'beta' && named?.startsWith(GA_MODEL) !== true) return GA_MODEL;
  return named ?? (typeof session?.model === 'string' ? session.model : undefined);
}

async function loadLibraries(): Promise<{
  readonly library: DataChannelLibrary;
  readonly opus: OpusLibrary;
}> {
  const library = await loadDataChannel();
  return { library, opus: await import('@evan/opus/wasm/index.js') };
}
