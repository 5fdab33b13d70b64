/// <reference types="node" preserve="true" />
/** Public API of Earshot: what suites are written with. */
export { catalogue, HilError, isHilError, type ErrorCode, type Origin } from './errors';
export {
  benchDescription,
  describe,
  expect,
  test,
  type AskOptions,
  type BenchHandles,
  type BoardHandle,
  type CallArguments,
  type EarshotExpect,
  type ExpectedCall,
  type NegatedTextTurnMatchers,
  type NegatedTurnMatchers,
  type SessionMatchers,
  type SessionResult,
  type TestBody,
  type TestOptions,
  type TextTurnMatchers,
  type TextTurnResult,
  type TurnLimit,
  type TurnMatchers,
  type TurnOptions,
  type TurnResult,
  type TurnsLimits,
  type TurnsMatchers,
} from './jest';
export type {
  Capability,
  ConsoleLine,
  DialectDescription,
  FunctionCall,
  NetworkShape,
  ProviderFault,
  TextTurnRecord,
  TurnRecord,
} from './ports';
