import type { FirmwareIdentity } from './firmware-identity';

/** What CONFIG_ESP_SYSTEM_PANIC_* makes of a panic: the chip hangs in the GDB stub, or restarts. */
export type PanicEnd = 'gdb-stub' | 'reboot';

const lastLines: Readonly<Record<PanicEnd, readonly string[]>> = {
  'gdb-stub': ['Entering gdb stub now.', '$T0b#e6'],
  reboot: ['Rebooting...', ''],
};

/** Where the firmware writes to address 0. */
export type PanicSite = 'console-command' | 'playback' | 'answer';

interface Crash {
  readonly core: 0 | 1;
  readonly pc: number;
  readonly stackPointer: number;
  /** Callers, innermost first: program counter as printed and stack pointer. */
  readonly callers: readonly (readonly [pc: number, sp: number])[];
}

const crashes: Readonly<Record<PanicSite, Crash>> = {
  'console-command': {
    core: 0,
    pc: 0x4200a1f6,
    stackPointer: 0x3fcc4d10,
    callers: [
      [0x4204b2c5, 0x3fcc4d30],
      [0x4204ae91, 0x3fcc4d60],
      [0x40381e0d, 0x3fcc4dd0],
    ],
  },
  playback: {
    core: 1,
    pc: 0x4200c83e,
    stackPointer: 0x3fcd0e60,
    callers: [
      [0x4200cb17, 0x3fcd0e90],
      [0x4200d0a2, 0x3fcd0ec0],
      [0x40381e0d, 0x3fcd0f00],
    ],
  },
  answer: {
    core: 0,
    pc: 0x4200b5ca,
    stackPointer: 0x3fcc7a20,
    callers: [
      [0x4200b93d, 0x3fcc7a50],
      [0x4200bd12, 0x3fcc7a80],
      [0x40381e0d, 0x3fcc7ac0],
    ],
  },
};

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;

/** EXCCAUSE 29 of the Xtensa core: a store to an address that may not be written. */
const STORE_PROHIBITED = 29;

function registers(crash: Crash): readonly (readonly [name: string, value: number])[] {
  const returnAddress = ((crash.callers[0]?.[0] ?? 0) + 3 - 0x40000000 + 0x80000000) >>> 0;
  const a = [
    returnAddress,
    crash.stackPointer,
    0,
    0xdeadbeef,
    0x3fcb1a2c,
    0x0000000a,
    0x3c0f41a8,
    0x00000001,
  ];
  const b = [
    0x8200a1ec,
    crash.stackPointer - 0x20,
    0x3fcb19f0,
    0x00000000,
    0x3fca8e34,
    0x00060b23,
    0x00000003,
    0x0000abab,
  ];
  return [
    ['PC', crash.pc],
    ['PS', 0x00060630],
    ...[...a, ...b].map((value, index): [string, number] => [`A${index}`, value]),
    ['SAR', 0x00000004],
    ['EXCCAUSE', STORE_PROHIBITED],
    ['EXCVADDR', 0],
    ['LBEG', 0x400570e8],
    ['LEND', 0x400570f3],
    ['LCOUNT', 0],
  ];
}

/** What the panic handler is told of. */
export type CrashKind =
  'null-pointer' | 'abort' | 'stack-overflow' | 'heap-corruption' | 'interrupt-watchdog' | 'out-of-memory';

/** The task that overflows its stack, by what it does there. */
const taskOf: Readonly<Record<PanicSite, string>> = {
  'console-command': 'console_repl',
  playback: 'player',
  answer: 'main',
};

function backtraceOf({ pc, stackPointer, callers }: Crash): string {
  // A printed program counter is that of the call, three bytes before the return address.
  const frames: readonly (readonly [number, number])[] = [[pc - 3, stackPointer], ...callers];
  return `Backtrace: ${frames.map(([at, sp]) => `${hex(at)}:${hex(sp)}`).join(' ')}`;
}

/** Registers of a core, in rows of four. */
function registerDump(crash: Crash, core: number, cause: number): readonly string[] {
  const values = registers(crash).map(([name, value]): [string, number] => [
    name,
    name === 'EXCCAUSE' ? cause : value,
  ]);
  const cells = values.map(([name, value]) => `${name.padEnd(8)}: ${hex(value)}  `);
  const rows = Array.from({ length: Math.ceil(cells.length / 4) }, (_, row) =>
    cells.slice(4 * row, 4 * row + 4).join(''),
  );
  return [`Core  ${core} register dump:`, ...rows, ''];
}

const abortLine = ({ pc, core }: Crash): string => `abort() was called at PC ${hex(pc)} on core ${core}`;

/** EXCCAUSE of the interrupt watchdog on core 0, as ESP-IDF numbers its own causes. */
const INTERRUPT_WATCHDOG = 5;

/** What is printed ahead of the hash of the ELF file, by kind; device.md 3.1 and 3.2. */
function reasonLines(kind: CrashKind, site: PanicSite): readonly string[] {
  const crash = crashes[site];
  const backtrace = backtraceOf(crash);
  switch (kind) {
    case 'null-pointer':
      return [
        `Guru Meditation Error: Core  ${crash.core} panic'ed (StoreProhibited). Exception was unhandled.`,
        '',
        ...registerDump(crash, crash.core, STORE_PROHIBITED),
        '',
        backtrace,
      ];
    case 'interrupt-watchdog':
      return [
        "Guru Meditation Error: Core  0 panic'ed (Interrupt wdt timeout on CPU0). ",
        '',
        ...registerDump(crashes.answer, 0, INTERRUPT_WATCHDOG),
        '',
        backtraceOf(crashes.answer),
        '',
        '',
        ...registerDump(crash, 1, INTERRUPT_WATCHDOG),
        '',
        backtrace,
      ];
    case 'stack-overflow':
      return [`***ERROR*** A stack overflow in task ${taskOf[site]} has been detected.`, '', '', backtrace];
    case 'heap-corruption':
      return [
        'CORRUPT HEAP: Bad tail at 0x3fcb1a4c. Expected 0xbaad5678 got 0x00000000',
        '',
        'assert failed: multi_heap_free multi_heap_poisoning.c:279 (head != NULL)',
        '',
        '',
        backtrace,
      ];
    case 'out-of-memory':
      return ['Mem alloc fail. size 0x00000c00 caps 0x00000804', '', abortLine(crash), '', '', backtrace];
    case 'abort':
      return [abortLine(crash), '', '', backtrace];
  }
}

/**
 * The text of a crash as device.md 3.1 and 3.2 shape it. Both openai_demo forks configure the GDB stub; ESP-IDF's default is to reboot. CR LF
 * at every line end, none after the GDB packet.
 */
export function panicText(
  site: PanicSite,
  identity: FirmwareIdentity,
  end: PanicEnd,
  kind: CrashKind = 'null-pointer',
): string {
  return [
    '',
    ...reasonLines(kind, site),
    '',
    '',
    `ELF file SHA256: ${identity.elfSha256.slice(0, 9)}`,
    '',
    ...lastLines[end],
  ].join('\r\n');
}
