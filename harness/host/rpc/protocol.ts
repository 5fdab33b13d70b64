import type { WireError } from '../../errors';
import type {
  BootSession,
  ConsoleLine,
  DialectDescription,
  Finding,
  FirmwareIdentity,
  LatencyBound,
  NetworkShape,
  PromptConditions,
  ProviderFault,
  SoakPlan,
  SpeechClip,
  TextTurnRecord,
  TurnRecord,
} from '../../ports';
import type { TextTurnMeasurement, TurnMeasurement } from '../../measurement';
import type { TestRecord } from '../../run';

/** What a suite may know of the bench before its first test: all JSON. */
export interface BenchDescription {
  readonly runId: string;
  /** Absolute path of the run folder. */
  readonly runPath: string;
  readonly boardName: string;
  readonly boardModel: string;
  readonly dialect: DialectDescription;
  readonly providerName: string;
  /** The board talks to the provider directly: what that received, decided and sent is not known. Absent: it is. */
  readonly unwatched?: true;
  readonly prompts: readonly (Pick<SpeechClip, 'id' | 'utterance' | 'language' | 'voice' | 'transcript'> & {
    /** False: the provider does not know this prompt. */
    readonly recognisable: boolean;
    /** Functions that the scenario has called for it. */
    readonly calls: readonly string[];
  })[];
  /** Turns that the latency suite is to play. */
  readonly turns: number;
  /** Level at which prompts are played, in dB over their own. */
  readonly playbackGainDb: number;
  /** What a run for hours was told; absent: it is none. */
  readonly soak?: SoakPlan;
}

/** A second prompt that is to be played into the reply. */
export interface Interruption {
  readonly promptId: string;
  /** How long after the reply became audible on the speaker channel, 0 to 30 000 ms. */
  readonly afterMs: number;
}

/** What else is to happen in a turn. */
export interface TurnWishes {
  readonly interruption?: Interruption | undefined;
  readonly crashAfterMs?: number | undefined;
  readonly network?: NetworkShape | undefined;
  /** How the prompts are to be heard, each over what the run says. */
  readonly conditions?: PromptConditions | undefined;
  /** Shown, and neither judged nor counted. */
  readonly survey?: true | undefined;
}

/** A turn as the suites see it. */
export interface TurnResult {
  readonly record: TurnRecord;
  readonly measurement: TurnMeasurement;
  /** What the monitor found wrong with it, already recorded. */
  readonly findings: readonly Finding[];
  /** Its evidence is not kept. Absent: it is. */
  readonly letGo?: true;
}

/** A turn in writing as the suites see it. */
export interface TextTurnResult {
  readonly record: TextTurnRecord;
  readonly measurement: TextTurnMeasurement;
  /** What the monitor found wrong with it, already recorded. */
  readonly findings: readonly Finding[];
  /** Its evidence is not kept. Absent: it is. */
  readonly letGo?: true;
}

/** What passed in a rest. */
export interface RestResult {
  /** Since the run began; earlier parts of a soak included. */
  readonly elapsedMs: number;
  /** Until a soak is over, at least 0. Absent: the run is none. */
  readonly leftMs?: number;
}

/** What a new session started with. */
export interface SessionResult {
  readonly session: number;
  readonly firmware: FirmwareIdentity | undefined;
  /** Tools that the firmware declared to the provider. */
  readonly tools: readonly string[];
  /** Transcripts that the board printed while it greeted. */
  readonly greeting: readonly string[];
  /** The board asked the provider for a response, which is how a greeting begins. */
  readonly greetingAsked: boolean;
  /** Reply audio that the provider sent as a greeting. */
  readonly greetingSentMs: number;
  /** Sound on the speaker channel from the reset to the end of the greeting. */
  readonly greetingSoundMs: number;
  readonly firstLine: number;
}

/** Every call that a suite can make of the host, with its parameters and its result. */
export interface HostMethods {
  describe: { readonly params: Record<string, never>; readonly result: BenchDescription };
  turn: {
    readonly params: {
      readonly promptId: string;
      readonly interruption?: Interruption;
      /** Have the firmware crash so long after the reply became audible, 0 to 30 000 ms. Goes with no interruption. */
      readonly crashAfterMs?: number;
      readonly network?: NetworkShape;
      readonly conditions?: PromptConditions;
      readonly survey?: true;
    };
    readonly result: TurnResult;
  };
  ask: {
    /** `promptId` is absent where the board asks by itself. */
    readonly params: {
      readonly promptId?: string;
      readonly fault?: ProviderFault;
      readonly network?: NetworkShape;
    };
    readonly result: TextTurnResult;
  };
  newSession: { readonly params: Record<string, never>; readonly result: SessionResult };
  rest: {
    /** 0 to an hour. */
    readonly params: { readonly forMs: number };
    readonly result: RestResult;
  };
  reset: { readonly params: Record<string, never>; readonly result: { readonly firstLine: number } };
  send: { readonly params: { readonly command: string }; readonly result: { readonly firstLine: number } };
  expectLine: {
    readonly params: {
      readonly source: string;
      readonly flags: string;
      readonly withinMs: number;
      readonly from?: number;
    };
    readonly result: ConsoleLine;
  };
  boots: {
    /** Boots with lines from this index on, as they are after `forMs` more, 0 to 60 000. */
    readonly params: { readonly from: number; readonly forMs: number };
    readonly result: readonly BootSession[];
  };
  lines: { readonly params: { readonly from: number }; readonly result: readonly ConsoleLine[] };
  /** Resolves when the bench has proved itself as far as the suite needs it; a bench that could not is broken from then on. */
  suiteStarted: { readonly params: { readonly file: string }; readonly result: null };
  /** Resolves when it may begin; `isMine: false`: another board does it, and it is to be passed by. */
  testStarted: {
    readonly params: { readonly name: string; readonly file: string };
    readonly result: { readonly isMine: boolean };
  };
  /** Every test of the file that was this board's is done. */
  fileFinished: { readonly params: { readonly file: string }; readonly result: null };
  testFinished: { readonly params: { readonly test: TestRecord }; readonly result: null };
  finding: {
    readonly params: { readonly finding: Omit<Finding, 'hostAtMs' | 'test'> & { readonly test?: string } };
    readonly result: null;
  };
  bound: {
    readonly params: { readonly bound: Omit<LatencyBound, 'hostAtMs' | 'test'> };
    readonly result: null;
  };
}

export type HostMethod = keyof HostMethods;

export interface RpcRequest {
  readonly id: number;
  readonly method: HostMethod;
  readonly params: unknown;
}

/** `recorded`: the host has written a finding for the error, so nobody else may. */
export type RpcResponse =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: WireError; readonly recorded: boolean };
