import { catalogue, type ErrorCode } from '../../errors';
import type { TurnResult } from '../../host';
import type { CallObservation, MeasureName, NotMeasuredReason } from '../../measurement';
import { deepEqual } from './deep-equal';

/** What a matcher says of a turn. */
export interface Judgement {
  readonly pass: boolean;
  /** One sentence, for when the expectation does not hold. */
  readonly message: string;
  /** What to record when it does not hold. */
  readonly code: ErrorCode;
}

const show = (value: unknown): string => JSON.stringify(value);
const showCall = (name: string, args: unknown): string => `${name}(${args === undefined ? '…' : show(args)})`;

const executedCalls = (calls: readonly CallObservation[]): { name: string; args: unknown }[] =>
  calls.flatMap(({ name, executed }) => executed.map((run) => ({ name, args: run.arguments })));

/** The turn's events in order, with the calls marked: what a person reads first. */
export function eventList({ record, measurement }: TurnResult): string {
  const startMs = record.startedAtHostMs;
  const events: { atMs: number; text: string }[] = [
    ...measurement.marks.map(({ name, hostAtMs }) => ({ atMs: hostAtMs, text: `rig/provider  ${name}` })),
    ...record.boardEvents.flatMap((event) =>
      event.type === 'function-call'
        ? [{ atMs: event.hostAtMs, text: `board         ▶ ${showCall(event.name, event.arguments)}` }]
        : [],
    ),
    ...record.providerEvents.flatMap((event) =>
      event.type === 'tool-call'
        ? [{ atMs: event.hostAtMs, text: `provider      asks ${showCall(event.name, event.arguments)}` }]
        : [],
    ),
  ];
  return events
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ atMs, text }) => `  ${(atMs - startMs).toFixed(0).padStart(6)} ms  ${text}`)
    .join('\n');
}

/** Heard as what was played, and the suite expects another: the suite's mistake, not the microphone's. */
export function judgeHeardAs({ record, measurement }: TurnResult, utterance: string): Judgement {
  const heard = measurement.heard;
  const asPlayed = heard !== undefined && heard.utterance === record.expected.utterance;
  const seen = heard === undefined ? 'nothing' : (heard.utterance ?? 'an unknown utterance');
  return {
    pass: heard?.utterance === utterance,
    message: `The provider heard ${seen}, expected ${utterance}.`,
    code: asPlayed ? 'HIL_SCENARIO_MISMATCH' : 'HIL_TURN_MISHEARD',
  };
}

/** Not heard at all is the monitor's to explain; taken for something known is the provider's mistake. */
export function judgeHeardAsUnknown({ measurement }: TurnResult): Judgement {
  const heard = measurement.heard;
  return {
    pass: heard !== undefined && heard.utterance === undefined,
    message: `The provider heard ${heard === undefined ? 'nothing' : String(heard.utterance)}, expected an unknown utterance.`,
    code: 'HIL_TURN_PROVIDER_FAILED',
  };
}

/**
 * Who is at fault when calls are not what a suite expects. A board that did what the provider asked for, with nothing found
 * wrong in the turn, has done its part: the scenario and the suite do not agree.
 */
function callFault({ record, measurement, findings }: TurnResult, code: ErrorCode): ErrorCode {
  const asked = record.providerEvents.flatMap((event) =>
    event.type === 'tool-call' ? [{ name: event.name, args: event.arguments }] : [],
  );
  const obeyed = findings.length === 0 && deepEqual(executedCalls(measurement.calls), asked);
  return obeyed ? 'HIL_SCENARIO_MISMATCH' : code;
}

/**
 * Executed exactly once, with these arguments where they are given; other calls do not matter. A board that prints the right
 * arguments and does something else has not executed the call: the monitor compares them with the effects.
 */
export function judgeCalled(
  turn: TurnResult,
  name: string,
  args?: Readonly<Record<string, unknown>>,
): Judgement {
  const { measurement, findings } = turn;
  const runs = executedCalls(measurement.calls).filter((call) => call.name === name);
  const expected = showCall(name, args);
  if (runs.length === 0) {
    return {
      pass: false,
      message: `The board did not execute ${expected}.`,
      code: callFault(turn, 'HIL_TURN_CALL_MISSING'),
    };
  }
  if (runs.length > 1) {
    return {
      pass: false,
      message: `The board executed ${name} ${runs.length} times, expected once.`,
      code: 'HIL_TURN_CALL_REPEATED',
    };
  }
  const effect = findings.find(({ code }) => code === 'HIL_TURN_CALL_ARGUMENTS');
  if (effect !== undefined) return { pass: false, message: effect.message, code: 'HIL_TURN_CALL_ARGUMENTS' };
  const right = args === undefined || deepEqual(runs[0]?.args, args);
  return {
    pass: right,
    message: `The board executed ${showCall(name, runs[0]?.args)}, expected ${expected}.`,
    code: callFault(turn, 'HIL_TURN_CALL_ARGUMENTS'),
  };
}

/** As `judgeCalled`, and nothing else was executed. */
export function judgeCalledOnly(
  turn: TurnResult,
  name: string,
  args?: Readonly<Record<string, unknown>>,
): Judgement {
  const called = judgeCalled(turn, name, args);
  if (!called.pass) return called;
  const others = executedCalls(turn.measurement.calls).filter((call) => call.name !== name);
  return {
    pass: others.length === 0,
    message: `The board also executed ${others.map((call) => showCall(call.name, call.args)).join(', ')}.`,
    code: callFault(turn, 'HIL_TURN_CALL_UNEXPECTED'),
  };
}

export function judgeCalledNothing(turn: TurnResult): Judgement {
  const calls = executedCalls(turn.measurement.calls);
  return {
    pass: calls.length === 0,
    message: `The board executed ${calls.map((call) => showCall(call.name, call.args)).join(', ')}, expected no call.`,
    code: callFault(turn, 'HIL_TURN_CALL_UNEXPECTED'),
  };
}

/** Share of a reply that must be where it belongs. */
const COMPLETE = 0.95;

export function judgePlayedCompletely({ record, measurement: { reply } }: TurnResult): Judgement {
  if (reply.state === 'not-sent') {
    const code = record.expected.spoken ? 'HIL_TURN_REPLY_MISSING' : 'HIL_SCENARIO_MISMATCH';
    return { pass: false, message: 'The provider sent no reply.', code };
  }
  if (reply.state === 'not-found') {
    return {
      pass: false,
      message: `Reply ${reply.replyId} was sent and not found on the speaker channel (${reply.levelDbFs.toFixed(1)} dBFS there).`,
      code: 'HIL_TURN_SPEAKER_SILENT',
    };
  }
  return {
    pass: reply.completeness >= COMPLETE,
    message: `${(reply.completeness * 100).toFixed(1)} % of reply ${reply.replyId} was played (${reply.missingMs.toFixed(0)} ms missing), expected ${COMPLETE * 100} % at least.`,
    code: 'HIL_TURN_REPLY_INCOMPLETE',
  };
}

/**
 * Who is at fault for a missing number in a turn that has no finding. Only the reply's beginning and its absence after the
 * board was asked for it are the board's; a call or reply that the scenario does not hold is the scenario's, and what could not
 * be mapped or located is ours.
 */
function measureFault({ record }: TurnResult, reason: NotMeasuredReason): ErrorCode {
  const { spoken, calls } = record.expected;
  if (reason === 'no-onset') return 'HIL_TURN_REPLY_INCOMPLETE';
  if (reason === 'no-reply-sent') return spoken ? 'HIL_TURN_REPLY_MISSING' : 'HIL_SCENARIO_MISMATCH';
  if (reason === 'no-call') return calls.length > 0 ? 'HIL_TURN_CALL_MISSING' : 'HIL_SCENARIO_MISMATCH';
  return 'HIL_TURN_UNMEASURED';
}

export function judgeMeasured(turn: TurnResult, name: MeasureName): Judgement {
  const { measurement } = turn;
  const measured = measurement.measures[name];
  const seen = measured.state === 'measured' ? '' : `${measured.state}: ${measured.reason}`;
  return {
    pass: measured.state === 'measured',
    message: `${name} was not measured (${seen}).`,
    code: measured.state === 'measured' ? 'HIL_TURN_UNMEASURED' : measureFault(turn, measured.reason),
  };
}

export function judgeAnsweredWithin(turn: TurnResult, maxMs: number): Judgement {
  const measured = turn.measurement.measures.voiceToVoice;
  if (measured.state !== 'measured') return judgeMeasured(turn, 'voiceToVoice');
  return {
    pass: measured.valueMs <= maxMs,
    message: `The board answered after ${measured.valueMs.toFixed(1)} ± ${measured.uncertaintyMs.toFixed(1)} ms, expected ${maxMs} ms at most.`,
    code: 'HIL_TURN_TOO_SLOW',
  };
}

/** What the failure is recorded as, or undefined when the monitor already knows why this turn failed. */
export function findingOf(
  turn: TurnResult,
  { code, message }: Judgement,
):
  | {
      readonly code: ErrorCode;
      readonly origin: (typeof catalogue)[ErrorCode]['origin'];
      readonly message: string;
    }
  | undefined {
  if (turn.findings.length > 0) return undefined;
  return { code, origin: catalogue[code].origin, message };
}
