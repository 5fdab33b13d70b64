export { checkDialect } from './check-dialect';
export { loadDialects, ownDialect } from './own-dialect';
