export type { BenchHandles, BoardHandle } from './bench-handles';
export { expect, type EarshotExpect, type SessionMatchers, type TurnMatchers } from './matchers/expect';
export { benchDescription, describe, test, type TestBody, type TestOptions } from './test';
