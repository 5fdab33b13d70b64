export type { RunRecord, TestRecord } from './run-record';
