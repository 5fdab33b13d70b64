export { gapError } from './gap-error';
export { isSoftReset } from './boot-counter';
export { isStamped, parseLogLine, type LogLine } from './log-line';
export { RecordedConsole, type RecordedConsoleOptions } from './recorded-console';
export type { WriteBytes } from './paced-writer';
