import type { FunctionCall, Scenario, SpeechClip, TurnExpectation } from '../ports';

/** What the scenario will make of a prompt: the yardstick that a turn is diagnosed against. */
export function expectationOf(scenario: Scenario, prompt: SpeechClip): TurnExpectation {
  const noCalls: readonly FunctionCall[] = [];
  if (prompt.recognisable === false) {
    return { utterance: undefined, calls: noCalls, spoken: scenario.unknown !== undefined };
  }
  const turn = scenario.turns.find(({ heard }) => heard.includes(prompt.utterance));
  return {
    utterance: prompt.utterance,
    calls: turn?.calls ?? noCalls,
    spoken: (turn === undefined ? scenario.unknown : turn.say) !== undefined,
  };
}
