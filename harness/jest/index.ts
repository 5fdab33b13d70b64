export type { SessionResult, TextTurnResult, TurnResult } from '../host';
export type { AskOptions, BenchHandles, BoardHandle, TurnOptions } from './bench-handles';
export type { StayedUpOptions } from './matchers/boot-matchers';
export type { CallArguments, ExpectedCall } from './matchers/call-matchers';
export {
  expect,
  type BootMatchers,
  type EarshotExpect,
  type NegatedTextTurnMatchers,
  type NegatedTurnMatchers,
  type SessionMatchers,
  type TextTurnMatchers,
  type TurnMatchers,
  type TurnsMatchers,
} from './matchers/expect';
export type { TurnLimit, TurnsLimits } from './matchers/latency-matchers';
export { benchDescription, describe, test, type TestBody, type TestOptions } from './test';
