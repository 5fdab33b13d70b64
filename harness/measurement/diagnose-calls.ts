import { isDeepStrictEqual } from 'node:util';

import type { FunctionCall, TurnRecord } from '../ports';
import { advertisedTools, notAdvertised } from './advertised-tools';
import { matchCalls, type MatchedCall } from './calls';
import { contradictions } from './effects';
import type { Diagnose, Diagnosis } from './diagnosis';
import { providerFailure } from './diagnose-reply';
import { eventsOf } from './provider-marks';

const text = (value: unknown): string => (value === undefined ? 'no JSON object' : JSON.stringify(value));

/** Calls of the scenario for what was said, an interrupting prompt included where it was played. */
const expectedCalls = ({ expected, interruption }: TurnRecord): readonly FunctionCall[] =>
  interruption?.playback === undefined ? expected.calls : [...expected.calls, ...interruption.expected.calls];

/** Calls that the provider could not ask for, since the firmware never told it of the tools. */
function undeclared(
  expected: readonly FunctionCall[],
  asked: readonly { readonly name: string }[],
  tools: readonly string[] | undefined,
): readonly Diagnosis[] {
  const names = expected
    .map(({ name }) => name)
    .filter((name) => tools?.includes(name) === false && !asked.some((call) => call.name === name));
  if (names.length === 0 || tools === undefined) return [];
  const message = `${notAdvertised(names, tools)}.`;
  return [{ code: 'HIL_SESSION_TOOL_MISSING', message, facts: { expected, advertised: tools } }];
}

function missing({ observation }: MatchedCall, tools: readonly string[] | undefined): Diagnosis {
  const { name, asked } = observation;
  if (tools?.includes(name) === false) {
    const message = `${notAdvertised([name], tools)}; the provider asked for it all the same, and nothing executed it.`;
    return { code: 'HIL_SESSION_TOOL_MISSING', message, facts: { call: observation, advertised: tools } };
  }
  return {
    code: 'HIL_TURN_CALL_MISSING',
    message: `The provider asked for ${name}(${text(asked?.arguments)}) and the firmware did not execute it.`,
    facts: { call: observation, ...(tools === undefined ? {} : { advertised: tools }) },
  };
}

/** One finding for one call at most: not executed, executed again, or executed on other arguments. */
function diagnoseCall(
  call: MatchedCall,
  tools: readonly string[] | undefined,
  expected: readonly FunctionCall[],
): readonly Diagnosis[] {
  const { observation, effects, complaints } = call;
  const { name, asked, executed } = observation;
  const facts = { call: observation };
  if (asked === undefined) {
    const message = `The firmware executed ${name}(${text(executed[0]?.arguments)}), which the provider did not ask for.`;
    return [{ code: 'HIL_TURN_CALL_UNEXPECTED', message, facts }];
  }
  if (executed.length === 0) return [missing(call, tools)];
  if (executed.length > 1) {
    const message = `The firmware executed ${name} ${executed.length} times; the provider asked for it once.`;
    return [{ code: 'HIL_TURN_CALL_REPEATED', message, facts }];
  }
  const given = executed[0]?.arguments;
  if (!isDeepStrictEqual(given, asked.arguments)) {
    const message = `The firmware executed ${name} with ${text(given)}; the provider sent ${text(asked.arguments)}.`;
    return [{ code: 'HIL_TURN_CALL_ARGUMENTS', message, facts }];
  }
  if (contradictions(effects, asked.arguments).length > 0) {
    const message = `The firmware reports "${observation.effects.join('; ')}" for ${name}(${text(asked.arguments)}).`;
    return [{ code: 'HIL_TURN_CALL_ARGUMENTS', message, facts }];
  }
  // Of arguments that the provider got wrong a firmware has every reason to complain.
  const asExpected = expected.some(
    ({ name: one, arguments: wanted }) => one === name && isDeepStrictEqual(wanted, asked.arguments),
  );
  if (asExpected && complaints.length > 0 && effects.length === 0) {
    const message = `The firmware could not use the arguments of ${name}(${text(asked.arguments)}): ${complaints.join('; ')}.`;
    return [{ code: 'HIL_TURN_CALL_ARGUMENTS', message, facts: { ...facts, complaints } }];
  }
  return [];
}

/** Without a witness of what was asked for, a call that is not as the scenario has it may be anybody's doing. */
function diagnoseUnwatchedCalls(record: TurnRecord): readonly Diagnosis[] {
  const executed = record.boardEvents.flatMap((event) =>
    event.type === 'function-call' ? [{ name: event.name, arguments: event.arguments }] : [],
  );
  const expected = expectedCalls(record).map(({ name, arguments: given }) => ({ name, arguments: given }));
  if (isDeepStrictEqual(executed, expected)) return [];
  return [
    {
      code: 'HIL_TURN_UNWATCHED',
      message: `The firmware executed ${text(executed)} where the scenario expects ${text(expected)}; nobody saw what the provider asked for.`,
      facts: { executed, expected },
    },
  ];
}

/**
 * What the provider asked for against the scenario, and what the firmware did against what the provider asked for. A
 * provider that asked for something else is no fault of the board, unless the board never told it of the tool; the calls it
 * did ask for are judged all the same.
 */
export const diagnoseCalls: Diagnose = (record) => {
  if (record.unwatched === true) return diagnoseUnwatchedCalls(record);
  const calls = matchCalls(record);
  const findings = calls.flatMap((call) =>
    diagnoseCall(call, advertisedTools(record), expectedCalls(record)),
  );
  if (findings.length > 0) return findings;
  const asked = eventsOf(record.providerEvents, 'tool-call').map(({ name, arguments: given }) => ({
    name,
    arguments: given,
  }));
  const unasked = undeclared(expectedCalls(record), asked, advertisedTools(record));
  if (unasked.length > 0) return unasked;
  const expected = expectedCalls(record).map(({ name, arguments: given }) => ({ name, arguments: given }));
  if (isDeepStrictEqual(asked, expected)) return [];
  const failure = providerFailure(record, { unanswered: asked.length === 0 && record.replies.length === 0 });
  if (failure !== undefined) return [failure];
  return [
    {
      code: 'HIL_SCENARIO_MISMATCH',
      message: `The provider asked for ${text(asked)} where the scenario expects ${text(expected)}.`,
      facts: { asked, expected },
    },
  ];
};
