import type {
  Clock,
  Corpus,
  NetworkShape,
  ProviderFault,
  RealtimeDialect,
  Scenario,
  ToolRace,
  VoiceProvider,
} from '../../ports';
import type { Certificate } from './http/certificate';
import type { HttpLimits } from './http/http-limits';
import type { OpenPeerPath } from './openai-realtime/webrtc/peer-path';

/** What a mock of any protocol is told. */
export interface MockOptions {
  readonly scenario: Scenario;
  readonly corpus: Corpus;
  readonly clock: Clock;
  /** Wall-clock time, for signatures, expiries and stamps that clients read. Default: this machine's. */
  readonly unixNowMs?: () => number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Listens with TLS as well: true makes a certificate for localhost. Default: no TLS. */
  readonly tls?: boolean | Certificate;
  /** Default 0: any free one. */
  readonly tlsPort?: number;
  /** The only credentials that are let in, by the names of `VoiceProvider.credentials`. Default: the protocol's own. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** What goes wrong all the time. Default: nothing. */
  readonly faults?: readonly ProviderFault[];
  /** How the link to it is, unless a turn's script says otherwise. Default: no link in between. */
  readonly network?: NetworkShape;
  /** Puts something in the way of a call's UDP packets; set by the link. Default: nothing. */
  readonly openPeerPath?: OpenPeerPath;
  /** How long the fault `slow-first-token` keeps a client waiting. Default 30 s, more than boards commonly wait. */
  readonly slowFirstTokenMs?: number;
  /** The only models that there are. Default: every name that looks like one of the protocol's. */
  readonly models?: readonly string[];
  /**
   * Of OpenAI Realtime: `ga` (default) refuses who asks for the beta, as the service has done since May 2026; `auto` answers
   * each client in the dialect that it asks for; `beta` speaks the beta to everybody.
   */
  readonly dialect?: RealtimeDialect;
  /**
   * Of OpenAI Realtime: `lenient` (default) ends a function-call response in the tick of its events; `strict` keeps it active
   * for 40 ms, so that a client that asks for the next response at once gets `conversation_already_has_active_response`
   * (providers.md 1.3).
   */
  readonly toolRace?: ToolRace;
  /** What clients may do to a mock that speaks HTTP. Default: `defaultHttpLimits`. */
  readonly limits?: Partial<HttpLimits>;
  /** Cassette of a proxy: answers come from it, at their recorded times, in place of the scenario's. Default: none. */
  readonly replayPath?: string;
}

/** A mock on its sockets, with what only a mock has. */
export interface MockProvider extends VoiceProvider {
  /** PEM of the certificate that `tlsUrl` shows; a client trusts it as CA. */
  readonly tlsCertificate?: string;
}
