/** Panics as ESP-IDF prints them, around addresses of a program that a test has built. */

const hex = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`;

export interface PanicSpec {
  readonly reason?: string;
  /** Exact, as the registers have it. */
  readonly pc: number;
  /** Of the calls, outwards; printed as they are. */
  readonly callers: readonly number[];
  readonly suffix?: string;
  readonly sha?: string;
  /** Without a backtrace and without a hash. */
  readonly onlyRegisters?: boolean;
  readonly a0?: number;
}

/** The text of a panic from its first line to `Rebooting...`. */
export function panicOf(spec: PanicSpec): string {
  const { reason = 'StoreProhibited', pc, callers, suffix = '', sha, onlyRegisters = false } = spec;
  const frames = [pc - 3, ...callers].map((each, index) => `${hex(each)}:${hex(0x3fcb1230 + 32 * index)}`);
  return [
    '',
    `Guru Meditation Error: Core  0 panic'ed (${reason}). Exception was unhandled.`,
    '',
    'Core  0 register dump:',
    `PC      : ${hex(pc)}  PS      : 0x00060630  A0      : ${hex(spec.a0 ?? 0x8200a6f4)}  A1      : 0x3fcb1230  `,
    'A14     : 0x3fcb1460  A15     : 0x00000000  SAR     : 0x00000004  EXCCAUSE: 0x0000001d  ',
    'EXCVADDR: 0x00000000  LBEG    : 0x400570e8  LEND    : 0x400570f3  LCOUNT  : 0x00000000  ',
    '',
    '',
    ...(onlyRegisters ? [] : [`Backtrace: ${frames.join(' ')}${suffix}`, '', '']),
    ...(sha === undefined ? [] : [`ELF file SHA256: ${sha}`, '']),
    'Rebooting...',
    '',
  ].join('\r\n');
}
