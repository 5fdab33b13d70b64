import type { FunctionCall } from './function-call';

/** What to say, by language of what was heard; values are reply utterances of the corpus (`en-ok-light-on`). */
export type Spoken = Readonly<Record<string, string>>;

/** What the mock does once it has heard one of `heard` (prompt utterances). */
export interface ScenarioTurn {
  readonly heard: readonly string[];
  /** Asked for in this order, in one response, before anything is said. */
  readonly calls: readonly FunctionCall[];
  /** Absent: nothing is said. */
  readonly say?: Spoken;
}

/** Delays of the mock's stages in milliseconds. */
export interface ScenarioTiming {
  /** Endpoint to `response.created`. */
  readonly responseCreatedMs: number;
  /** `response.created` to the first audio delta. */
  readonly firstAudioMs: number;
  /** `response.created` to the function call's arguments. */
  readonly toolCallMs: number;
}

/** How reply audio leaves the mock. */
export interface ScenarioPacing {
  readonly chunkMs: number;
  /** 4 sends four times faster than real time; 0 sends everything at once. */
  readonly realTimeFactor: number;
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
  readonly turnDetection: ScenarioTurnDetection;
}
