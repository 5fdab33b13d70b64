export { wrongDialect } from './check-project';
export type { Dialect } from './dialect';
export { dialectByName } from './dialect-registry';
