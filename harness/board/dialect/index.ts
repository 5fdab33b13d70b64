export { wrongDialect } from './check-project';
export type { Dialect } from './dialect';
export { dialectByName, dialectNames } from './dialect-registry';
