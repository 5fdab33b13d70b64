import { openRecogniser } from '../../hearing/open-recogniser';
import { openHttpMock } from '../http/http-mock';
import type { MockOptions, MockProvider } from '../mock-options';
import type { DialectChoice } from './auth';
import type { OpenPeerPath } from './webrtc/peer-path';
import { DEFAULT_MODEL, RealtimeService, type RealtimeRules } from './realtime-service';

export interface MockProviderOptions extends Omit<MockOptions, 'credentials'> {
  /** The only key that is let in; default: any that is not empty. */
  readonly apiKey?: string;
  /**
   * `ga` (default) refuses who asks for the beta, as the service has done since May 2026; `auto` answers each client in the
   * dialect that it asks for; `beta` speaks the beta to everybody.
   */
  readonly dialect?: DialectChoice;
  /** Default: every name that starts with `gpt-realtime`; in the beta those of the `gpt-4o` previews as well. */
  readonly models?: readonly string[];
  /**
   * `lenient` (default) ends a function-call response in the tick of its events; `strict` keeps it active for 40 ms, so that a
   * client that asks for the next response at once gets `conversation_already_has_active_response` (providers.md 1.3).
   */
  readonly toolRace?: 'lenient' | 'strict';
  /** Default 64; further ones are refused with close code 1013, over HTTP with 429. */
  readonly maxSessions?: number;
  /** Default 60 minutes, 30 in the beta. */
  readonly sessionMaxMs?: number;
  /** Default 20 260, as the service does. */
  readonly pingIntervalMs?: number;
  /** How long a PING may stay unanswered before the session is cut. Default 20 000. */
  readonly pongTimeoutMs?: number;
  /** How much a client may leave unread before the session is cut. Default 16 MiB, more than the longest reply. */
  readonly maxUnsentBytes?: number;
  /** Puts something in the way of a call's UDP packets. Default: nothing. */
  readonly openPeerPath?: OpenPeerPath;
  /** Compiled entry of the recognition worker; default: the one beside the compiled mock, else none (recognises in thread). */
  readonly workerPath?: string;
}

const STRICT_DONE_DELAY_MS = 40;

/** Where calls are taken: at the address that the mock listens on; undefined: at all of this machine's but loopback. */
function mediaAddressOf(host = '127.0.0.1'): string | undefined {
  if (host === 'localhost') return '127.0.0.1';
  return host === '0.0.0.0' || host === '::' ? undefined : host;
}

/**
 * Opens a scripted OpenAI Realtime service (WebSocket and WebRTC) in this process.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`, `HIL_CORPUS_UNKNOWN_CLIP`, `HIL_AUDIO_RATE`.
 */
export async function createMockProvider(options: MockProviderOptions): Promise<MockProvider> {
  const { apiKey, models, workerPath } = options;
  const rules: RealtimeRules = {
    apiKey,
    models,
    dialect: options.dialect ?? 'ga',
    maxSessions: options.maxSessions ?? 64,
    toolDoneDelayMs: options.toolRace === 'strict' ? STRICT_DONE_DELAY_MS : 0,
    sessionMaxMs: options.sessionMaxMs,
    pingIntervalMs: options.pingIntervalMs ?? 20_260,
    pongTimeoutMs: options.pongTimeoutMs ?? 20_000,
    maxUnsentBytes: options.maxUnsentBytes ?? 16 * 1024 * 1024,
    bindAddress: mediaAddressOf(options.host),
    openPeerPath: options.openPeerPath,
  };
  const recogniser = await openRecogniser([...options.corpus.prompts.values()], { workerPath });
  try {
    return await openHttpMock(
      'openai-realtime',
      { scheme: 'ws', path: `/v1/realtime?model=${DEFAULT_MODEL}` },
      { ...options, ...(apiKey !== undefined && { credentials: { apiKey } }) },
      (context) => new RealtimeService(context, recogniser, rules),
    );
  } catch (cause) {
    await recogniser.close();
    throw cause;
  }
}
