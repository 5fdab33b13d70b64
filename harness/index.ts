/// <reference types="node" preserve="true" />
/** Public API of Earshot: what suites are written with. */
export { catalogue, HilError, isHilError, type ErrorCode, type Origin } from './errors';
export {
  benchDescription,
  describe,
  expect,
  test,
  type BenchHandles,
  type BoardHandle,
  type EarshotExpect,
  type SessionMatchers,
  type TestBody,
  type TestOptions,
  type TurnMatchers,
} from './jest';
export type { Capability, ConsoleLine, DialectDescription, FunctionCall, TurnRecord } from './ports';
