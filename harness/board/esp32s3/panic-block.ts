import type { PanicEnd, PanicStart } from './panic-grammar';

// A block is some 40 lines; a core dump on the console is thousands, and its place is the raw log.
const MAX_LINES = 200;
const NULL_PAGE_BYTES = 0x1000;

const REGISTER_ROW = /^(?:[A-Z]\w* *: 0x[0-9a-f]{8}\s{0,2}){1,4}$/i;
const REGISTER = /([A-Z]\w*) *: (0x[0-9a-f]{8})/gi;
const BACKTRACE = /Backtrace: ?((?:0x[0-9a-f]{8}:0x[0-9a-f]{8} ?)+)(\|<-(?:CORRUPTED|CONTINUES))?/i;
const ELF_SHA = /ELF file SHA256:\s+([0-9a-f]{8,64})/;
const CANARY = /Stack canary watchpoint triggered \((.*?)\s*\)/;

/** What a crash printed, as it goes into the facts of `HIL_BOARD_PANIC`. Hex is lower case with 0x. */
export interface PanicFacts extends Readonly<Record<string, unknown>> {
  readonly reason: string;
  readonly core?: number;
  readonly task?: string;
  readonly pc?: string;
  readonly excvaddr?: string;
  /** Frames of the first backtrace as printed, `pc:sp`. */
  readonly backtrace: readonly string[];
  /** The unwinder gave up before the last frame. */
  readonly backtraceCut?: true;
  /** Of the core that crashed. */
  readonly registers?: Readonly<Record<string, string>>;
  readonly elfSha256Prefix?: string;
  readonly endState: PanicEnd;
  readonly lines: readonly string[];
}

/** Collects the lines of one crash. */
export class PanicBlock {
  private readonly lines: string[] = [];
  private readonly registers: Record<string, string> = {};
  private backtrace: readonly string[] | undefined;
  private isBacktraceCut = false;
  private elfSha256Prefix: string | undefined;
  private canaryTask: string | undefined;

  constructor(private start: PanicStart) {}

  /** A later line of the same crash often knows more: ESP_ERROR_CHECK is followed by the abort with its core and PC. */
  refine(later: PanicStart): void {
    this.start = { ...later, ...this.start };
  }

  add(text: string): void {
    if (this.lines.length < MAX_LINES) this.lines.push(text);
    if (REGISTER_ROW.test(text)) this.addRegisters(text);
    const backtrace = BACKTRACE.exec(text);
    if (backtrace !== null && this.backtrace === undefined) {
      this.backtrace = (backtrace[1] ?? '').trim().toLowerCase().split(' ');
      this.isBacktraceCut = backtrace[2] !== undefined;
    }
    this.elfSha256Prefix ??= ELF_SHA.exec(text)?.[1];
    this.canaryTask ??= CANARY.exec(text)?.[1];
  }

  facts(endState: PanicEnd): PanicFacts {
    const { reason, core } = this.start;
    const task = this.start.task ?? this.canaryTask;
    const pc = this.registers['PC'] ?? this.start.pc;
    const excvaddr = this.registers['EXCVADDR'];
    return {
      reason: this.canaryTask === undefined ? reason : 'stack overflow',
      ...(core === undefined ? {} : { core }),
      ...(task === undefined ? {} : { task }),
      ...(pc === undefined ? {} : { pc }),
      ...(excvaddr === undefined ? {} : { excvaddr }),
      backtrace: this.backtrace ?? [],
      ...(this.isBacktraceCut ? { backtraceCut: true } : {}),
      ...(pc === undefined || excvaddr === undefined ? {} : { registers: { ...this.registers } }),
      ...(this.elfSha256Prefix === undefined ? {} : { elfSha256Prefix: this.elfSha256Prefix }),
      endState,
      lines: [...this.lines],
    };
  }

  // A watchdog dumps both cores; the first dump is that of the core which crashed.
  private addRegisters(text: string): void {
    for (const [, name = '', value = ''] of text.matchAll(REGISTER)) {
      this.registers[name] ??= value.toLowerCase();
    }
  }
}

const endWords: Readonly<Record<PanicEnd, string>> = {
  rebooted: 'it rebooted',
  halted: 'it halted',
  'gdb-stub': 'it waits in the GDB stub until it is reset',
  silence: 'its report broke off',
};

/** One sentence that says what crashed where, for people. */
export function panicMessage(board: string, facts: PanicFacts): string {
  const { reason, core, task, pc, excvaddr, endState } = facts;
  const isNullPointer = /^(Load|Store)Prohibited$/.test(reason) && Number(excvaddr) < NULL_PAGE_BYTES;
  const where = [
    core === undefined ? '' : ` on core ${core}`,
    task === undefined ? '' : ` in task ${task}`,
    pc === undefined ? '' : ` at PC ${pc}`,
    excvaddr === undefined ? '' : `, EXCVADDR ${excvaddr}${isNullPointer ? ' (a null pointer)' : ''}`,
  ];
  return `Board ${board} crashed: ${reason}${where.join('')}; ${endWords[endState]}.`;
}
