import type { FunctionCall } from './function-call';
import type { ProviderFault } from './provider-fault';

/** What to say, by language of what was heard; values are reply utterances of the corpus (`en-ok-light-on`). */
export type Spoken = Readonly<Record<string, string>>;

/**
 * How long a stage takes: always as long in milliseconds, or drawn anew each time from a log-normal distribution with this
 * median and 95th percentile, as real providers spread.
 */
export type Delay = number | { readonly medianMs: number; readonly p95Ms: number };

/** What the mock does once it has heard one of `heard` (prompt utterances). */
export interface ScenarioTurn {
  readonly heard: readonly string[];
  /** Asked for in this order, in one response, before anything is said. */
  readonly calls: readonly FunctionCall[];
  /** Absent: nothing is said. */
  readonly say?: Spoken;
  /** What goes wrong while this is answered. Absent: nothing. */
  readonly fault?: ProviderFault;
}

/** Delays of the mock's stages in milliseconds. */
export interface ScenarioTiming {
  /** Endpoint to `response.created`. */
  readonly responseCreatedMs: Delay;
  /** `response.created` to the first audio delta. */
  readonly firstAudioMs: Delay;
  /** `response.created` to the function call's arguments. */
  readonly toolCallMs: Delay;
}

/** How reply audio leaves the mock. */
export interface ScenarioPacing {
  readonly chunkMs: number;
  /** 4 sends four times faster than real time; 0 sends everything at once. */
  readonly realTimeFactor: number;
}

/** How written answers leave a mock that chats. */
export interface ScenarioText {
  /** Request read to the first token of the answer, or of its reasoning. */
  readonly firstTokenMs: Delay;
  /** From one token to the next. */
  readonly betweenTokensMs: Delay;
  /** Characters in one token. */
  readonly charsPerToken: number;
  /** Thought before the answer, where the protocol can show it. Absent: nothing is. */
  readonly reasoning?: string;
}

/** Session defaults that the board may override with session.update. */
export interface ScenarioTurnDetection {
  /** 0 to 1, as in the protocol. */
  readonly threshold: number;
  readonly prefixPaddingMs: number;
  readonly silenceDurationMs: number;
}

/** What a mock provider hears for and answers: one file of fixtures/scenarios. */
export interface Scenario {
  readonly schema: 'earshot/scenario@1';
  readonly name: string;
  /** Said when the board asks for a response before anything was heard. */
  readonly greeting?: Spoken;
  readonly turns: readonly ScenarioTurn[];
  /** Said when what was heard is none of the corpus; absent: silence. */
  readonly unknown?: Spoken;
  readonly timing: ScenarioTiming;
  readonly pacing: ScenarioPacing;
  readonly text: ScenarioText;
  readonly turnDetection: ScenarioTurnDetection;
  /** Of the delays that are drawn. */
  readonly seed: number;
}
