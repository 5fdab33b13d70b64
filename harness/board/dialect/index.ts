export { wrongDialect } from './check-project';
export { onBoard } from './console-input';
export type { Dialect } from './dialect';
export { dialectByName, dialectNames } from './dialect-registry';
export { loadDialects } from './own';
