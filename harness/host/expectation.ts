import type { FunctionCall, Scenario, SpeechClip, TurnExpectation } from '../ports';

/** What is known of the functions of a board's firmware. */
export interface OfferedFunctions {
  /** Functions among them that it has. */
  readonly capabilities: readonly string[];
  /** What its session told the provider of; undefined: nobody saw that. */
  readonly advertised: readonly string[] | undefined;
}

/**
 * What the scenario will make of a prompt: the yardstick that a turn is diagnosed against. Functions that the firmware neither has
 * nor offers are left out: nobody can call them, and that is no fault. Of firmware that keeps the results of its calls to itself
 * nothing can be said of them.
 */
export function expectationOf(
  scenario: Scenario,
  prompt: SpeechClip,
  { capabilities, advertised }: OfferedFunctions,
): TurnExpectation {
  const noCalls: readonly FunctionCall[] = [];
  const has = (capability: string): boolean => capabilities.includes(capability);
  if (prompt.recognisable === false) {
    return { utterance: undefined, calls: noCalls, spoken: scenario.unknown !== undefined };
  }
  const turn = scenario.turns.find(({ heard }) => heard.includes(prompt.utterance));
  const calls = (turn?.calls ?? noCalls).filter(
    ({ name }) => has(name) || advertised?.includes(name) === true,
  );
  const isCalled = calls.some(({ name }) => advertised?.includes(name) ?? has(name));
  const say = turn === undefined ? scenario.unknown : turn.say;
  return {
    utterance: prompt.utterance,
    calls,
    spoken: say !== undefined && (!isCalled || has('call-results')),
  };
}
