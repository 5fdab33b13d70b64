/// <reference types="node" preserve="true" />
/** Public API for dialects of a team's own: `earshot/dialect`. Apart from the suites' API, which only Jest can load. */
export { replayConsole } from './board/replay-console';
export {
  defineDialect,
  type BoardEvent,
  type Capability,
  type DialectConsoleLine,
  type DialectEvent,
  type DialectLine,
  type DialectPlugin,
} from './ports';
