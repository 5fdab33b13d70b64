import type { Clock, ConsoleLine } from '../../../ports';
import { RecordedConsole } from '../../console';
import { backtraceIn, type Backtrace } from '../backtrace';
import { bootLogReader } from '../boot-log';
import { panicSummary, type PanicFacts, type RegisterDump } from '../panic-block';
import type { PanicEnd } from '../panic-grammar';
import { CoreDumpReader, type CoreDump } from './core-dump';
import { PanicReader } from '../panic-reader';

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

/** A recording has no time that passes. */
const stillClock: Clock = { nowMs: () => 0, after: () => () => undefined };
/** Lines are taken as they come; none has to stay. */
const KEEP_LINES = 100;

const TASK_WATCHDOG = /task_wdt: Task watchdog got triggered/;
const RUNNING = /task_wdt: CPU (\d): (.+)$/;
const OF_CORE = /task_wdt: Print CPU (\d) /;

/** Reads the crashes of a console log piece by piece, and the backtraces in it that belong to none. */
export class CrashLogReader {
  private readonly found: LoggedCrash[] = [];
  private readonly panics = new PanicReader('the board');
  private readonly readBoot = bootLogReader();
  private readonly warnings = new WarningReader();
  private readonly console = new RecordedConsole({
    name: 'log',
    clock: stillClock,
    write: () => Promise.resolve(),
    baudRate: 115_200,
    keepLines: KEEP_LINES,
  });
  private readonly coreDump = new CoreDumpReader();
  private readonly dumps: LoggedCoreDump[] = [];
  private bootedSha: string | undefined;
  private boot = 0;
  private lineNumber = 0;

  constructor() {
    this.console.onLine((line) => this.read(line));
  }

  push(bytes: Buffer): void {
    this.console.receive(bytes, 0);
  }

  /** The log is over. @returns What was found, in order. */
  end(): readonly LoggedCrash[] {
    this.console.end(new Error('The log is over.'));
    this.addCrashes(this.panics.readSilence());
    this.addDump(this.coreDump.cut());
    return this.found.sort((a, b) => a.lineNumber - b.lineNumber);
  }

  /** Core dumps that were printed, in order. */
  get coreDumps(): readonly LoggedCoreDump[] {
    return this.dumps;
  }

  private read(line: ConsoleLine): void {
    if (line.boot !== this.boot) this.addDump(this.coreDump.cut());
    this.boot = line.boot;
    this.lineNumber = line.index + 1;
    this.addDump(this.coreDump.read(line.text));
    const wasCollecting = this.isCollecting();
    this.addCrashes(this.panics.read(line));
    for (const event of this.readBoot(line)) {
      if (event.type === 'boot') this.bootedSha = undefined;
      if (event.type === 'firmware') this.bootedSha = event.firmware.elfSha256Prefix;
    }
    if (wasCollecting || this.isCollecting()) return;
    const warning = this.warnings.read(line.text);
    if (warning !== undefined)
      this.found.push({ ...warning, lineNumber: line.index + 1, ...shaField(this.bootedSha) });
  }

  private addDump(dump: CoreDump | undefined): void {
    if (dump !== undefined) this.dumps.push({ ...dump, lineNumber: this.lineNumber });
  }

  private isCollecting(): boolean {
    return this.panics.isCollecting;
  }

  private addCrashes(events: ReturnType<PanicReader['read']>): void {
    for (const event of events)
      if (event.type === 'fault')
        this.found.push(crashOf(event.error.facts as PanicFacts, event.lineIndex + 1, this.bootedSha));
  }
}

const shaField = (sha: string | undefined): Pick<LoggedCrash, 'elfSha256Prefix'> =>
  sha === undefined ? {} : { elfSha256Prefix: sha };

function crashOf(facts: PanicFacts, lineNumber: number, bootedSha: string | undefined): LoggedCrash {
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

type Warning = Omit<LoggedCrash, 'lineNumber' | 'elfSha256Prefix'>;

/** Backtraces outside of crashes: those of the task watchdog, with the task that ran, and what an application prints itself. */
class WarningReader {
  private isWatchdog = false;
  private core: number | undefined;
  private readonly tasks = new Map<number, string>();

  read(text: string): Warning | undefined {
    if (TASK_WATCHDOG.test(text)) {
      this.isWatchdog = true;
      this.core = undefined;
      this.tasks.clear();
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
