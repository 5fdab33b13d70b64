import type { ErrorCode } from '../../errors';
import type { TurnResult } from '../../host';
import { advertisedTools, notAdvertised } from '../../measurement';
import type { BoardEvent, ProviderEvent } from '../../ports';
import { argumentDiff } from './argument-diff';
import { deepEqual } from './deep-equal';
import type { Judgement, Mismatch } from './judgement';
import { showCall, showRun } from './show-call';

/** Arguments of a call; decoded JSON. */
export type CallArguments = Readonly<Record<string, unknown>>;
/** A call as a suite expects it: name, and arguments where they matter. */
export type ExpectedCall = readonly [name: string, args?: CallArguments | undefined];

type Run = Extract<BoardEvent, { readonly type: 'function-call' }>;
type Asked = Extract<ProviderEvent, { readonly type: 'tool-call' }>;

/** Calls in the order in which the firmware printed that it executed them, repetitions by its own known fault left out. */
const runsOf = ({ record }: TurnResult): readonly Run[] =>
  record.boardEvents.filter((event) => event.type === 'function-call' && event.repeated !== true) as Run[];

const askedOf = ({ record }: TurnResult): readonly Asked[] =>
  record.providerEvents.filter((event) => event.type === 'tool-call');

const showRuns = (runs: readonly Run[]): string =>
  runs.map((run) => showRun(run.name, run.arguments)).join(', ');

const call = ({ name, arguments: args }: Run | Asked): unknown => [name, args];

const fits = (run: Run, [name, args]: ExpectedCall): boolean =>
  run.name === name && (args === undefined || deepEqual(run.arguments, args));

/**
 * Who is at fault when calls are not what a suite expects. A board that did what the provider asked for, with nothing found
 * wrong in the turn, has done its part: the scenario and the suite do not agree.
 */
function callFault(turn: TurnResult, code: ErrorCode): ErrorCode {
  const obeyed = turn.findings.length === 0 && deepEqual(runsOf(turn).map(call), askedOf(turn).map(call));
  return obeyed ? 'HIL_SCENARIO_MISMATCH' : code;
}

/** Marks the runs; the note is for each of them. */
const at = (runs: readonly Run[], note: string): Mismatch[] => runs.map((event) => ({ event, note }));

/** A call that did not come belongs behind the provider's request for it, if there was one. */
const missing = (turn: TurnResult, [name, args]: ExpectedCall): Mismatch => ({
  missing: showCall(name, args),
  after: askedOf(turn).find((asked) => asked.name === name),
});

/**
 * What the firmware did instead of what it printed. A board that prints the right arguments and does something else has not
 * executed the call.
 */
function contradicted(turn: TurnResult, [name]: ExpectedCall): Judgement | undefined {
  const { record, measurement, findings } = turn;
  const found = findings.find(({ code }) => code === 'HIL_TURN_CALL_ARGUMENTS');
  const wrong = measurement.calls
    .filter((one) => one.name === name)
    .flatMap((one) => one.contradicting ?? []);
  if (found === undefined && wrong.length === 0) return undefined;
  const lines = new Set(
    record.consoleLines.flatMap(({ index, text }) => (wrong.includes(text) ? [index] : [])),
  );
  const shown = record.boardEvents.filter(
    ({ type, lineIndex }) => type !== 'function-call' && lines.has(lineIndex),
  );
  return {
    pass: false,
    message: found?.message ?? `The board reports "${wrong.join('; ')}" for ${name}.`,
    code: 'HIL_TURN_CALL_ARGUMENTS',
    mismatches: shown.map((event) => ({ event, note: 'not what was asked for' })),
  };
}

/** Nobody could call these: the session did not offer them. Undefined when it did, or when nobody saw what it offered. */
function unadvertised(turn: TurnResult, names: readonly string[]): Judgement | undefined {
  const tools = advertisedTools(turn.record);
  const missing = names.filter((name) => tools?.includes(name) === false);
  if (missing.length === 0 || tools === undefined) return undefined;
  const message = `${notAdvertised(missing, tools)}.`;
  return {
    pass: false,
    message,
    code: 'HIL_SESSION_TOOL_MISSING',
    mismatches: missing.map((name) => ({ missing: showCall(name, undefined) })),
  };
}

/** A second execution of what was to be executed once, or undefined. */
function repeated(turn: TurnResult, expected: ExpectedCall): Judgement | undefined {
  const [name, args] = expected;
  const named = runsOf(turn).filter((run) => run.name === name);
  const same = named.filter((run) => fits(run, expected));
  const calls = turn.measurement.calls.filter((one) => one.name === name);
  // Calls of one name that were each asked for are several calls, which arguments tell apart.
  const each =
    args !== undefined && calls.every(({ asked, executed }) => asked !== undefined && executed.length <= 1);
  const runs = each ? same : named;
  if (runs.length <= 1) return undefined;
  return {
    pass: false,
    message: `The board executed ${each ? showCall(name, args) : name} ${runs.length} times, expected once.`,
    code: callFault(turn, 'HIL_TURN_CALL_REPEATED'),
    mismatches: at(runs.slice(1), 'again'),
  };
}

/** Executed exactly once, with these arguments where they are given; other calls do not matter. */
export function judgeCalled(turn: TurnResult, name: string, args?: CallArguments): Judgement {
  const expected: ExpectedCall = [name, args];
  const named = runsOf(turn).filter((run) => run.name === name);
  if (named.length === 0) {
    const impossible = unadvertised(turn, [name]);
    if (impossible !== undefined) return impossible;
    return {
      pass: false,
      message: `The board did not execute ${showCall(name, args)}.`,
      code: callFault(turn, 'HIL_TURN_CALL_MISSING'),
      mismatches: [missing(turn, expected)],
    };
  }
  const wrong = repeated(turn, expected) ?? contradicted(turn, expected);
  if (wrong !== undefined) return wrong;
  const pass = named.some((run) => fits(run, expected));
  const differing = named.map((event) => ({ event, diff: argumentDiff(event.arguments, args) }));
  return {
    pass,
    message: pass
      ? `The board executed ${showCall(name, args)}.`
      : `The board executed ${showRuns(named)}, expected ${showCall(name, args)}: ${differing[0]?.diff.join('; ') ?? ''}.`,
    code: callFault(turn, 'HIL_TURN_CALL_ARGUMENTS'),
    mismatches: pass ? [] : differing.map(({ event, diff }) => ({ event, note: diff.join('; ') })),
  };
}

/** As `judgeCalled`, and nothing else was executed. */
export function judgeCalledOnly(turn: TurnResult, name: string, args?: CallArguments): Judgement {
  const called = judgeCalled(turn, name, args);
  if (!called.pass) return called;
  const others = runsOf(turn).filter((run) => !fits(run, [name, args]));
  return {
    pass: others.length === 0,
    message: `The board also executed ${showRuns(others)}.`,
    code: callFault(turn, 'HIL_TURN_CALL_UNEXPECTED'),
    mismatches: at(others, 'not expected'),
  };
}

export function judgeCalledNothing(turn: TurnResult): Judgement {
  const runs = runsOf(turn);
  return {
    pass: runs.length === 0,
    message: `The board executed ${showRuns(runs)}, expected no call.`,
    code: callFault(turn, 'HIL_TURN_CALL_UNEXPECTED'),
    mismatches: at(runs, 'not expected'),
  };
}

/** Never executed, with these arguments where they are given. What was executed on other arguments does not matter then. */
export function judgeNotCalled(turn: TurnResult, name: string, args?: CallArguments): Judgement {
  const runs = runsOf(turn).filter((run) => fits(run, [name, args]));
  return {
    pass: runs.length === 0,
    message: `The board executed ${showRuns(runs)}, expected no ${showCall(name, args)}.`,
    code: callFault(turn, 'HIL_TURN_CALL_UNEXPECTED'),
    mismatches: at(runs, 'not expected'),
  };
}

/** The run that each expected call came to: an equal one first, then one of the same name, which has other arguments. */
function paired(runs: readonly Run[], expected: readonly ExpectedCall[]): (Run | undefined)[] {
  const free = new Set(runs);
  const pairs: (Run | undefined)[] = expected.map(() => undefined);
  const pair = (matches: (run: Run, one: ExpectedCall) => boolean): void =>
    expected.forEach((one, index) => {
      if (pairs[index] !== undefined) return;
      const run = [...free].find((candidate) => matches(candidate, one));
      if (run === undefined) return;
      free.delete(run);
      pairs[index] = run;
    });
  // Calls with arguments choose before those without, which take any.
  pair((run, one) => one[1] !== undefined && fits(run, one));
  pair((run, one) => one[1] === undefined && fits(run, one));
  pair((run, one) => run.name === one[0]);
  return pairs;
}

/** Executed exactly these calls, each once, in this order, and nothing else. */
export function judgeCalledInOrder(turn: TurnResult, expected: readonly ExpectedCall[]): Judgement {
  const runs = runsOf(turn);
  const pairs = paired(runs, expected);
  const list = expected.map(([name, args]) => showCall(name, args)).join(', ');
  const seen = runs.length === 0 ? 'no call' : showRuns(runs);
  const failure = (why: string, code: ErrorCode, mismatches: readonly Mismatch[]): Judgement => ({
    pass: false,
    message: `The board executed ${seen}, expected ${list} in this order: ${why}.`,
    code: callFault(turn, code),
    mismatches,
  });

  const absent = expected.flatMap((one, index) => {
    if (pairs[index] !== undefined) return [];
    const after = pairs.slice(0, index).findLast((run) => run !== undefined);
    return [{ missing: showCall(...one), after: after ?? askedOf(turn).find(({ name }) => name === one[0]) }];
  });
  const differing = expected.flatMap((one, index) => {
    const event = pairs[index];
    return event === undefined || fits(event, one)
      ? []
      : [{ event, note: argumentDiff(event.arguments, one[1]).join('; ') }];
  });
  const extra = runs.filter((run) => !pairs.includes(run));
  const again = extra.filter((run) => expected.some((one) => fits(run, one)));
  const others = extra.filter((run) => !again.includes(run));
  const marks = [...absent, ...differing, ...at(again, 'again'), ...at(others, 'not expected')];

  if (absent.length > 0) {
    const impossible = unadvertised(
      turn,
      expected.filter((_, index) => pairs[index] === undefined).map(([name]) => name),
    );
    if (impossible !== undefined) return impossible;
    return failure(
      `${absent.map((one) => one.missing).join(', ')} is missing`,
      'HIL_TURN_CALL_MISSING',
      marks,
    );
  }
  if (differing.length > 0) {
    return failure(differing.map(({ note }) => note).join('; '), 'HIL_TURN_CALL_ARGUMENTS', marks);
  }
  if (again.length > 0) return failure(`${showRuns(again)} came again`, 'HIL_TURN_CALL_REPEATED', marks);
  if (others.length > 0) {
    return failure(`${showRuns(others)} was not expected`, 'HIL_TURN_CALL_UNEXPECTED', marks);
  }
  const late = runs.findIndex((run, index) => run !== pairs[index]);
  const early = runs[late];
  if (early !== undefined) {
    const due = pairs[late];
    const note = `expected ${due === undefined ? 'nothing' : showRun(due.name, due.arguments)} here`;
    return failure(`the order differs from call ${late + 1} on`, 'HIL_TURN_CALL_ORDER', [
      { event: early, note },
    ]);
  }
  for (const one of expected) {
    const wrong = contradicted(turn, one);
    if (wrong !== undefined) return wrong;
  }
  return { pass: true, message: `The board executed ${seen}.`, code: 'HIL_TURN_CALL_ORDER' };
}
