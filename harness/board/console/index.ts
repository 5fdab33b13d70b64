export { gapError } from './gap-error';
export { isSoftReset } from './boot-counter';
export { EchoCheck, type Echo } from './echo-check';
export { garbledBytes } from './garbled-bytes';
export { garbledConsole, type ByteCount } from './garbled-console';
export { isStamped, parseLogLine, type LogLine } from './log-line';
export { RecordedConsole, type RecordedConsoleOptions } from './recorded-console';
export type { WriteBytes } from './paced-writer';
