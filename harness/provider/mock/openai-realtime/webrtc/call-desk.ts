import { isHilError } from '../../../../errors';
import type { Deviation } from '../../../../ports';
import type { Exchange } from '../../http/exchange';
import type { HttpAnswer } from '../../http/http-answer';
import type { HttpContext, Route } from '../../http/http-mock';
import type { ReplyShelf } from '../../reply-shelf';
import { admissionOf, isRefusal, keyFault, type Admission, type AdmissionRules, type Refusal } from '../auth';
import { bearerOf } from '../../http/bearer';
import type { ConnectionContext } from '../connection';
import { corsHeaders } from '../cors';
import type { Dialect, DialectName } from '../dialect';
import { overloaded, refusalAnswer, type HttpFault } from '../http-refusal';
import { newId } from '../ids';
import { Call } from './call';
import { readCallRequest } from './call-request';
import { tooLong } from './faulty-descriptions';
import { loadDataChannel, unloadDataChannel, type DataChannelLibrary } from './load-datachannel';
import { isOffer, readOffer } from './offer';
import type { OpenPeerPath } from './peer-path';
import { RtpReplies } from './rtp-reply';
import type { OpusLibrary } from './speech-decoder';

export interface CallRules {
  /** The only address that calls are taken on; undefined: all but loopback. */
  readonly bindAddress: string | undefined;
  readonly openPeerPath: OpenPeerPath | undefined;
}

/** What the service does with the calls that the desk takes. */
export interface CallHost {
  readonly admission: AdmissionRules;
  readonly replies: ReplyShelf;
  /** Why there is no room for another session; undefined: there is. */
  fullOrLost(): Refusal | undefined;
  dialectOf(admission: Admission): { readonly dialect: Dialect; readonly context: ConnectionContext };
  opened(call: Call): void;
  ended(call: Call): void;
  /** No call can be taken on this machine. */
  lost(error: Error): void;
}

interface Libraries {
  readonly library: DataChannelLibrary;
  readonly opus: OpusLibrary;
  readonly replies: RtpReplies;
}

const CALLS = '/v1/realtime/calls';
/** A board that has its answer is there within a second or not at all; a browser may ask its user first. */
const CONNECT_MS = 20_000;

const statusOf = ({ closeReason, code }: Refusal): number => {
  if (code === null || code === 'invalid_api_key') return 401;
  if (code === 'session_limit_reached') return 429;
  if (closeReason === 'server_error') return 500;
  return code === 'invalid_model' ? 404 : 400;
};

/** Takes calls: the HTTP side of OpenAI Realtime over WebRTC (reference/providers.md 2.2, 2.4). */
export class CallDesk {
  readonly routes: readonly Route[];
  private readonly calls = new Map<string, Call>();
  private libraries: Promise<Libraries> | undefined;

  constructor(
    private readonly context: HttpContext,
    private readonly host: CallHost,
    private readonly rules: CallRules,
  ) {
    const ga: readonly Route[] = [
      { method: 'POST', path: CALLS, handle: (exchange) => this.call(exchange, 'ga') },
      {
        method: 'POST',
        path: /^\/v1\/realtime\/calls\/[^/]+\/hangup$/,
        handle: (exchange) => this.hangUp(exchange),
      },
    ];
    const beta: Route = {
      method: 'POST',
      path: '/v1/realtime',
      handle: (exchange) => this.call(exchange, 'beta'),
    };
    this.routes = host.admission.dialect === 'beta' ? [beta] : [...ga, beta];
  }

  async close(): Promise<void> {
    for (const call of this.calls.values()) call.end();
    const libraries = await this.libraries?.catch(() => undefined);
    if (libraries !== undefined) await unloadDataChannel();
  }

  private async call(exchange: Exchange, dialectName: DialectName): Promise<void> {
    const read = await readCallRequest(exchange);
    const asked = {
      headers: exchange.headers,
      model: exchange.query.get('model'),
      dialect: dialectName,
      ...('session' in read && { session: read.session }),
    };
    const admission = admissionOf(asked, this.host.admission);
    if ('code' in read) {
      // Whose key is wrong learns nothing of what else may be.
      if (isRefusal(admission) && statusOf(admission) === 401) this.refuseEntry(exchange, admission);
      else this.refuse(exchange, 400, read);
      return;
    }
    if (isRefusal(admission)) {
      this.refuseEntry(exchange, admission);
      return;
    }
    const offer = readOffer(read.offerSdp);
    if (!isOffer(offer)) {
      this.refuse(exchange, 400, offer);
      return;
    }
    if (this.isMisanswered(exchange)) return;
    const libraries = await this.load(exchange);
    if (libraries === undefined) return;
    const noRoom = this.host.fullOrLost();
    if (noRoom !== undefined) {
      this.refuseEntry(exchange, noRoom);
      return;
    }
    const { clock, log, faults } = this.context;
    const { dialect, context } = this.host.dialectOf(admission);
    const id = newId('rtc');
    const { bindAddress, openPeerPath } = this.rules;
    const { library, opus, replies } = libraries;
    const call: Call = new Call(
      id,
      offer,
      admission,
      dialect,
      {
        ...{ clock, log, faults, library, opus, replies, bindAddress, connectMs: CONNECT_MS },
        shelf: this.host.replies,
        openPeerPath,
      },
      context,
      () => {
        this.calls.delete(id);
        this.host.ended(call);
      },
    );
    this.calls.set(id, call);
    this.host.opened(call);
    let body: string;
    try {
      body = await call.answer();
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `The SDP offer cannot be answered: ${why}`;
      this.refuse(exchange, 400, { code: 'invalid_offer', message, param: null });
      return;
    }
    if (exchange.over) {
      call.end();
      return;
    }
    this.answerCall(exchange, call.connection.session.id, `${CALLS}/${id}`, body);
  }

  /** Whether a fault answers in place of the call: `redirect`, `unavailable`, `error-as-answer`. */
  private isMisanswered(exchange: Exchange): boolean {
    const { faults } = this.context;
    if (faults.has('redirect')) {
      const query = exchange.query.toString();
      const location = query === '' ? exchange.path : `${exchange.path}?${query}`;
      this.deviates(exchange.connectionId, 'redirect', `The offer was answered with 307 to ${location}.`);
      this.answer(exchange, { status: 307, headers: { location, 'content-type': 'text/plain' }, body: '' });
      return true;
    }
    if (faults.has('unavailable')) {
      this.refuse(exchange, 503, { ...overloaded, param: null });
      return true;
    }
    if (!faults.has('error-as-answer')) return false;
    const message = 'The server had an error while processing your request. Sorry about that!';
    this.refuse(exchange, 500, { code: 'server_error', message, param: null });
    return true;
  }

  private answerCall(exchange: Exchange, sessionId: string, location: string, sdp: string): void {
    const { faults } = this.context;
    const status = faults.has('wrong-status') ? 200 : 201;
    const body = faults.has('answer-too-long') ? tooLong(sdp) : sdp;
    const headers = { 'content-type': 'application/sdp', location };
    // Chunked, which is what boards cannot read: reference/providers.md 0.3.
    if (faults.has('wrong-framing')) {
      this.deviates(
        sessionId,
        'chunked-answer',
        'The offer was answered in chunks, without a Content-Length.',
      );
      exchange.play({ status, headers }, [{ bytes: body }], () => undefined);
    } else this.answer(exchange, { status, headers, body });
  }

  private deviates(sessionId: string, code: Deviation, message: string): void {
    this.context.log({ type: 'deviation', code, message, sessionId });
  }

  private hangUp(exchange: Exchange): void {
    const key = bearerOf(exchange.headers);
    if (key === undefined) {
      const message = 'Missing bearer authentication in header';
      this.refuse(exchange, 401, { code: null, message, param: null });
      return;
    }
    const wrong = keyFault(key, this.host.admission);
    if (wrong !== undefined) {
      this.refuse(exchange, 401, { ...wrong, param: null });
      return;
    }
    const id = exchange.path.split('/').at(-2) ?? '';
    const call = this.calls.get(id);
    if (call === undefined) {
      const message = `No call with the id '${id.slice(0, 80)}' is open.`;
      this.refuse(exchange, 404, { code: 'call_not_found', message, param: null });
      return;
    }
    call.hangUp();
    this.answer(exchange, { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' });
  }

  /** What a first call needs; undefined: it was refused, as nothing can be served without. */
  private async load(exchange: Exchange): Promise<Libraries | undefined> {
    try {
      return await (this.libraries ??= this.loadOnce());
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      const code = isHilError(error) ? error.code : 'server_error';
      this.refuse(exchange, 500, { code, message: error.message, param: null });
      this.host.lost(error);
      return undefined;
    }
  }

  private async loadOnce(): Promise<Libraries> {
    const library = await loadDataChannel();
    const opus = await import('@evan/opus/wasm/index.js');
    return { library, opus, replies: new RtpReplies(this.host.replies, opus) };
  }

  private refuseEntry(exchange: Exchange, refusal: Refusal): void {
    this.refuse(exchange, statusOf(refusal), { ...refusal, param: null });
  }

  private refuse(exchange: Exchange, status: number, fault: HttpFault): void {
    const { code, message } = fault;
    const sessionId = exchange.connectionId;
    this.context.log({ type: 'error', code: code ?? 'no_key', message, httpStatus: status, sessionId });
    this.answer(exchange, refusalAnswer(status, fault));
  }

  private answer(exchange: Exchange, { status, headers, body }: HttpAnswer): void {
    exchange.answer({ status, headers: { ...headers, ...corsHeaders(exchange.headers) }, body });
  }
}
