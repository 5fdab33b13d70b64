import { appendFileSync, closeSync, openSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { closeAll, type Closable } from '../../errors';
import {
  systemWallClock,
  type Clock,
  type ProviderProtocol,
  type SpeechClip,
  type UpstreamTransport,
  type VoiceProvider,
} from '../../ports';
import { EventLog, type UnstampedEvent } from '../event-log';
import { assertLocked } from '../lock';
import { makeCertificate, type Certificate } from '../mock/http/certificate';
import { defaultHttpLimits, type HttpLimits } from '../mock/http/http-limits';
import { answerRaw, textAnswer } from '../mock/http/http-answer';
import { openListener } from '../mock/http/listener';
import { BodyReader } from '../mock/http/read-body';
import { CallBridge } from './bridge/call-bridge';
import { reachByCall } from './bridge/called-provider';
import { reachBySocket } from './bridge/socket-provider';
import { boardAddress, chatWordsOf } from './board-side';
import { recordHttp, recordSocket, type CassetteHead, type SocketTake, type Take } from './cassette';
import { ChatTap } from './chat-tap';
import { forwardHttp } from './forward-http';
import { forwardSocket, upgradeServer } from './forward-socket';
import { Gate } from './gate';
import { KeyTap } from './realtime/key-tap';
import { RealtimeDesk } from './realtime/realtime-desk';
import type { RealtimeTap } from './realtime/realtime-tap';
import { recordRealtime } from './realtime/record-realtime';
import { secretFinder } from './secret-spans';
import { SparkTap } from './spark-tap';
import type { HttpTraffic, SocketTraffic } from './traffic';
import { upstreamOf, type UpstreamOptions } from './upstreams';

export interface ProxyOptions extends Omit<UpstreamOptions, 'unixNowMs'> {
  readonly protocol: ProviderProtocol;
  readonly clock: Clock;
  /** Wall-clock time, for signatures. Default: this machine's. */
  readonly unixNowMs?: () => number;
  /** Default 127.0.0.1. Elsewhere only with `admits`: whoever reaches the proxy would spend the bench's credentials, or hide behind it. */
  readonly host?: string;
  /** What boards have to show to be let in, by the names of `VoiceProvider.credentials`. Default: nothing. */
  readonly admits?: Readonly<Record<string, string>>;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Listens with TLS as well: true makes a certificate for localhost. Default: no TLS. */
  readonly tls?: boolean | Certificate;
  /** File that exchanges are recorded to, for the mock to replay. Default: none. */
  readonly cassettePath?: string;
  /** How calls of boards over WebRTC go on to the provider. Default: `websocket`. */
  readonly upstreamTransport?: UpstreamTransport;
  readonly limits?: Partial<HttpLimits>;
  /** What boards may say to OpenAI Realtime: then the log says what it was. Default: nobody listens. */
  readonly prompts?: readonly SpeechClip[];
}

/** RFC 6455 section 7.1.5: the connection went without a CLOSE. */
const CUT = 1006;
const UNAUTHORISED = 401;

/** A proxy on its sockets. */
export interface ProviderProxy extends VoiceProvider {
  /** PEM of the certificate that `tlsUrl` shows; a client trusts it as CA. */
  readonly tlsCertificate?: string;
}

/**
 * Stands between a board and the real provider: hands everything on as it is but for the host and the credential, logs what a
 * mock would have logged, and records it.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`; `HIL_PROVIDER_OPEN_TO_ALL` beyond
 *   loopback without `admits`; ConfigError `HIL_CONFIG_USAGE` for those that cannot be checked.
 */
export async function openProxy(options: ProxyOptions): Promise<ProviderProxy> {
  const { protocol, clock, credentials, admits, cassettePath, host = '127.0.0.1' } = options;
  assertLocked('proxy', protocol, host, admits);
  const unixNowMs = options.unixNowMs ?? systemWallClock;
  const upstream = upstreamOf(protocol, { ...options, unixNowMs });
  const limits = { ...defaultHttpLimits, ...options.limits };
  const events = new EventLog(clock);
  const log = (event: UnstampedEvent, hostAtMs?: number): void => events.emit(event, hostAtMs);
  const recorder = cassettePath === undefined ? undefined : openRecorder(cassettePath, protocol, unixNowMs());
  const desk =
    protocol === 'openai-realtime' ? await RealtimeDesk.open(options.prompts ?? [], log) : undefined;
  const gate = admits === undefined ? undefined : new Gate(protocol, admits, unixNowMs);
  const secrets = secretFinder([...Object.values(credentials ?? {}), ...Object.values(admits ?? {})]);
  /** Why a board is not let in; told to the log. */
  const refusalOf = (asked: IncomingMessage, body: Buffer): string | undefined => {
    const { method = 'GET', url: target = '/', headers } = asked;
    const why = gate?.refusal({ method, target, headers, body });
    if (why !== undefined)
      log({ type: 'error', code: 'not_admitted', message: why, httpStatus: UNAUTHORISED });
    return why;
  };
  const upgrades = upgradeServer();
  const bodies = new BodyReader(clock, limits);
  let exchanges = 0;

  const tapsOf = (connectionId: string): HttpTraffic[] => {
    exchanges += 1;
    const ofProtocol = chatWordsOf(protocol);
    const ofSession = (event: UnstampedEvent, hostAtMs: number): void =>
      log({ ...event, sessionId: connectionId }, hostAtMs);
    return [
      ...(ofProtocol === undefined ? [] : [new ChatTap(`live_${exchanges}`, ofProtocol, ofSession)]),
      ...(desk === undefined ? [] : [new KeyTap(ofSession)]),
      ...(gate === undefined ? [] : [gate.tap()]),
      ...(recorder === undefined ? [] : [recordHttp(secrets, recorder.keep)]),
    ];
  };
  const request = (
    asked: IncomingMessage,
    response: ServerResponse,
    connection: { readonly id: string; readonly ended: () => void },
  ): void => {
    response.once('close', connection.ended);
    bodies.read(asked, (body) => {
      if (typeof body === 'string') {
        response.writeHead(413, { connection: 'close', 'content-length': 0 }).end();
        log({ type: 'error', code: body, message: `The request's body is ${body}.`, httpStatus: 413 });
        return;
      }
      const why = refusalOf(asked, body);
      if (why !== undefined) {
        const said = JSON.stringify({ error: { message: `earshot proxy: ${why}`, code: 'not_admitted' } });
        const type = 'application/json';
        response
          .writeHead(UNAUTHORISED, { 'content-type': type, 'content-length': Buffer.byteLength(said) })
          .end(said);
        return;
      }
      if (bridge?.takes(asked) === true) void bridge.handle(asked, response, body);
      else forwardHttp(asked, response, body, upstream, both(tapsOf(connection.id)), clock);
    });
  };
  /** What reads along on a WebSocket: first who understands it, then who records it. */
  const socketTaps = (
    id: string,
    path: string,
    ofSession: (event: UnstampedEvent, hostAtMs: number) => void,
  ): SocketTraffic[] => {
    if (desk === undefined) {
      const recording = recorder?.socket((done) => recordSocket(secrets, path, clock.nowMs(), done));
      return [new SparkTap(id, ofSession), ...(recording === undefined ? [] : [recording])];
    }
    return realtimeTaps(desk, id, path, {}).taps;
  };
  const realtimeTaps = (
    ofDesk: RealtimeDesk,
    id: string,
    path: string,
    how: Parameters<RealtimeDesk['tap']>[2],
  ): { readonly tap: RealtimeTap; readonly taps: SocketTraffic[] } => {
    const startedAtMs = clock.nowMs();
    const recording = recorder?.socket((done) =>
      recordRealtime((keep) => recordSocket(secrets, path, startedAtMs, keep), startedAtMs, done),
    );
    const tap = ofDesk.tap(id, (turn) => recording?.turnTaken(turn), how);
    return { tap, taps: recording === undefined ? [tap] : [tap, recording] };
  };
  const bridge =
    desk &&
    new CallBridge({
      clock,
      upstream,
      host,
      log,
      reach: options.upstreamTransport === 'webrtc' ? reachByCall : reachBySocket,
      open: (id, path) => {
        // A replay is asked over WebSocket, whatever the recorded board spoke.
        const { tap, taps } = realtimeTaps(desk, id, path.replace(/^\/v1\/realtime\/calls/, '/v1/realtime'), {
          paced: true,
          ownPlaces: options.upstreamTransport === 'webrtc',
        });
        const ofSession = (event: UnstampedEvent, hostAtMs: number): void =>
          log({ ...event, sessionId: tap.sessionId ?? id }, hostAtMs);
        return { traffic: bothSockets(taps), log: ofSession };
      },
    });
  const upgrade = (asked: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (protocol !== 'spark' && protocol !== 'openai-realtime') {
      answerRaw(socket, textAnswer(400, 'no WebSocket here'));
      return;
    }
    const why = refusalOf(asked, Buffer.alloc(0));
    if (why !== undefined) {
      answerRaw(socket, textAnswer(UNAUTHORISED, `earshot proxy: ${why}`));
      return;
    }
    exchanges += 1;
    const id = `live_${exchanges}`;
    const ofSession = (event: UnstampedEvent, hostAtMs: number): void =>
      log({ ...event, sessionId: id }, hostAtMs);
    const taps = socketTaps(id, asked.url ?? '/', ofSession);
    forwardSocket(asked, socket, head, upgrades, upstream, bothSockets(taps), clock);
  };

  const opened: Closable[] = [
    { close: () => desk?.close() ?? Promise.resolve() },
    {
      close: () => {
        upstream.httpAgent.destroy();
        upstream.httpsAgent.destroy();
        recorder?.close(clock.nowMs());
        return Promise.resolve();
      },
    },
  ];
  const listen = (port: number, certificate: Certificate | undefined) =>
    openListener({
      host,
      port,
      certificate,
      limits,
      request,
      upgrade,
      refused: ({ code, message, httpStatus }) =>
        log({ type: 'error', code, message, ...(httpStatus === undefined ? {} : { httpStatus }) }),
    });
  if (bridge !== undefined) opened.push(bridge);
  try {
    const plain = await listen(options.port ?? 0, undefined);
    opened.push(plain);
    const certificate = options.tls === true ? await makeCertificate() : options.tls || undefined;
    const secure = certificate && (await listen(0, certificate));
    if (secure) opened.push(secure);
    const { scheme, path } = boardAddress(protocol);
    const name = host.includes(':') ? `[${host}]` : host;
    return {
      name: `proxy:${protocol}`,
      protocol,
      url: `${scheme}://${name}:${plain.port}${path}`,
      ...(secure && {
        tlsUrl: `${scheme}s://localhost:${secure.port}${path}`,
        tlsCertificate: certificate.cert,
      }),
      // A simulated board has nothing else to show.
      ...(admits && { credentials: admits }),
      get events() {
        return events.events;
      },
      onEvent: (listener) => events.onEvent(listener),
      // It lives in this process and ends with it; its ears may not.
      onLost: (listener) => desk?.onLost(listener) ?? (() => undefined),
      expectTurn: () => Promise.resolve(),
      saveReceived: (window) => desk?.saveReceived(window) ?? Promise.resolve(undefined),
      ...(desk && { saveReply: (request) => desk.saveReply(request) }),
      close: () => closeAll(opened.splice(0)),
    };
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}

function openRecorder(path: string, protocol: ProviderProtocol, unixMs: number) {
  const file = openSync(path, 'w', 0o600);
  const head: CassetteHead = {
    schema: 'earshot/cassette@1',
    protocol,
    recordedAt: new Date(unixMs).toISOString(),
  };
  const write = (value: CassetteHead | Take): void => appendFileSync(file, `${JSON.stringify(value)}\n`);
  const open = new Set<SocketTraffic>();
  write(head);
  return {
    keep: write,
    /** A recording that is kept although nobody closes its WebSocket before the proxy is closed. */
    socket<T extends SocketTraffic>(record: (done: (take: SocketTake) => void) => T): T {
      const recording = record((take) => {
        open.delete(recording);
        write(take);
      });
      open.add(recording);
      return recording;
    },
    close(hostAtMs: number): void {
      for (const recording of [...open]) recording.closed('board', CUT, '', hostAtMs);
      closeSync(file);
    },
  };
}

const both = (taps: readonly HttpTraffic[]): HttpTraffic => ({
  asked: (request) => taps.forEach((tap) => tap.asked(request)),
  answered: (...answer) => taps.forEach((tap) => tap.answered(...answer)),
  body: (...piece) => taps.forEach((tap) => tap.body(...piece)),
  ended: (...end) => taps.forEach((tap) => tap.ended(...end)),
});

const bothSockets = (taps: readonly SocketTraffic[]): SocketTraffic => ({
  opened: (request) => taps.forEach((tap) => tap.opened(request)),
  message: (...message) => taps.forEach((tap) => tap.message(...message)),
  closed: (...end) => taps.forEach((tap) => tap.closed(...end)),
  refused: (...refusal) => taps.forEach((tap) => tap.refused(...refusal)),
});
