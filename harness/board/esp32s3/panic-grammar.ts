/** How a crash announces itself. Patterns are searched, not anchored: a crash may begin in the middle of a line. */
export interface PanicStart {
  readonly reason: string;
  readonly core?: number;
  /** Lower-case hex with 0x. */
  readonly pc?: string;
  readonly task?: string;
}

/** The supply sagged: no doing of the firmware. */
export const BROWNOUT = 'brownout';

type Opening = readonly [RegExp, (groups: readonly string[]) => PanicStart];

// device.md sections 3.1 and 3.2. Order matters where one line could fit two.
const openings: readonly Opening[] = [
  [
    /Guru Meditation Error: Core\s+(\d+) panic'ed \(([^)]*)\)/,
    ([core, reason]) => ({ reason: reason ?? '', core: Number(core) }),
  ],
  [
    /ESP_ERROR_CHECK failed: esp_err_t 0x[0-9a-f]+ \((\w+)\)/,
    ([name]) => ({ reason: `ESP_ERROR_CHECK ${name ?? ''}` }),
  ],
  // With CONFIG_ESP_TASK_WDT_PANIC the warning ends in an abort, whose place says nothing.
  [/task_wdt: Aborting\./, () => ({ reason: 'task watchdog' })],
  [
    /terminate called (?:after throwing an instance of '([^']+)')?/,
    ([type]) => ({ reason: type === undefined ? 'C++ terminate' : `uncaught ${type}` }),
  ],
  [/Mem alloc fail\. size 0x[0-9a-f]+ caps 0x[0-9a-f]+/i, () => ({ reason: 'out of memory' })],
  [/assert failed: (.+)/, ([what]) => ({ reason: `assert ${what ?? ''}` })],
  [
    /abort\(\) was called at PC (0x[0-9a-f]{8}) on core (\d)/,
    ([pc, core]) => ({ reason: 'abort', pc: pc ?? '', core: Number(core) }),
  ],
  [
    /A stack overflow in task (.+) has been detected/,
    ([task]) => ({ reason: 'stack overflow', task: task ?? '' }),
  ],
  [/Stack smashing protect failure/, () => ({ reason: 'stack smashing' })],
  [/CORRUPT HEAP: (.*) at 0x[0-9a-f]{8}/, ([what]) => ({ reason: `corrupt heap: ${what ?? ''}` })],
  [/Brownout detector was triggered/, () => ({ reason: BROWNOUT })],
];

/** The crash that a line announces; undefined for every other line. */
export function panicStart(text: string): PanicStart | undefined {
  for (const [pattern, start] of openings) {
    const found = pattern.exec(text);
    if (found !== null) return start(found.slice(1));
  }
  return undefined;
}

/**
 * How a crash ends: the board boots again, stands still, waits for GDB, is held by JTAG, prints its memory, which takes seconds to
 * minutes, or just says nothing more.
 */
export type PanicEnd = 'rebooted' | 'halted' | 'gdb-stub' | 'debugger' | 'core-dump' | 'silence';

const endings: readonly (readonly [RegExp, PanicEnd])[] = [
  [/Entering gdb stub now\.|\$T[0-9a-f]{2}#[0-9a-f]{2}/, 'gdb-stub'],
  [/CPU halted\./, 'halted'],
  [/Setting breakpoint at 0x[0-9a-f]+ and returning/i, 'debugger'],
  [/=+ CORE DUMP START =+/, 'core-dump'],
  [/^Rebooting(?: in\s+\d+ seconds)?\.\.\.|Abort panic handling\. Rebooting/, 'rebooted'],
];

/** The end that a line announces; undefined for every other line. */
export const panicEnd = (text: string): PanicEnd | undefined =>
  endings.find(([pattern]) => pattern.test(text))?.[1];
