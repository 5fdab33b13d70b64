import type { WireError } from '../../errors';
import type {
  HostWindow,
  NetworkFacts,
  ProviderEvent,
  ProviderProtocol,
  ReceivedAudio,
  ReceivedWindow,
  ReplyRequest,
  SpeechClip,
  Stall,
  TurnScript,
  VoiceProvider,
} from '../../ports';
import type { MockOptions } from '../mock/mock-options';
import type { PluginOptions } from '../plugin/open-plugin';
import type { ProxyOptions } from '../proxy/open-proxy';

/** A mock's options as they cross IPC: the corpus as lists, no clocks. */
export interface MockProviderInit extends Omit<
  MockOptions,
  'corpus' | 'clock' | 'unixNowMs' | 'openPeerPath'
> {
  /** Default `openai-realtime`. */
  readonly protocol?: ProviderProtocol;
  readonly prompts: readonly SpeechClip[];
  readonly replies: readonly SpeechClip[];
}

/** A proxy's options as they cross IPC: no clocks. */
export interface ProxyInit extends Omit<ProxyOptions, 'clock' | 'unixNowMs'> {
  readonly kind: 'proxy';
}

/** A provider of a team's own, as it crosses IPC: the corpus as lists, no clock. */
export interface PluginInit extends Omit<PluginOptions, 'corpus' | 'clock'> {
  readonly kind: 'plugin';
  readonly prompts: readonly SpeechClip[];
  readonly replies: readonly SpeechClip[];
}

export type ProviderInit = MockProviderInit | ProxyInit | PluginInit;

export type ProviderDescription = Pick<
  VoiceProvider,
  'name' | 'protocol' | 'url' | 'tlsUrl' | 'credentials'
> & {
  readonly tlsCertificate?: string;
  /** It has `saveReply`. */
  readonly keepsReplies?: true;
};

/** What a parent may ask of its provider; no sound crosses, only paths. */
export interface ProviderCalls {
  readonly expectTurn: { readonly argument: TurnScript; readonly result: null };
  readonly networkFacts: { readonly argument: HostWindow; readonly result: NetworkFacts | null };
  readonly stalls: { readonly argument: HostWindow; readonly result: readonly Stall[] };
  readonly saveReceived: { readonly argument: ReceivedWindow; readonly result: ReceivedAudio | null };
  readonly saveReply: { readonly argument: ReplyRequest; readonly result: SpeechClip | null };
  readonly close: { readonly argument: null; readonly result: null };
}

export type ToChild =
  | { readonly kind: 'init'; readonly init: ProviderInit }
  | {
      [Method in keyof ProviderCalls]: {
        readonly kind: 'call';
        readonly id: number;
        readonly method: Method;
        readonly argument: ProviderCalls[Method]['argument'];
      };
    }[keyof ProviderCalls];

export type FromChild =
  | { readonly kind: 'ready'; readonly description: ProviderDescription }
  | { readonly kind: 'unready'; readonly error: WireError }
  | { readonly kind: 'event'; readonly event: ProviderEvent }
  | { readonly kind: 'lost'; readonly error: WireError }
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: WireError };
