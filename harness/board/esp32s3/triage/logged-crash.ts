import { panicSummary, type PanicFacts, type RegisterDump } from '../panic-block';
import type { PanicEnd } from '../panic-grammar';
import type { CoreDump } from './core-dump';

/** A crash in a log, or a backtrace that was printed without one. */
export interface LoggedCrash {
  /** `warning`: the board went on, as it does after the task watchdog's warning. */
  readonly kind: 'crash' | 'warning';
  /** In the log, from 1: where it announces itself. */
  readonly lineNumber: number;
  /** `StoreProhibited`, `assert …`, `task watchdog`, `backtrace` for one that nothing announces. */
  readonly reason: string;
  /** What happened where and how it ended, in words. */
  readonly summary: string;
  readonly core?: number;
  readonly task?: string;
  /** `0x…`: where the crash was, or who called `abort()`. */
  readonly pc?: string;
  /** `0x…`: the address that was accessed. */
  readonly excvaddr?: string;
  readonly nullPointer?: true;
  readonly inInterrupt?: true;
  /** Absent for a warning. */
  readonly endState?: PanicEnd;
  /** Of the core that crashed first. */
  readonly backtraces: readonly LoggedBacktrace[];
  /** As printed with the crash, else at the boot before it. */
  readonly elfSha256Prefix?: string;
}

export interface LoggedBacktrace {
  readonly core?: number;
  /** `pc:sp`, the innermost first; empty when none was printed. */
  readonly frames: readonly string[];
  readonly end?: 'corrupted' | 'continues';
  readonly registers: Readonly<Record<string, string>>;
}

/** A core dump with the line of the log, from 1, at which it ended. */
export interface LoggedCoreDump extends CoreDump {
  readonly lineNumber: number;
}

/** Which ELF a crash belongs to, as a field; none where nothing was printed. */
export const shaField = (sha: string | undefined): Pick<LoggedCrash, 'elfSha256Prefix'> =>
  sha === undefined ? {} : { elfSha256Prefix: sha };

/**
 * What a panic printed, as a crash to decode.
 * @param bootedSha - What the boot before it printed of its ELF: it counts where the crash prints none.
 */
export function loggedCrash(
  facts: PanicFacts,
  lineNumber: number,
  bootedSha: string | undefined,
): LoggedCrash {
  const { reason, core, task, pc, excvaddr, nullPointer, inInterrupt, endState, otherCore } = facts;
  const { backtrace, backtraceEnd, registers = {} } = facts;
  const crashed = backtraceOf({
    ...(core === undefined ? {} : { core }),
    registers,
    backtrace,
    ...(backtraceEnd === undefined ? {} : { backtraceEnd }),
  });
  return {
    kind: 'crash',
    lineNumber,
    reason,
    summary: panicSummary(facts),
    ...(core === undefined ? {} : { core }),
    ...(task === undefined ? {} : { task }),
    ...(pc === undefined ? {} : { pc }),
    ...(excvaddr === undefined ? {} : { excvaddr }),
    ...(nullPointer === undefined ? {} : { nullPointer }),
    ...(inInterrupt === undefined ? {} : { inInterrupt }),
    endState,
    backtraces: [crashed, ...(otherCore === undefined ? [] : [backtraceOf(otherCore)])],
    ...shaField(facts.elfSha256Prefix ?? bootedSha),
  };
}

const backtraceOf = ({ core, registers, backtrace, backtraceEnd }: RegisterDump): LoggedBacktrace => ({
  ...(core === undefined ? {} : { core }),
  frames: backtrace,
  ...(backtraceEnd === undefined ? {} : { end: backtraceEnd }),
  registers,
});
