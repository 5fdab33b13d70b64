import type { Cancel } from './clock';
import type { EventSequence } from './event-sequence';
import type { ProviderEvent } from './provider-event';
import type { NetworkFacts } from './network-facts';
import type { NetworkShape } from './network-shape';
import type { ProviderFault } from './provider-fault';
import type { ScenarioTurn } from './scenario';
import type { SpeechClip } from './speech-clip';

/** One packet of microphone audio as the provider received it. */
export interface ReceivedPacket {
  /** Index of its first sample in the session's stream. */
  readonly streamSample: number;
  readonly lengthSamples: number;
  /** When its last byte had arrived. */
  readonly hostAtMs: number;
}

/** What the provider received of a session in a window of host time, saved as a mono WAV. */
export interface ReceivedAudio {
  readonly sessionId: string;
  readonly path: string;
  readonly rateHz: number;
  /** Stream index of the WAV's first sample. */
  readonly firstStreamSample: number;
  readonly lengthSamples: number;
  readonly packets: readonly ReceivedPacket[];
}

/** A stretch of host time, half-open. */
export interface HostWindow {
  readonly fromHostAtMs: number;
  readonly toHostAtMs: number;
}

/** A time in which a process did nothing, although it was due to. */
export interface Stall {
  readonly fromHostAtMs: number;
  readonly lengthMs: number;
}

export interface ReceivedWindow {
  readonly sessionId: string;
  readonly fromHostAtMs: number;
  readonly toHostAtMs: number;
  /** Absolute path of the WAV to write. */
  readonly path: string;
}

/** A reply that was sent, by its item. */
export interface ReplyRequest {
  readonly itemId: string;
  /** Absolute path of the WAV to write. */
  readonly path: string;
}

/** What the host tells the provider about the turn that comes. */
export interface TurnScript {
  readonly turnId: string;
  /** Answers this turn whatever the scenario says, as if it had been heard. Absent: the scenario decides. */
  readonly answer?: Omit<ScenarioTurn, 'heard'>;
  /** What goes wrong in this turn. Absent: what the scenario says. */
  readonly fault?: ProviderFault;
  /** How the link to the provider is in this turn; needs a provider that was opened with one. Absent: as it was opened. */
  readonly network?: NetworkShape;
}

/** A voice service as the bench sees it: mock, proxy and live look the same. */
export interface VoiceProvider {
  readonly name: string;
  readonly protocol: string;
  /** What the board is told to connect to. */
  readonly url: string;
  /** True: the board talks to the service itself, so no event is logged and no sound is kept. Absent: everything passes here. */
  readonly unwatched?: true;
  /** The same over TLS where the provider listens with it. */
  readonly tlsUrl?: string;
  /**
   * What the board has to show to be let in, by the protocol's own names: `apiKey`; `appId`, `apiKey`, `apiSecret` (spark);
   * `secretId`, `secretKey`, and `apiKey` for its twin (hunyuan); `user`, `password`, `domain`, `project`, or `accessKey`, `secretKey` (pangu). Absent: anything will do.
   */
  readonly credentials?: Readonly<Record<string, string>>;
  /** All events so far, each at the position that its `seq` says; of each type the newest thousands are held. */
  readonly events: EventSequence<ProviderEvent>;
  /** Lets go what only the turns before this position of `events` were measured by, as `forget` of a board. Absent: everything stays. */
  forget?(before: number): void;
  /** Calls back for each later event, in order. */
  onEvent(listener: (event: ProviderEvent) => void): Cancel;
  /** Calls back once, when the provider has gone for good without being closed. */
  onLost(listener: (error: Error) => void): Cancel;
  expectTurn(script: TurnScript): Promise<void>;
  /** Saves what was received; undefined when the session is unknown or nothing arrived in the window. */
  saveReceived(window: ReceivedWindow): Promise<ReceivedAudio | undefined>;
  /**
   * What the link to the provider did to datagrams, of all boards together; undefined: there were none. Absent: nobody counts.
   */
  networkFacts?(window: HostWindow): Promise<NetworkFacts | undefined>;
  /**
   * When the provider's own process stood still, so that what it sent then left too late; of 40 ms and more. Absent: nobody watches it, as
   * where the board talks to the service itself.
   */
  stalls?(window: HostWindow): Promise<readonly Stall[]>;
  /**
   * Saves what was sent of a reply that is none of the corpus, with the place of its speech; undefined when it is not held any
   * more or holds no speech. Absent: all replies are clips of the corpus.
   */
  saveReply?(request: ReplyRequest): Promise<SpeechClip | undefined>;
  close(): Promise<void>;
}
