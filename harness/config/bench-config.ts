import type {
  NetworkShape,
  PortChoice,
  PowerChoice,
  ProviderFault,
  ProviderProtocol,
  RealtimeDialect,
  ResetChoice,
  SampleFormat,
  SoakBounds,
  SntpAnswer,
  ToolRace,
  Topology,
  UpstreamTransport,
} from '../ports';

/** bench.yaml as validated values. Files hold durations as "1.5s" or "200ms"; here they are milliseconds. Paths are absolute. */
export interface BenchConfig {
  readonly path: string;
  readonly name: string;
  /** Folder that holds `prompts/prompts.yaml` and `replies/replies.yaml`. */
  readonly corpusPath: string;
  readonly scenarioPath: string;
  /** Undefined: no absolute bounds, the run is judged by its findings alone. */
  readonly budgetsPath: string | undefined;
  readonly boards: readonly BoardConfig[];
  /** Absolute paths of modules that bring dialects, providers and power switches of a team's own. */
  readonly plugins: readonly string[];
  /** Of boards that name none of their own. */
  readonly provider: ProviderConfig;
  /** Undefined: nobody tells the time. */
  readonly ntp: NtpConfig | undefined;
  readonly turn: TurnConfig;
}

interface BoardConfigBase {
  readonly name: string;
  readonly model: string;
  readonly dialect: string;
  /** Whether the board reads what is typed on this connector; absent: what the dialect says of its boards. */
  readonly readsConsole?: boolean;
  /** Image under test, or the `flasher_args.json` that names it; absent: whatever runs is tested. */
  readonly imagePath?: string;
  /** ELF of the firmware, for crashes; absent: the one beside the image, if there is one. */
  readonly elfPath?: string;
  /** Program that looks addresses up in the ELF, or `auto`; absent: none, the ELF is read here. */
  readonly addr2line?: string;
  readonly bootTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** Undefined: none was given; boards that are asked in writing need none. */
  readonly rig: RigConfig | undefined;
  /** The voice service that this board talks to; absent: the bench's. */
  readonly provider?: ProviderConfig;
  /** Boards with one name for it hear each other and are not to play at once; absent: it is heard by none. */
  readonly isolation?: string;
}

export interface SerialBoardConfig extends BoardConfigBase {
  readonly kind: 'serial';
  readonly port: PortChoice;
  readonly baudRate: number;
  /** How long to wait for a port that has gone; 0: it is lost at once. */
  readonly reattachMs: number;
  readonly reset: ResetChoice;
  /** Absent: nobody can switch it. Paths of programs are absolute; names are looked for where the shell looks. */
  readonly power?: PowerChoice;
}

export interface VirtualBoardConfig extends BoardConfigBase {
  readonly kind: 'virtual';
  /** The board's crystal against true time. */
  readonly crystalPpm: number;
  /** From a reset to its address; absent: 3360. */
  readonly addressAfterMs?: number;
  /** Its firmware prints markers. */
  readonly markers?: true;
  /** Which dialect the simulated firmware really speaks; default: the one that the bench expects. */
  readonly firmwareDialect: string;
  /** What firmware asks that has its question built in; absent: its own. */
  readonly question?: string;
  /** File with what its flash holds, which boots; absent: the simulated firmware that it comes with. */
  readonly flashPath?: string;
  /** Where its microphone and speaker are in a sound server; absent: on an audio link, for a virtual rig. */
  readonly sound?: VirtualSoundConfig;
}

export interface VirtualSoundConfig {
  readonly kind: 'pulse';
  /** Name of the source that its microphone hears. */
  readonly source: string;
  /** Name of the sink that its speaker plays to. */
  readonly sink: string;
  /** Playback that it keeps in hand. */
  readonly bufferMs: number;
  /** Folder that it keeps every sample in; absent: none. */
  readonly recordPath?: string;
}

export type BoardConfig = SerialBoardConfig | VirtualBoardConfig;

/** One acoustic path of the virtual rig. */
export interface AcousticPathConfig {
  /** Gain of the direct sound. */
  readonly gainDb: number;
  /** Delay of the direct sound: 2.9 ms a metre. */
  readonly delayMs: number;
}

/** Where the calibration of a rig is kept, and for how long it holds. */
export interface CalibratedRigConfig {
  /** Absent: in the state folder of the user, by the names of bench and rig. */
  readonly calibrationPath?: string;
  readonly calibrationMaxAgeMs: number;
}

export interface VirtualRigConfig extends CalibratedRigConfig {
  readonly kind: 'virtual';
  /** The rig's clock against true time. */
  readonly driftPpm: number;
  /** Speech over noise on the board's microphone and on the speaker channel. */
  readonly snrDb: number;
  readonly room: {
    /** 0: no reverberation. */
    readonly rt60Ms: number;
    readonly directToReverberantDb: number;
  };
  readonly paths: {
    readonly playbackToMic: AcousticPathConfig;
    readonly playbackToSpeakerChannel: AcousticPathConfig;
    readonly boardToMic: AcousticPathConfig;
    readonly boardToSpeakerChannel: AcousticPathConfig;
  };
  readonly loopbackGainDb: number;
  /** Air paths between rig and board, both ways, as the bench states them: shown beside latencies, never subtracted. */
  readonly acousticDelayMs?: number;
  /** Of the noise and the room. */
  readonly seed: number;
}

/** What rigs with a sound card have in common. */
interface CardRigConfigBase extends CalibratedRigConfig {
  readonly rateHz: number;
  readonly format: SampleFormat;
  /** Inputs by number, from 0. */
  readonly channels: { readonly speaker: number; readonly loopback?: number };
  readonly topology: Exclude<Topology, 'virtual'>;
  /** Air paths between rig and board, both ways, as the bench states them: shown beside latencies, never subtracted. */
  readonly acousticDelayMs?: number;
  /** As the bench states it; absent: what a calibration found, if there is one. */
  readonly roundTrip?: { readonly ms: number; readonly uncertaintyMs: number };
}

export interface AlsaRigConfig extends CardRigConfigBase {
  readonly kind: 'alsa';
  /** `usb:VID:PID[:SERIAL]`, `usb-port:1-2.3`, `device:...` or `pcm:NAME`. */
  readonly card: string;
  readonly device: number;
  readonly inputs: number;
  readonly outputs: number;
}

export interface PulseRigConfig extends CardRigConfigBase {
  readonly kind: 'pulse';
  readonly sink: string;
  readonly source: string;
}

/** A rig that is a sound card. */
export type CardRigConfig = AlsaRigConfig | PulseRigConfig;

export type RigConfig = VirtualRigConfig | CardRigConfig;

export type ProviderConfig =
  MockProviderConfig | ProxyProviderConfig | LiveProviderConfig | PluginProviderConfig;

/** The real provider, which the board reaches by itself. */
export interface LiveProviderConfig {
  readonly kind: 'live';
  readonly protocol: ProviderProtocol;
  /** Where the bench's time server listens, if there is one. */
  readonly host: string;
  /** Address of the real provider; undefined: what the environment says, else the provider's own. */
  readonly upstreamUrl: string | undefined;
}

/** A provider of the team's own. */
export interface PluginProviderConfig {
  readonly kind: 'plugin';
  readonly name: string;
  /** Any JSON; undefined: none. */
  readonly options: unknown;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Absolute paths of the modules that may provide it. */
  readonly plugins: readonly string[];
}

/** Stands between the board and the real provider. */
export interface ProxyProviderConfig {
  readonly kind: 'proxy';
  readonly protocol: ProviderProtocol;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly tls: boolean;
  readonly certsPath: string | undefined;
  /** Environment variables by the credential that they hold: what boards have to show; undefined: nothing, on loopback. */
  readonly credentials: Readonly<Record<string, string>> | undefined;
  /** Address of the real provider; undefined: what the environment says, else the provider's own. */
  readonly upstreamUrl: string | undefined;
  /** How calls of boards over WebRTC go on to the provider; of no meaning for others. */
  readonly upstreamTransport: UpstreamTransport;
  /** File that exchanges are recorded to; undefined: none. */
  readonly cassettePath: string | undefined;
}

export interface MockProviderConfig {
  readonly kind: 'mock';
  readonly protocol: ProviderProtocol;
  /** Address that it listens on. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where it listens with TLS, beside `port`; 0: any free port. */
  readonly tlsPort: number;
  readonly tls: boolean;
  /** Folder of `earshot certs`; undefined: where `tls` asks for a certificate, one for localhost is made. */
  readonly certsPath: string | undefined;
  /** Names of environment variables, by credential; undefined: what the mock lets in by itself. */
  readonly credentials: Readonly<Record<string, string>> | undefined;
  readonly faults: readonly ProviderFault[];
  /** The link that boards reach it by; undefined: none. */
  readonly network: NetworkShape | undefined;
  /** Cassette that it answers from, at the recorded times; undefined: the scenario's answers. */
  readonly replayPath: string | undefined;
  /** Of openai-realtime: the dialect that it speaks. */
  readonly dialect: RealtimeDialect;
  /** Of openai-realtime: whether a response that calls a function is over before a client can ask for the next one. */
  readonly toolRace: ToolRace;
}

/** What boards that ask for the time are told. */
export interface NtpConfig {
  /** 0: any free port. */
  readonly port: number;
  /** One for each question; the last one stays. */
  readonly answers: readonly SntpAnswer[];
}

export interface TurnConfig {
  /** Silence on the speaker channel before a prompt starts, and after a reply before the turn counts as over. */
  readonly quietMs: number;
  /** Longest wait from the prompt's end to the reply's onset. */
  readonly deadlineMs: number;
  /** Level of the prompt at the rig's output. */
  readonly playbackGainDb: number;
  /** How often a take that the rig spoilt is repeated. */
  readonly retakes: number;
  /** The run ends as the bench's fault when more than this share of its takes was spoilt by the rig, 0 to 1. */
  readonly badTakes: number;
}

/** Absolute bounds. */
export interface BudgetBounds {
  /** Lowest share of turns without a finding against the board, 0 to 1. */
  readonly successRate: number | undefined;
  readonly measures: MeasureBounds;
  /** Figures to be shown beside what was measured, which judge nothing; absent: none. */
  readonly goals?: MeasureBounds;
  /** Bounds on the turns of one kind; absent: none. */
  readonly kinds?: Readonly<Partial<Record<'cold' | 'warm' | 'tool' | 'plain', MeasureBounds>>>;
  /** Smallest losses of memory that matter in a soak; absent: the defaults. */
  readonly memory?: SoakBounds;
}

/** Bounds for some boards, which take the place of those for all: a board is meant that every selector names. */
export interface BudgetSection extends BudgetBounds {
  /** Firmware dialects. Absent: every one. */
  readonly dialects?: readonly string[];
  /** `mock`, `openai-realtime` or `mock:openai-realtime`. Absent: every one. */
  readonly providers?: readonly string[];
  /** Names in the bench file. Absent: every one. */
  readonly boards?: readonly string[];
}

/** budgets.yaml. */
export interface Budgets extends BudgetBounds {
  readonly path: string;
  /** A later section takes the place of an earlier one. Absent: none. */
  readonly sections?: readonly BudgetSection[];
}

/** Upper bounds in ms, by measure and statistic. */
export type MeasureBounds = Readonly<
  Partial<Record<string, Readonly<Partial<Record<'p50' | 'p90' | 'p95' | 'max', number>>>>>
>;
