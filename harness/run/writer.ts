/** What writes runs, without the readers and their schemas: for processes that are started often and write only. */
export { createRedactor } from './redaction';
export { createRunStore, type RunStore, type RunStoreOptions } from './run-store';
export { machineFiles, type StoreFiles } from './store-files';
