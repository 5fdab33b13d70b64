import type { TurnResult } from '../../host';
import type { MeasureName } from '../../measurement';
import { suiteBridge } from '../suite-bridge';
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
  toHaveBeenHeardAs(utterance: string): void;
  /** The provider heard speech that is none of its corpus. */
  toHaveBeenHeardAsUnknown(): void;
  /** The board executed this call exactly once, with exactly these arguments where they are given. */
  toHaveCalled(name: string, args?: CallArguments): void;
  /** As `toHaveCalled`, and the board executed nothing else. */
  toHaveCalledOnly(name: string, args?: CallArguments): void;
  toHaveCalledNothing(): void;
  /** The reply that was sent came out of the speaker whole. */
  toPlayCompletely(): void;
  /** Voice-to-voice latency was measured and is at most this. */
  toAnswerWithin(limit: { readonly maxMs: number }): void;
  /** The measure has a number. */
  toHaveMeasured(measure: MeasureName): void;
}

type JestExpect = typeof import('@jest/globals').expect;
type JestMatchers<T> = ReturnType<typeof import('@jest/globals').expect<T>>;

/** Jest's `expect`, which also judges turns. */
export interface EarshotExpect extends Omit<JestExpect, never> {
  (turn: TurnResult): TurnMatchers;
  <T>(actual: T): JestMatchers<T>;
}

const isTurn = (value: unknown): value is TurnResult =>
  typeof value === 'object' && value !== null && 'record' in value && 'measurement' in value;

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
    toHaveCalledOnly: (name, args) => check(turn, judgeCalledOnly(turn, name, args), matchers.toHaveCalledOnly),
    toHaveCalledNothing: () => check(turn, judgeCalledNothing(turn), matchers.toHaveCalledNothing),
    toPlayCompletely: () => check(turn, judgePlayedCompletely(turn), matchers.toPlayCompletely),
    toAnswerWithin: ({ maxMs }) => check(turn, judgeAnsweredWithin(turn, maxMs), matchers.toAnswerWithin),
    toHaveMeasured: (name) => check(turn, judgeMeasured(turn, name), matchers.toHaveMeasured),
  };
  return matchers;
}

// Jest installs its expect per test file, possibly after this module was loaded: ask for it at each use.
const jestExpect = (): JestExpect => (globalThis as unknown as { readonly expect: JestExpect }).expect;

/** Judges turns with `TurnMatchers` and everything else with Jest's own matchers. */
export const expect: EarshotExpect = new Proxy(
  ((actual: unknown) =>
    isTurn(actual) ? turnMatchers(actual) : jestExpect()(actual)) as EarshotExpect,
  { get: (_target, property): unknown => Reflect.get(jestExpect(), property) },
);
