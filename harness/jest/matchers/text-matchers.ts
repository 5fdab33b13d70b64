import type { ErrorCode } from '../../errors';
import type { TextTurnResult } from '../../host';
import type { NotMeasuredReason, TextMeasureName } from '../../measurement';
import { suiteBridge } from '../suite-bridge';
import { misused, type Judgement, type Mismatch } from './judgement';
import {
  checkedLimits,
  quantiles,
  type TurnLimit,
  type TurnsJudgement,
  type TurnsLimits,
} from './latency-matchers';
import { matches, showPattern } from './said-matchers';

/** What the board printed as an answer, or that it printed none. */
function atAnswer({ record }: TextTurnResult, note: string): readonly Mismatch[] {
  const event = record.boardEvents.findLast(({ type }) => type === 'answer' || type === 'request-failed');
  if (event !== undefined) return [{ event, note }];
  const after = record.providerEvents.findLast(({ type }) => type === 'text-out');
  return [{ missing: 'an answer', after }];
}

/** Who is at fault for an answer that is not there, in a turn that has no finding of its own. */
function missingAnswer({ record, measurement }: TextTurnResult): ErrorCode {
  if (record.ordered !== undefined) return 'HIL_SCENARIO_MISMATCH';
  if (record.unwatched === true) return 'HIL_TURN_UNWATCHED';
  return measurement.sent === undefined ? 'HIL_TURN_UNMEASURED' : 'HIL_TURN_ANSWER_MISSING';
}

/** The board printed a whole answer, and the one that was sent where that is known. */
export function judgeAnswered(turn: TextTurnResult): Judgement {
  const { record, measurement } = turn;
  const { answer, answerCheck, sent } = measurement;
  const printed = record.boardEvents.findLast((event) => event.type === 'answer');
  const failed = record.boardEvents.findLast((event) => event.type === 'request-failed');
  if (printed === undefined || answer === undefined) {
    const why = failed === undefined ? 'printed no answer' : `reports "${failed.message}"`;
    return {
      pass: false,
      message: `The board ${why}, expected an answer.`,
      code: missingAnswer(turn),
      mismatches: atAnswer(turn, 'expected an answer'),
    };
  }
  const isWhole = printed.complete && failed === undefined;
  const isSame = answerCheck.state === 'same' || answerCheck.state === 'unknown';
  const expected = sent === undefined ? 'a whole answer' : `"${sent}"`;
  return {
    pass: isWhole && isSame,
    message: `The board printed "${answer}"${isWhole ? '' : ' and did not finish it'}, expected ${expected}.`,
    code: isWhole && answerCheck.state !== 'cut' ? 'HIL_TURN_ANSWER_CHANGED' : 'HIL_TURN_ANSWER_CUT',
    mismatches: atAnswer(turn, `expected ${expected}`),
  };
}

/** What was printed is in the provider's hand: another word than expected is the scenario's where it was sent so. */
const otherWords = ({ measurement: { answerCheck } }: TextTurnResult): ErrorCode =>
  answerCheck.state === 'same' ? 'HIL_SCENARIO_MISMATCH' : 'HIL_TURN_PROVIDER_FAILED';

/** The pattern is found in the printed answer. */
export function judgeAnswerSays(turn: TextTurnResult, pattern: RegExp | string): Judgement {
  const { answer } = turn.measurement;
  if (answer === undefined) {
    const message = `The board was expected to print ${showPattern(pattern)} and printed no answer.`;
    return { pass: false, message, code: missingAnswer(turn), mismatches: atAnswer(turn, 'no answer') };
  }
  return {
    pass: matches(answer, pattern),
    message: `The board printed "${answer}", expected ${showPattern(pattern)}.`,
    code: otherWords(turn),
    mismatches: atAnswer(turn, 'other words'),
  };
}

/** There is a printed answer and the pattern is nowhere in it. */
export function judgeAnswerDoesNotSay(turn: TextTurnResult, pattern: RegExp | string): Judgement {
  const { answer } = turn.measurement;
  if (answer === undefined) return judgeAnswerSays(turn, pattern);
  return {
    pass: !matches(answer, pattern),
    message: `The board printed "${answer}", expected nothing with ${showPattern(pattern)}.`,
    code: otherWords(turn),
    mismatches: atAnswer(turn, 'other words'),
  };
}

/** The board printed that its request failed, in words in which the pattern is found where one is given. */
export function judgeReportedError(turn: TextTurnResult, pattern?: RegExp | string): Judgement {
  const { record } = turn;
  const failed = record.boardEvents.findLast((event) => event.type === 'request-failed');
  const words = [failed?.status, failed?.code, failed?.message]
    .filter((part) => part !== undefined)
    .join(' ');
  const wanted = pattern === undefined ? 'an error' : showPattern(pattern);
  // A mock without such a fault answers all the same, and there is nothing to report.
  const hasFailed = record.providerEvents.some(
    (event) => event.type === 'error' || (event.type === 'response-done' && event.status !== 'completed'),
  );
  return {
    pass: failed !== undefined && (pattern === undefined || matches(words, pattern)),
    message: `The board ${failed === undefined ? 'reports no error' : `reports "${words}"`}, expected ${wanted}.`,
    code: hasFailed ? 'HIL_TURN_ERROR_UNREPORTED' : 'HIL_SCENARIO_MISMATCH',
    mismatches: atAnswer(turn, `expected ${wanted}`),
  };
}

/** Who is at fault for a missing number in a turn that has no finding. */
function measureFault(turn: TextTurnResult, reason: NotMeasuredReason): ErrorCode {
  if (reason === 'no-answer') return missingAnswer(turn);
  return reason === 'no-request' ? 'HIL_TURN_REQUEST_MISSING' : 'HIL_TURN_UNMEASURED';
}

export function judgeTextMeasured(turn: TextTurnResult, name: TextMeasureName): Judgement {
  const measured = turn.measurement.measures[name];
  if (measured.state === 'measured') return { pass: true, message: '', code: 'HIL_TURN_UNMEASURED' };
  return {
    pass: false,
    message: `${name} was not measured (${measured.state}: ${measured.reason}).`,
    code: measureFault(turn, measured.reason),
  };
}

/** From the question to the whole answer, of one turn against a limit. */
export function judgeTextAnswer(turn: TextTurnResult, limit: TurnLimit): Judgement {
  const [first] = checkedLimits(limit, ['maxMs']);
  const maxMs = first?.[1] ?? 0;
  const measured = turn.measurement.measures.questionToAnswer;
  if (measured.state !== 'measured') return judgeTextMeasured(turn, 'questionToAnswer');
  return {
    pass: measured.valueMs <= maxMs,
    message: `The board had printed its answer after ${measured.valueMs.toFixed(1)} ± ${measured.uncertaintyMs.toFixed(1)} ms, expected ${maxMs} ms at most.`,
    code: 'HIL_TURN_TOO_SLOW',
    mismatches: atAnswer(turn, `expected ${maxMs} ms after the question at most`),
  };
}

/** The same of several turns, each limit judged on its interval as a budget is; see `judgeAnswers`. */
export function judgeTextAnswers(
  turns: readonly TextTurnResult[],
  limits: TurnsLimits,
): TurnsJudgement | Judgement {
  const checked = checkedLimits(limits, ['p50Ms', 'p90Ms', 'p95Ms', 'maxMs']);
  const [first] = turns;
  if (first === undefined) throw misused('expect(turns).toAnswerWithin() needs at least one turn.');
  const isSilent = turns.every(
    ({ measurement }) => measurement.measures.questionToAnswer.state === 'not-measured',
  );
  if (isSilent) return judgeTextMeasured(first, 'questionToAnswer');
  const results = checked.map(([name, boundMs]) =>
    suiteBridge().judgeBound({ measure: 'questionToAnswer', quantile: quantiles[name], boundMs }, turns),
  );
  const failed = results.filter(({ outcome }) => outcome === 'fail');
  return { pass: failed.length === 0, message: failed.map(({ why }) => why).join(' ') };
}
