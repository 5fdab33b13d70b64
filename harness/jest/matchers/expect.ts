import type { expect as expectOfJest } from '@jest/globals';
import { catalogue } from '../../errors';
import type { SessionResult, TextTurnResult, TurnResult } from '../../host';
import type { BootSession } from '../../ports';
import type { Measured, SoundMeasureName, TextMeasureName } from '../../measurement';
import { suiteBridge } from '../suite-bridge';
import { judgeInterruptionHeardAs, judgeNotHeardItself, judgeStoppedSpeaking } from './barge-in-matchers';
import {
  judgeCalled,
  judgeCalledInOrder,
  judgeCalledNothing,
  judgeCalledOnly,
  judgeNotCalled,
  type CallArguments,
  type ExpectedCall,
} from './call-matchers';
import { judgeStayedUp, type StayedUpOptions } from './boot-matchers';
import { judgeCrashed } from './crash-matchers';
import { eventList } from './event-list';
import { findingOf, misused, type Judgement } from './judgement';
import { judgeAnswer, judgeAnswers, type TurnLimit, type TurnsLimits } from './latency-matchers';
import { judgeNotSaid, judgeSaid } from './said-matchers';
import {
  judgeAnswered,
  judgeAnswerDoesNotSay,
  judgeAnswerSays,
  judgeReportedError,
  judgeTextAnswer,
  judgeTextAnswers,
  judgeTextMeasured,
} from './text-matchers';
import { judgeDeclared, judgeGreetedAloud } from './session-matchers';
import { judgeHeardAs, judgeHeardAsUnknown, judgeMeasured, judgePlayedCompletely } from './turn-matchers';

/** What can be expected not to have been in a turn. */
export interface NegatedTurnMatchers {
  /** The board never executed this call, with exactly these arguments where they are given. */
  readonly toHaveCalled: (name: string, args?: CallArguments) => void;
  /** What the board said is known, and this is nowhere in it. */
  readonly toHaveSaid: (pattern: RegExp | string) => void;
}

/** What can be expected of a turn. Each failure is recorded as a finding, with an origin, before it is thrown. */
export interface TurnMatchers {
  /** The provider recognised this utterance in what the microphone delivered. */
  readonly toHaveBeenHeardAs: (utterance: string) => void;
  /** The provider heard speech that is none of its corpus. */
  readonly toHaveBeenHeardAsUnknown: () => void;
  /** The board executed this call exactly once, with exactly these arguments where they are given. */
  readonly toHaveCalled: (name: string, args?: CallArguments) => void;
  /** As `toHaveCalled`, and the board executed nothing else. */
  readonly toHaveCalledOnly: (name: string, args?: CallArguments) => void;
  /** The board executed exactly these calls, each once, in this order, and nothing else. */
  readonly toHaveCalledInOrder: (calls: readonly ExpectedCall[]) => void;
  readonly toHaveCalledNothing: () => void;
  /** The pattern is found in the words of the reply that came out of the speaker. */
  readonly toHaveSaid: (pattern: RegExp | string) => void;
  /** The reply that was sent came out of the speaker whole. */
  readonly toPlayCompletely: () => void;
  /** Voice-to-voice latency was measured and is at most this. */
  readonly toAnswerWithin: (limit: TurnLimit) => void;
  /** In an interrupted turn: the reply fell silent so soon after the user began to speak. */
  readonly toStopSpeakingWithin: (limit: TurnLimit) => void;
  /** In an interrupted turn: the provider recognised this utterance in what the user said into the reply. */
  readonly toHaveHeardTheInterruptionAs: (utterance: string) => void;
  /** The board's own reply was not in what it sent to the provider, and was never taken for speech. */
  readonly toNotHearItself: () => void;
  /** In a turn with `crashAfterMs`: the board crashed, what it printed was read and fits, and the turn ended by it. */
  readonly toHaveCrashed: (pattern?: RegExp | string) => void;
  /** The measure has a number. */
  readonly toHaveMeasured: (measure: SoundMeasureName) => void;
  readonly not: NegatedTurnMatchers;
}

/** What can be expected not to have been in a turn in writing. */
export interface NegatedTextTurnMatchers {
  /** An answer was printed, and this is nowhere in it. */
  readonly toHaveSaid: (pattern: RegExp | string) => void;
}

/** What can be expected of a turn in writing. Each failure is recorded as a finding, with an origin, before it is thrown. */
export interface TextTurnMatchers {
  /** The board printed the whole answer, and the one that was sent where that is known. */
  readonly toHaveAnswered: () => void;
  /** The pattern is found in the printed answer. */
  readonly toHaveSaid: (pattern: RegExp | string) => void;
  /** The board printed that its request failed; the pattern is found in status, code and message of what it printed. */
  readonly toHaveReportedAnError: (pattern?: RegExp | string) => void;
  /** From the question to the whole printed answer it took at most this. */
  readonly toAnswerWithin: (limit: TurnLimit) => void;
  /** The measure has a number. */
  readonly toHaveMeasured: (measure: TextMeasureName) => void;
  readonly not: NegatedTextTurnMatchers;
}

/** What can be expected of several turns, beside what Jest expects of a list. */
export interface TurnsMatchers {
  /**
   * Voice-to-voice latency over the turns, or from question to answer over turns in writing, judged as budgets are: a quantile fails when its 95 % interval lies above the limit.
   * With too few turns (p50 needs 6, p90 29, p95 59) it is not judged, and the run's budgets say so.
   */
  readonly toAnswerWithin: (limits: TurnsLimits) => void;
}

/** What can be expected of a new session. */
export interface SessionMatchers {
  /** The firmware told the provider of each of these tools. */
  readonly toHaveDeclared: (tools: readonly string[]) => void;
  /** The greeting was asked for, sent and heard. */
  readonly toHaveGreetedAloud: () => void;
}

/** What can be expected of boots, beside what Jest expects of a list. */
export interface BootMatchers {
  /**
   * Each boot but the first, which was going on already, was ordered by the bench; none crashed but by order, and the task watchdog never warned
   * (`watchdogWarnings: false` leaves its warnings out).
   */
  readonly toHaveStayedUp: (options?: StayedUpOptions) => void;
}

type JestExpect = typeof expectOfJest;
type JestMatchers<T> = ReturnType<typeof expectOfJest<T>>;

/** Jest's `expect`, which also judges turns and sessions. */
export interface EarshotExpect extends Omit<JestExpect, never> {
  (turn: TurnResult): TurnMatchers;
  (turn: TextTurnResult): TextTurnMatchers;
  (turns: readonly TurnResult[]): TurnsMatchers & JestMatchers<readonly TurnResult[]>;
  (turns: readonly TextTurnResult[]): TurnsMatchers & JestMatchers<readonly TextTurnResult[]>;
  (session: SessionResult): SessionMatchers;
  (boots: readonly BootSession[]): BootMatchers & JestMatchers<readonly BootSession[]>;
  <T>(actual: T): JestMatchers<T>;
}

const isAnyTurn = (value: unknown): value is TurnResult | TextTurnResult =>
  typeof value === 'object' && value !== null && 'record' in value && 'measurement' in value;

const isTextTurn = (value: unknown): value is TextTurnResult =>
  isAnyTurn(value) && value.record.kind === 'text';

const isTurn = (value: unknown): value is TurnResult => isAnyTurn(value) && value.record.kind !== 'text';

/** A list of turns. An empty list may have been meant to hold some. */
const isTurns = (value: unknown): value is readonly TurnResult[] =>
  Array.isArray(value) && value.every(isTurn);

const isTextTurns = (value: unknown): value is readonly TextTurnResult[] =>
  Array.isArray(value) && value.length > 0 && value.every(isTextTurn);

const isSession = (value: unknown): value is SessionResult =>
  typeof value === 'object' && value !== null && 'greetingSentMs' in value;

/** A list of boots; an empty one may have been meant to hold some. */
const isBoots = (value: unknown): value is readonly BootSession[] =>
  Array.isArray(value) &&
  value.every((one: unknown) => typeof one === 'object' && one !== null && 'startedBy' in one);

type Caller = (...args: never[]) => void;

/** The error of a matcher that did not hold; marked, so that nobody records it twice. */
class ExpectationError extends Error {
  readonly recorded = true;
  override readonly name = 'ExpectationError';

  /** @param caller - The matcher: the stack begins where it was called. */
  constructor(message: string, caller: Caller) {
    super(message);
    Error.captureStackTrace(this, caller);
  }
}

function check(turn: TurnResult | TextTurnResult, judgement: Judgement, caller: Caller): void {
  if (judgement.pass) return;
  const finding = findingOf(turn, judgement);
  if (finding !== undefined) {
    suiteBridge().recordFinding({ ...finding, facts: {}, turnId: turn.record.turnId });
  }
  const causes = turn.findings
    .filter(({ message }) => message !== judgement.message)
    .map(({ origin, message }) => `\n  cause (${origin}): ${message}`)
    .join('');
  const { turnId, prompt } = turn.record;
  const events = eventList(turn, judgement.mismatches);
  const asked = prompt?.id ?? 'own question';
  throw new ExpectationError(`${judgement.message}${causes}\n\n${turnId} ${asked}\n${events}`, caller);
}

/** Every name that looks like a matcher and is none is told what there is; anything else may ask for what it likes. */
function guarded<T extends object>(matchers: T, of: string): T {
  return new Proxy(matchers, {
    get(target, property): unknown {
      const known = Reflect.get(target, property) as unknown;
      if (known !== undefined || typeof property !== 'string') return known;
      if (!/^(to[A-Z]\w*|not|resolves|rejects)$/.test(property)) return undefined;
      const names = Object.keys(target).join(', ');
      throw misused(
        `${of} has no ${property}; it has ${names}. Jest's own matchers work on its parts, such as expect(turn.measurement.calls).`,
      );
    },
  });
}

function negatedTurnMatchers(turn: TurnResult): NegatedTurnMatchers {
  const matchers: NegatedTurnMatchers = {
    toHaveCalled: (name, args) => check(turn, judgeNotCalled(turn, name, args), matchers.toHaveCalled),
    toHaveSaid: (pattern) => check(turn, judgeNotSaid(turn, pattern), matchers.toHaveSaid),
  };
  return guarded(matchers, 'expect(turn).not');
}

function turnMatchers(turn: TurnResult): TurnMatchers {
  const matchers: TurnMatchers = {
    toHaveBeenHeardAs: (utterance) => check(turn, judgeHeardAs(turn, utterance), matchers.toHaveBeenHeardAs),
    toHaveBeenHeardAsUnknown: () => check(turn, judgeHeardAsUnknown(turn), matchers.toHaveBeenHeardAsUnknown),
    toHaveCalled: (name, args) => check(turn, judgeCalled(turn, name, args), matchers.toHaveCalled),
    toHaveCalledOnly: (name, args) =>
      check(turn, judgeCalledOnly(turn, name, args), matchers.toHaveCalledOnly),
    toHaveCalledInOrder: (calls) =>
      check(turn, judgeCalledInOrder(turn, calls), matchers.toHaveCalledInOrder),
    toHaveCalledNothing: () => check(turn, judgeCalledNothing(turn), matchers.toHaveCalledNothing),
    toHaveSaid: (pattern) => check(turn, judgeSaid(turn, pattern), matchers.toHaveSaid),
    toPlayCompletely: () => check(turn, judgePlayedCompletely(turn), matchers.toPlayCompletely),
    toAnswerWithin: (limit) => check(turn, judgeAnswer(turn, limit), matchers.toAnswerWithin),
    toStopSpeakingWithin: (limit) =>
      check(turn, judgeStoppedSpeaking(turn, limit), matchers.toStopSpeakingWithin),
    toHaveHeardTheInterruptionAs: (utterance) =>
      check(turn, judgeInterruptionHeardAs(turn, utterance), matchers.toHaveHeardTheInterruptionAs),
    toNotHearItself: () => check(turn, judgeNotHeardItself(turn), matchers.toNotHearItself),
    toHaveCrashed: (pattern) => check(turn, judgeCrashed(turn, pattern), matchers.toHaveCrashed),
    toHaveMeasured: (name) => check(turn, judgeMeasured(turn, name), matchers.toHaveMeasured),
    not: negatedTurnMatchers(turn),
  };
  return guarded(matchers, 'expect(turn)');
}

/** One turn of a list that took too long. */
function valueLine(turnId: string, asked: string, value: Measured): string {
  const shown =
    value.state === 'measured'
      ? `${value.valueMs.toFixed(1)} ±${value.uncertaintyMs.toFixed(1)} ms`
      : `${value.state}: ${value.reason}`;
  return `  ${turnId}  ${asked.padEnd(20)}  ${shown}`;
}

function turnsMatchers(turns: readonly TurnResult[]): TurnsMatchers {
  const matchers: TurnsMatchers = {
    toAnswerWithin: (limits) => {
      const [first] = turns;
      if (first === undefined) throw misused('expect(turns).toAnswerWithin() needs at least one turn.');
      const judgement = judgeAnswers(turns, limits);
      if ('code' in judgement) check(first, judgement, matchers.toAnswerWithin);
      if (judgement.pass) return;
      const values = turns.map(({ record, measurement: { measures } }) =>
        valueLine(record.turnId, record.prompt.id, measures.voiceToVoice),
      );
      throw new ExpectationError(`${judgement.message}\n\n${values.join('\n')}`, matchers.toAnswerWithin);
    },
  };
  return matchers;
}

function textTurnMatchers(turn: TextTurnResult): TextTurnMatchers {
  const not: NegatedTextTurnMatchers = {
    toHaveSaid: (pattern) => check(turn, judgeAnswerDoesNotSay(turn, pattern), not.toHaveSaid),
  };
  const matchers: TextTurnMatchers = {
    toHaveAnswered: () => check(turn, judgeAnswered(turn), matchers.toHaveAnswered),
    toHaveSaid: (pattern) => check(turn, judgeAnswerSays(turn, pattern), matchers.toHaveSaid),
    toHaveReportedAnError: (pattern) =>
      check(turn, judgeReportedError(turn, pattern), matchers.toHaveReportedAnError),
    toAnswerWithin: (limit) => check(turn, judgeTextAnswer(turn, limit), matchers.toAnswerWithin),
    toHaveMeasured: (name) => check(turn, judgeTextMeasured(turn, name), matchers.toHaveMeasured),
    not: guarded(not, 'expect(textTurn).not'),
  };
  return guarded(matchers, 'expect(textTurn)');
}

function textTurnsMatchers(turns: readonly TextTurnResult[]): TurnsMatchers {
  const matchers: TurnsMatchers = {
    toAnswerWithin: (limits) => {
      const judgement = judgeTextAnswers(turns, limits);
      const [first] = turns;
      if (first !== undefined && 'code' in judgement) check(first, judgement, matchers.toAnswerWithin);
      if (judgement.pass) return;
      const values = turns.map(({ record, measurement: { measures } }) =>
        valueLine(record.turnId, record.prompt?.id ?? 'own question', measures.questionToAnswer),
      );
      throw new ExpectationError(`${judgement.message}\n\n${values.join('\n')}`, matchers.toAnswerWithin);
    },
  };
  return matchers;
}

function checkSession(session: SessionResult, judgement: Judgement, caller: Caller): void {
  if (judgement.pass) return;
  const { code, message } = judgement;
  suiteBridge().recordFinding({
    code,
    origin: catalogue[code].origin,
    message,
    facts: { session: session.session },
  });
  throw new ExpectationError(`${message}\nsession ${session.session}`, caller);
}

function sessionMatchers(session: SessionResult): SessionMatchers {
  const matchers: SessionMatchers = {
    toHaveDeclared: (tools) => checkSession(session, judgeDeclared(session, tools), matchers.toHaveDeclared),
    toHaveGreetedAloud: () => checkSession(session, judgeGreetedAloud(session), matchers.toHaveGreetedAloud),
  };
  return guarded(matchers, 'expect(session)');
}

function bootMatchers(boots: readonly BootSession[]): BootMatchers {
  const matchers: BootMatchers = {
    toHaveStayedUp: (options) => {
      const { pass, code, message } = judgeStayedUp(boots, options);
      if (pass) return;
      suiteBridge().recordFinding({ code, origin: catalogue[code].origin, message, facts: { boots } });
      throw new ExpectationError(message, matchers.toHaveStayedUp);
    },
  };
  return matchers;
}

function matchersFor(actual: unknown): unknown {
  if (isTextTurn(actual)) return textTurnMatchers(actual);
  if (isTurn(actual)) return turnMatchers(actual);
  if (isSession(actual)) return sessionMatchers(actual);
  const ofJest = jestExpect()(actual);
  if (isTextTurns(actual)) return Object.assign(ofJest, textTurnsMatchers(actual));
  const ofTurns = isTurns(actual) ? Object.assign(ofJest, turnsMatchers(actual)) : ofJest;
  return isBoots(actual) ? Object.assign(ofTurns, bootMatchers(actual)) : ofTurns;
}

// Jest installs its expect per test file, possibly after this module was loaded: ask for it at each use.
const jestExpect = (): JestExpect => (globalThis as unknown as { readonly expect: JestExpect }).expect;

/** Judges turns and sessions, and everything else with Jest's own matchers. */
export const expect: EarshotExpect = new Proxy(matchersFor as EarshotExpect, {
  get: (_target, property): unknown => Reflect.get(jestExpect(), property),
});
