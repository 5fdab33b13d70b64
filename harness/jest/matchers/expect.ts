import type { expect as expectOfJest } from '@jest/globals';
import { catalogue } from '../../errors';
import type { SessionResult, TurnResult } from '../../host';
import type { MeasureName } from '../../measurement';
import { suiteBridge } from '../suite-bridge';
import { judgeDeclared, judgeGreetedAloud } from './session-matchers';
import {
  eventList,
  findingOf,
  judgeAnsweredWithin,
  judgeCalled,
  judgeCalledNothing,
  judgeCalledOnly,
  judgeHeardAs,
  judgeHeardAsUnknown,
  judgeMeasured,
  judgePlayedCompletely,
  type Judgement,
} from './turn-matchers';

type CallArguments = Readonly<Record<string, unknown>>;

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
  readonly toHaveCalledNothing: () => void;
  /** The reply that was sent came out of the speaker whole. */
  readonly toPlayCompletely: () => void;
  /** Voice-to-voice latency was measured and is at most this. */
  readonly toAnswerWithin: (limit: { readonly maxMs: number }) => void;
  /** The measure has a number. */
  readonly toHaveMeasured: (measure: MeasureName) => void;
}

/** What can be expected of a new session. */
export interface SessionMatchers {
  /** The firmware told the provider of each of these tools. */
  readonly toHaveDeclared: (tools: readonly string[]) => void;
  /** The greeting was asked for, sent and heard. */
  readonly toHaveGreetedAloud: () => void;
}

type JestExpect = typeof expectOfJest;
type JestMatchers<T> = ReturnType<typeof expectOfJest<T>>;

/** Jest's `expect`, which also judges turns and sessions. */
export interface EarshotExpect extends Omit<JestExpect, never> {
  (turn: TurnResult): TurnMatchers;
  (session: SessionResult): SessionMatchers;
  <T>(actual: T): JestMatchers<T>;
}

const isTurn = (value: unknown): value is TurnResult =>
  typeof value === 'object' && value !== null && 'record' in value && 'measurement' in value;

const isSession = (value: unknown): value is SessionResult =>
  typeof value === 'object' && value !== null && 'greetingSentMs' in value;

/** The error of a matcher that did not hold; marked, so that nobody records it twice. */
class ExpectationError extends Error {
  readonly recorded = true;
  override readonly name = 'ExpectationError';
}

function check(turn: TurnResult, judgement: Judgement, caller: (...args: never[]) => void): void {
  if (judgement.pass) return;
  const finding = findingOf(turn, judgement);
  if (finding !== undefined) {
    suiteBridge().recordFinding({ ...finding, facts: {}, turnId: turn.record.turnId });
  }
  const causes = turn.findings.map(({ origin, message }) => `\n  cause (${origin}): ${message}`).join('');
  const error = new ExpectationError(
    `${judgement.message}${causes}\n${turn.record.turnId} ${turn.record.prompt.id}\n${eventList(turn)}`,
  );
  Error.captureStackTrace(error, caller);
  throw error;
}

function turnMatchers(turn: TurnResult): TurnMatchers {
  const matchers: TurnMatchers = {
    toHaveBeenHeardAs: (utterance) => check(turn, judgeHeardAs(turn, utterance), matchers.toHaveBeenHeardAs),
    toHaveBeenHeardAsUnknown: () => check(turn, judgeHeardAsUnknown(turn), matchers.toHaveBeenHeardAsUnknown),
    toHaveCalled: (name, args) => check(turn, judgeCalled(turn, name, args), matchers.toHaveCalled),
    toHaveCalledOnly: (name, args) =>
      check(turn, judgeCalledOnly(turn, name, args), matchers.toHaveCalledOnly),
    toHaveCalledNothing: () => check(turn, judgeCalledNothing(turn), matchers.toHaveCalledNothing),
    toPlayCompletely: () => check(turn, judgePlayedCompletely(turn), matchers.toPlayCompletely),
    toAnswerWithin: ({ maxMs }) => check(turn, judgeAnsweredWithin(turn, maxMs), matchers.toAnswerWithin),
    toHaveMeasured: (name) => check(turn, judgeMeasured(turn, name), matchers.toHaveMeasured),
  };
  return matchers;
}

function checkSession(
  session: SessionResult,
  judgement: Judgement,
  caller: (...args: never[]) => void,
): void {
  if (judgement.pass) return;
  const { code, message } = judgement;
  suiteBridge().recordFinding({
    code,
    origin: catalogue[code].origin,
    message,
    facts: { session: session.session },
  });
  const error = new ExpectationError(`${message}\nsession ${session.session}`);
  Error.captureStackTrace(error, caller);
  throw error;
}

function sessionMatchers(session: SessionResult): SessionMatchers {
  const matchers: SessionMatchers = {
    toHaveDeclared: (tools) => checkSession(session, judgeDeclared(session, tools), matchers.toHaveDeclared),
    toHaveGreetedAloud: () => checkSession(session, judgeGreetedAloud(session), matchers.toHaveGreetedAloud),
  };
  return matchers;
}

function matchersFor(actual: unknown): unknown {
  if (isTurn(actual)) return turnMatchers(actual);
  return isSession(actual) ? sessionMatchers(actual) : jestExpect()(actual);
}

// Jest installs its expect per test file, possibly after this module was loaded: ask for it at each use.
const jestExpect = (): JestExpect => (globalThis as unknown as { readonly expect: JestExpect }).expect;

/** Judges turns and sessions, and everything else with Jest's own matchers. */
export const expect: EarshotExpect = new Proxy(matchersFor as EarshotExpect, {
  get: (_target, property): unknown => Reflect.get(jestExpect(), property),
});
