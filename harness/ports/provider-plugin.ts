import type { Clock } from './clock';
import type { ProviderEvent } from './provider-event';
import type { Scenario } from './scenario';
import type { Corpus } from './speech-clip';
import type { VoiceProvider } from './voice-provider';

type WithoutStamp<Event> = Event extends unknown ? Omit<Event, 'seq' | 'hostAtMs'> : never;

/** A provider event before the log has given it its place and time. */
export type UnstampedProviderEvent = WithoutStamp<ProviderEvent>;

/** What a provider of a team's own is opened with. */
export interface ProviderPluginContext {
  /** `provider.options` of the bench file: any JSON, for the plugin to check. */
  readonly options: unknown;
  readonly scenario: Scenario;
  readonly corpus: Corpus;
  readonly clock: Clock;
  /** Where to listen; loopback unless the bench file says otherwise. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** What a text board has asked, looked up as the mocks do: the utterance of the corpus; undefined when it is none. */
  utteranceOf(text: string): string | undefined;
  /** What the scenario answers to an utterance, in words; undefined when it has nothing to say. */
  answerTo(utterance: string | undefined): string | undefined;
  /** Logs an event, in the order of the calls; `hostAtMs` is now unless it was taken closer to the fact. */
  log(event: UnstampedProviderEvent, hostAtMs?: number): void;
}

/** An open provider of a team's own. Everything that is left out does nothing. */
export interface OpenProviderPlugin
  extends
    Pick<VoiceProvider, 'url'>,
    Partial<Pick<VoiceProvider, 'tlsUrl' | 'credentials' | 'expectTurn' | 'saveReceived'>> {
  close(): Promise<void>;
}

/** A provider of a team's own. */
export interface ProviderPlugin {
  /** What bench files call it. */
  readonly name: string;
  /** The wire format that boards speak with it, for reports. */
  readonly protocol: string;
  open(context: ProviderPluginContext): Promise<OpenProviderPlugin>;
}

/**
 * Declares a provider of a team's own: the default export of a module that `plugins` of a bench file names. It runs in the
 * provider's process, as the mocks do.
 */
export const defineProvider = (plugin: ProviderPlugin): ProviderPlugin => plugin;
