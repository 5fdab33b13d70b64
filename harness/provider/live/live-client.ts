import type { PcmClip } from '../../audio';
import type { Clock, FunctionCall, ProviderProtocol } from '../../ports';
import type { LiveEvent, Usage } from './live-event';
import type { SpendCap } from './spend-cap';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A function that the question offers; `parameters` is its JSON Schema. */
export interface OfferedTool {
  readonly name: string;
  readonly description?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** What is asked in one exchange. */
export interface Question {
  /** The question; of a spoken one, its words. */
  readonly text: string;
  /** Asks by sound, at the speed of speech. Only `openai-realtime` can; the others ask by `text`. */
  readonly speech?: {
    readonly clip: PcmClip;
    /** Last speech sample of the clip, where the wait for the answer begins. */
    readonly offsetSample: number;
  };
  /** What was said before, oldest first. */
  readonly history?: readonly ChatMessage[];
  readonly tools?: readonly OfferedTool[];
  readonly stream: boolean;
}

/** A complete answer: it has text, or calls, or sound. */
export interface Answer {
  readonly responseId: string;
  readonly text: string;
  /** What was thought before the answer; empty where the provider shows none. */
  readonly reasoning: string;
  readonly calls: readonly (FunctionCall & { readonly callId: string })[];
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  /** Sound of the answer; 0 for a written one. */
  readonly audioMs: number;
  /** How often it had to be asked, at least 1. */
  readonly attempts: number;
  /** When the attempt that was answered began, on the host's clock. */
  readonly startedAtHostMs: number;
}

export interface AskOptions {
  /** Ends the exchange at once, between attempts too. */
  readonly signal?: AbortSignal;
  /** Gets every event as it happens, those of failed attempts included. */
  readonly onEvent?: (event: LiveEvent) => void;
}

/** A client of one provider. */
export interface LiveClient {
  readonly name: string;
  readonly protocol: ProviderProtocol;
  readonly model: string;
  /**
   * Asks once and waits for the whole answer.
   * @throws ProviderError `HIL_PROVIDER_KEY_REJECTED`, `HIL_PROVIDER_LIMITED`, `HIL_PROVIDER_QUOTA`, `HIL_PROVIDER_REFUSED`,
   *   `HIL_PROVIDER_UNREACHABLE`, `HIL_PROVIDER_TIMEOUT`, `HIL_PROVIDER_CUT`, `HIL_PROVIDER_MALFORMED`,
   *   `HIL_PROVIDER_CANCELLED`, `HIL_PROVIDER_SPEND_CAP`. Facts: `provider`, `httpStatus`, `providerCode`, `providerMessage`, `retryable`, `attempts`.
   */
  ask(question: Question, options?: AskOptions): Promise<Answer>;
  close(): Promise<void>;
}

/** Bounds of one exchange. */
export interface LiveLimits {
  /** Name look-up, TCP, TLS and upgrade. */
  readonly connectMs: number;
  /** Question sent to the first byte of the answer. Reasoning models take a minute (providers.md 3.5). */
  readonly firstByteMs: number;
  /** Between two pieces of the answer. */
  readonly idleMs: number;
  /** One attempt. */
  readonly totalMs: number;
  readonly maxAnswerBytes: number;
  /** How often a question is asked when the failure may pass; 1 never asks again. */
  readonly attempts: number;
  /** Of the first wait between attempts; they double, with jitter. */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
}

export const defaultLimits: LiveLimits = {
  connectMs: 10_000,
  firstByteMs: 60_000,
  idleMs: 30_000,
  totalMs: 180_000,
  maxAnswerBytes: 16 * 1024 * 1024,
  attempts: 3,
  backoffMs: 500,
  maxBackoffMs: 20_000,
};

/** What a live client is told. */
export interface LiveOptions {
  /** As messages call it: `siliconflow`. Default: the protocol. */
  readonly name?: string;
  /** Where it is asked, path included. Default: the provider's own address. */
  readonly url?: string;
  /** Where a token is fetched, for protocols that sign in (pangu). */
  readonly tokenUrl?: string;
  /** Default: the protocol's, a small one. */
  readonly model?: string;
  /** By the names of `VoiceProvider.credentials`. */
  readonly credentials?: Readonly<Record<string, string>>;
  /** Variables that hold the credentials, for messages: `SILICONFLOW_API_KEY`. */
  readonly credentialVariables?: readonly string[];
  /** Variables of other credentials that would do as well, for messages. */
  readonly otherVariables?: readonly string[];
  readonly clock: Clock;
  /** Wall-clock time, for signatures. Default: this machine's. */
  readonly unixNowMs?: () => number;
  readonly limits?: Partial<LiveLimits>;
  /** Shared by all clients that one purse pays. Default: no cap. */
  readonly spend?: SpendCap;
  /** PEM of certificates to trust in place of those that Node comes with. */
  readonly ca?: string;
}
