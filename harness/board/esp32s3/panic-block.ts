import { backtraceIn, type Backtrace, type BacktraceEnd } from './backtrace';
import { BROWNOUT, type PanicEnd, type PanicStart } from './panic-grammar';

// A block is some 40 lines; a core dump on the console is thousands, and its place is the raw log.
const MAX_LINES = 200;
const NULL_PAGE_BYTES = 0x1000;
/** One before any dump begins, one for each of two cores, and those of a panic inside the handler. */
const MAX_DUMPS = 5;

const REGISTER_ROW = /^(?:[A-Z]\w* *: 0x[0-9a-f]{8}\s{0,2}){1,4}$/i;
const REGISTER = /([A-Z]\w*) *: (0x[0-9a-f]{8})/gi;
const DUMP = /Core\s+(\d+) register dump:/;
const ELF_SHA = /ELF file SHA256:\s+([0-9a-f]{8,64})/;
const CANARY = /Stack canary watchpoint triggered \((.*?)\s*\)/;
const DEBUG_REASON = /Debug exception reason: (.*\S)/;
const IN_INTERRUPT = /Core\s+\d+ was running in ISR context/;

/** What a crash printed, as it goes into the facts of `HIL_BOARD_PANIC`. Hex is lower case with 0x. */
export interface PanicFacts extends Readonly<Record<string, unknown>> {
  readonly reason: string;
  readonly core?: number;
  readonly task?: string;
  readonly pc?: string;
  readonly excvaddr?: string;
  /** An access through a pointer that was null, or nearly so. */
  readonly nullPointer?: true;
  readonly inInterrupt?: true;
  /** Frames of the first backtrace as printed, `pc:sp`. */
  readonly backtrace: readonly string[];
  /** The unwinder gave up before the last frame. */
  readonly backtraceCut?: true;
  /** Why it gave up: a stack that makes no sense, or one that is too deep. */
  readonly backtraceEnd?: BacktraceEnd;
  /** Of a debug exception: which breakpoint or watchpoint. */
  readonly detail?: string;
  /** Of the core that crashed. */
  readonly registers?: Readonly<Record<string, string>>;
  /** A watchdog prints the other core too. */
  readonly otherCore?: RegisterDump;
  readonly elfSha256Prefix?: string;
  readonly endState: PanicEnd;
  readonly lines: readonly string[];
}

/** What was printed of one core. */
export interface RegisterDump {
  readonly core?: number;
  readonly registers: Readonly<Record<string, string>>;
  readonly backtrace: readonly string[];
  readonly backtraceEnd?: BacktraceEnd;
}

class RegisterDumpBuilder {
  private readonly registers: Record<string, string> = {};
  private backtrace: Backtrace | undefined;

  constructor(readonly core: number | undefined) {}

  /** The first of each name and the first backtrace count: a second panic inside the handler prints others. */
  add(text: string): void {
    if (REGISTER_ROW.test(text))
      for (const [, name = '', value = ''] of text.matchAll(REGISTER))
        this.registers[name] ??= value.toLowerCase();
    this.backtrace ??= backtraceIn(text);
  }

  dump(): RegisterDump {
    const { frames = [], end } = this.backtrace ?? {};
    return {
      ...(this.core === undefined ? {} : { core: this.core }),
      registers: { ...this.registers },
      backtrace: frames,
      ...(end === undefined ? {} : { backtraceEnd: end }),
    };
  }
}

/** Collects the lines of one crash. */
export class PanicBlock {
  private readonly lines: string[] = [];
  private readonly dumps = [new RegisterDumpBuilder(undefined)];
  private elfSha256Prefix: string | undefined;
  private canaryTask: string | undefined;
  private debugReason: string | undefined;
  private isInInterrupt = false;

  constructor(private start: PanicStart) {}

  /** A later line of the same crash often knows more: ESP_ERROR_CHECK is followed by the abort with its core and PC. */
  refine(later: PanicStart): void {
    this.start = { ...later, ...this.start };
  }

  add(text: string): void {
    if (this.lines.length < MAX_LINES) this.lines.push(text);
    const core = DUMP.exec(text)?.[1];
    // The first dump is that of the core which crashed; backtraces without a dump before them are that core's too.
    if (core !== undefined && this.dumps.length < MAX_DUMPS)
      this.dumps.push(new RegisterDumpBuilder(Number(core)));
    this.dumps.at(-1)?.add(text);
    this.elfSha256Prefix ??= ELF_SHA.exec(text)?.[1];
    this.canaryTask ??= CANARY.exec(text)?.[1];
    this.debugReason ??= DEBUG_REASON.exec(text)?.[1];
    this.isInInterrupt ||= IN_INTERRUPT.test(text);
  }

  facts(endState: PanicEnd): PanicFacts {
    const { reason, core } = this.start;
    const [loose, ...dumped] = this.dumps.map((dump) => dump.dump());
    const { registers = {}, backtrace = [], backtraceEnd } = dumped[0] ?? loose ?? {};
    const otherCore = dumped.find((dump) => dump.core !== dumped[0]?.core);
    const task = this.start.task ?? this.canaryTask;
    const pc = registers['PC'] ?? this.start.pc;
    const excvaddr = registers['EXCVADDR'];
    const nullPointer = /^(Load|Store)Prohibited$/.test(reason) && Number(excvaddr) < NULL_PAGE_BYTES;
    return {
      reason: this.canaryTask === undefined ? reason : 'stack overflow',
      ...(core === undefined ? {} : { core }),
      ...(task === undefined ? {} : { task }),
      ...(pc === undefined ? {} : { pc }),
      ...(excvaddr === undefined ? {} : { excvaddr }),
      ...(nullPointer ? { nullPointer } : {}),
      ...(this.isInInterrupt ? { inInterrupt: true } : {}),
      ...(this.debugReason === undefined || this.canaryTask !== undefined
        ? {}
        : { detail: this.debugReason }),
      backtrace,
      ...(backtraceEnd === undefined ? {} : { backtraceCut: true, backtraceEnd }),
      ...(pc === undefined || excvaddr === undefined ? {} : { registers }),
      ...(otherCore === undefined ? {} : { otherCore }),
      ...(this.elfSha256Prefix === undefined ? {} : { elfSha256Prefix: this.elfSha256Prefix }),
      endState,
      lines: [...this.lines],
    };
  }
}

const endWords: Readonly<Record<PanicEnd, string>> = {
  rebooted: 'it rebooted',
  halted: 'it halted',
  'gdb-stub': 'it waits in the GDB stub until it is reset',
  debugger: 'a debugger holds it',
  'core-dump': 'it printed its core dump',
  silence: 'its report broke off',
};

/** One sentence that says what crashed where, for people. */
export const panicMessage = (board: string, facts: PanicFacts): string =>
  facts.reason === BROWNOUT
    ? `The supply of board ${board} sagged: ${panicSummary(facts)}.`
    : `Board ${board} crashed: ${panicSummary(facts)}.`;

/** Reason, core, task, place and end of a crash in words, without a full stop. */
export function panicSummary(facts: PanicFacts): string {
  const { reason, core, task, pc, excvaddr, nullPointer, endState } = facts;
  const where = [
    core === undefined ? '' : ` on core ${core}`,
    task === undefined ? '' : ` in task ${task}`,
    pc === undefined ? '' : ` at PC ${pc}`,
    excvaddr === undefined ? '' : `, EXCVADDR ${excvaddr}${nullPointer === true ? ' (a null pointer)' : ''}`,
  ];
  return `${reason}${where.join('')}; ${endWords[endState]}`;
}
