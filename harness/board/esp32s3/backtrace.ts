/** Why a backtrace ends before its last frame. */
export type BacktraceEnd = 'corrupted' | 'continues';

/** A backtrace as ESP-IDF prints it, in a crash or beside a warning. */
export interface Backtrace {
  /** `pc:sp`, the innermost first; lower-case hex with 0x. */
  readonly frames: readonly string[];
  /** Undefined when it is whole. */
  readonly end: BacktraceEnd | undefined;
}

/** device.md section 3.1; older ESP-IDF prints upper case, and none prints more than a hundred frames. */
const BACKTRACE = /Backtrace: ?((?:0x[0-9a-f]{8}:0x[0-9a-f]{8} ?)+)(?:\|<-(CORRUPTED|CONTINUES))?/i;

/** The backtrace in a line of the console; undefined when it holds none. */
export function backtraceIn(text: string): Backtrace | undefined {
  const [, frames, end] = BACKTRACE.exec(text) ?? [];
  if (frames === undefined) return undefined;
  return {
    frames: frames.trim().toLowerCase().split(' '),
    end: end === undefined ? undefined : end.toUpperCase() === 'CORRUPTED' ? 'corrupted' : 'continues',
  };
}
