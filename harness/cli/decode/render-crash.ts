import type { DecodedBacktrace, DecodedCrash, DecodedFrame, TriagedCrash } from '../../board/esp32s3';

const memoryNames: Readonly<Record<string, string>> = { rom: 'ROM', iram: 'IRAM', 'rtc-fast': 'RTC memory' };

/** A decoded crash as lines of text: what happened, the ELF, each frame with what is inlined in it, the signature. */
export function renderCrash(
  crash: DecodedCrash & Pick<TriagedCrash, 'note'>,
  elf: { readonly name: string; readonly sha256: string } | undefined,
): string {
  const { kind, lineNumber, summary, inInterrupt, backtraces, signature } = crash;
  const what = kind === 'crash' ? 'Crash' : 'Warning';
  return [
    `${what} in line ${lineNumber}: ${summary}${inInterrupt === true ? ', in an interrupt' : ''}`,
    `  ${elfLine(crash, elf)}`,
    ...backtraces.flatMap((backtrace) => backtraceLines(backtrace, backtraces.length > 1)),
    `  signature ${signature.id}  ${signature.text}`,
    '',
  ].join('\n');
}

function elfLine(
  { elfCheck, elfSha256Prefix = '', note = 'no ELF is known' }: Parameters<typeof renderCrash>[0],
  elf: Parameters<typeof renderCrash>[1],
): string {
  if (elf === undefined) return note;
  if (elfCheck === 'match') return `ELF ${elfSha256Prefix} is ${elf.name}`;
  if (elfCheck === 'unverified')
    return `the log names no ELF; ${elf.name} (${elf.sha256.slice(0, 9)}) is taken on trust`;
  return `not decoded: ELF ${elfSha256Prefix} is not ${elf.name} (${elf.sha256.slice(0, 9)})`;
}

function backtraceLines({ core, from, frames, end }: DecodedBacktrace, isOneOfSeveral: boolean): string[] {
  const ends = {
    corrupted: '  (here the stack is corrupted)',
    continues: '  (the backtrace continues; ESP-IDF prints no more of it)',
  } as const;
  return [
    ...(isOneOfSeveral && core !== undefined ? [`  core ${core}`] : []),
    ...(frames.length === 0 ? ['  no backtrace was printed'] : []),
    ...(from === 'registers' && frames.length > 0 ? ['  no backtrace was printed; from the registers:'] : []),
    ...frames.flatMap(frameLines),
    ...(end === undefined ? [] : [ends[end]]),
  ];
}

function frameLines({ pc, memory, sources }: DecodedFrame, index: number): string[] {
  const head = `  #${index}`.padEnd(6) + pc;
  if (memory === undefined)
    return [
      `${head}  is no code: ${index === 0 ? 'a jump through a bad pointer' : 'the stack is broken from here on'}`,
    ];
  const label = memoryNames[memory];
  if (sources.length === 0) return [`${head}  ${label === undefined ? '??' : `?? (${label})`}`];
  return sources.map(({ function: name = '??', file, line, isInlined }, depth) => {
    const place = file === undefined ? '' : ` at ${file}${line === undefined ? '' : `:${line}`}`;
    const lead = depth === 0 ? head : ' '.repeat(head.length);
    const where = depth === 0 && memory === 'rom' ? ' (ROM)' : '';
    return `${lead}  ${name}${where}${place}${isInlined ? ', inlined in' : ''}`;
  });
}
