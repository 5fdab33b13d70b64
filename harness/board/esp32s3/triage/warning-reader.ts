import { backtraceIn, type Backtrace } from '../backtrace';
import { panicStart } from '../panic-grammar';
import type { LoggedCrash } from './logged-crash';

const TASK_WATCHDOG = /task_wdt: Task watchdog got triggered/;
const RUNNING = /task_wdt: CPU (\d): (.+)$/;
const OF_CORE = /task_wdt: Print CPU (\d) /;

/** A backtrace that no crash printed, before it is known where in the log it stands. */
export type Warning = Omit<LoggedCrash, 'lineNumber' | 'elfSha256Prefix'>;

/** Backtraces outside of crashes: those of the task watchdog, with the task that ran, and what an application prints itself. */
export class WarningReader {
  private isWatchdog = false;
  private core: number | undefined;
  private readonly tasks = new Map<number, string>();

  read(text: string): Warning | undefined {
    if (TASK_WATCHDOG.test(text)) {
      this.isWatchdog = true;
      this.core = undefined;
      this.tasks.clear();
    } else if (this.isWatchdog && panicStart(text) !== undefined) {
      // The backtrace that follows is that of a crash.
      this.isWatchdog = false;
    }
    const [, runningOn, task] = RUNNING.exec(text) ?? [];
    if (runningOn !== undefined && task !== undefined) this.tasks.set(Number(runningOn), task.trim());
    const printed = OF_CORE.exec(text)?.[1];
    if (printed !== undefined) this.core = Number(printed);
    const backtrace = backtraceIn(text);
    return backtrace === undefined ? undefined : this.warning(backtrace);
  }

  private warning({ frames, end }: Backtrace): Warning {
    const core = this.isWatchdog ? this.core : undefined;
    const task = core === undefined ? undefined : this.tasks.get(core);
    const reason = this.isWatchdog ? 'task watchdog' : 'backtrace';
    const where = `${core === undefined ? '' : ` on core ${core}`}${task === undefined ? '' : ` in task ${task}`}`;
    // One warning prints one backtrace of each core; a later one is announced again.
    if (this.core === undefined) this.isWatchdog = false;
    this.core = undefined;
    return {
      kind: 'warning',
      reason,
      summary: reason === 'backtrace' ? 'backtrace without a crash' : `${reason}${where}; it went on`,
      ...(core === undefined ? {} : { core }),
      ...(task === undefined ? {} : { task }),
      backtraces: [
        {
          ...(core === undefined ? {} : { core }),
          frames,
          ...(end === undefined ? {} : { end }),
          registers: {},
        },
      ],
    };
  }
}
