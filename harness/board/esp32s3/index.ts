export { bootLogReader } from './boot-log';
export type { PanicFacts } from './panic-block';
export { PANIC_SILENCE_MS, PanicReader } from './panic-reader';
