import { consoleStream } from '../../__fixtures__/console-stream';
import { readElf, type ElfFile } from '../elf';
import {
  buildElf,
  hasXtensaToolchain,
  instructionsOf,
  removeBuilds,
  withoutToolchain,
  type BuiltElf,
} from '../elf/__fixtures__/xtensa-toolchain';
import {
  addr2lineSymboliser,
  CrashLogReader,
  crashSignature,
  decodeCrashes,
  elfSymboliser,
  type DecodedCrash,
} from '.';
import { panicOf } from './__fixtures__/crash-log';
import { parseAddr2line } from './addr2line';

function crashesIn(log: Buffer | string) {
  const reader = new CrashLogReader();
  reader.push(Buffer.from(log));
  return reader.end();
}

const frame = (name: string | undefined) => ({
  function: name,
  file: undefined,
  line: undefined,
  isInlined: false,
});

describe('CrashLogReader', () => {
  it('finds a crash with its registers, and its backtrace', () => {
    expect(crashesIn(consoleStream('panic-reboot.txt'))).toMatchObject([
      {
        kind: 'crash',
        lineNumber: 2,
        reason: 'StoreProhibited',
        core: 0,
        pc: '0x42009a1e',
        nullPointer: true,
        endState: 'rebooted',
        elfSha256Prefix: '0810d7fd3',
        backtraces: [
          {
            core: 0,
            frames: ['0x42009a1b:0x3fcb1230', '0x4200a6f1:0x3fcb1250', '0x4037d2a9:0x3fcb1270'],
            registers: { PC: '0x42009a1e', A0: '0x8200a6f4' },
          },
        ],
      },
    ]);
  });

  it('keeps that a stack was corrupted', () => {
    expect(crashesIn(consoleStream('panic-abort-halt.txt'))[0]?.backtraces[0]).toMatchObject({
      end: 'corrupted',
      frames: { length: 2 },
    });
  });

  it('takes the watchdog’s backtrace for a warning of the task that ran', () => {
    expect(crashesIn(consoleStream('task-watchdog.txt'))).toMatchObject([
      {
        kind: 'warning',
        summary: 'task watchdog on core 0 in task audio_tx; it went on',
        core: 0,
        task: 'audio_tx',
        backtraces: [{ frames: ['0x4200e2a1:0x3fc9a1b0', '0x4200e61d:0x3fc9a1d0'] }],
      },
    ]);
  });

  it('takes both backtraces of a warning, each with its core and the task that ran there', () => {
    expect(crashesIn(consoleStream('panics/task-watchdog-both.txt'))).toMatchObject([
      {
        kind: 'warning',
        reason: 'task watchdog',
        core: 0,
        task: 'audio_tx',
        backtraces: [{ end: 'corrupted' }],
      },
      { kind: 'warning', reason: 'task watchdog', core: 1, task: 'IDLE1' },
    ]);
  });

  it('takes the other core of a watchdog for a second backtrace', () => {
    const [crash] = crashesIn(consoleStream('panics/interrupt-watchdog-1.txt'));
    expect(crash?.backtraces.map(({ core, frames }) => [core, frames.length])).toEqual([
      [1, 3],
      [0, 3],
    ]);
  });

  it('takes a backtrace that was copied alone', () => {
    expect(crashesIn('Backtrace:0x42009a1b:0x3fcb1230 0x4200a6f1:0x3fcb1250\n')).toMatchObject([
      { kind: 'warning', reason: 'backtrace', lineNumber: 1, backtraces: [{ frames: { length: 2 } }] },
    ]);
  });

  it('ties a crash that prints no hash to the boot before it', () => {
    const log = Buffer.concat([
      consoleStream('boot-realtime-ws.bin'),
      Buffer.from(panicOf({ pc: 0x42009a1e, callers: [] })),
      // The next boot tells no hash: what crashes in it may be another image.
      Buffer.from('ESP-ROM:esp32s3-20210327\r\nrst:0xc (RTC_SW_CPU_RST),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n'),
      Buffer.from(panicOf({ pc: 0x42009a1e, callers: [] })),
    ]);
    expect(crashesIn(log).map((crash) => crash.elfSha256Prefix)).toEqual(['0810d7fd3', undefined]);
  });

  it('finds the same however the log is cut', () => {
    const log = Buffer.concat(['task-watchdog.txt', 'panic-abort-halt.txt'].map(consoleStream));
    const whole = crashesIn(log);
    expect(whole.map(({ kind }) => kind)).toEqual(['warning', 'crash']);
    for (let cut = 1; cut < log.length; cut += 1) {
      const reader = new CrashLogReader();
      reader.push(log.subarray(0, cut));
      reader.push(log.subarray(cut));
      expect(reader.end()).toEqual(whole);
    }
  });
});

describe('crashSignature', () => {
  it('is made of reason and functions, the panic’s own left out', () => {
    const names = ['panic_abort', 'esp_system_abort', 'abort', 'start_session', 'app_main'];
    expect(crashSignature('abort', names.map(frame), []).text).toBe('abort in start_session < app_main');
  });

  it('stays the same from build to build', () => {
    const one = crashSignature(
      'assert failed: f a.c:123 (p)',
      [frame('f.isra.0'), frame('app_main')],
      ['0x42000001'],
    );
    const two = crashSignature(
      'assert failed: f a.c:140 (p)',
      [frame('f'), frame('app_main')],
      ['0x42000099'],
    );
    expect(two).toEqual(one);
    expect(one).toMatchObject({ basis: 'functions', id: expect.stringMatching(/^[0-9a-f]{12}$/) });
  });

  it('leaves out types and the core', () => {
    const text = (reason: string, name: string) => crashSignature(reason, [frame(name)], []).text;
    expect(text('Interrupt wdt timeout on CPU1', 'board::Lamp::set(bool)')).toBe(
      'Interrupt wdt timeout on CPU in board::Lamp::set',
    );
    expect(text('abort', '(anonymous namespace)::report(unsigned int)')).toBe(
      'abort in (anonymous namespace)::report',
    );
  });

  it('goes by addresses of one build where nothing is named', () => {
    const pcs = ['0x42000001', '0x42000002', '0x42000003', '0x42000004', '0x42000005'];
    expect(crashSignature('StoreProhibited', [frame(undefined)], pcs, '0810d7fd3')).toMatchObject({
      basis: 'addresses',
      text: 'StoreProhibited at 0x42000001 < 0x42000002 < 0x42000003 < 0x42000004 of ELF 0810d7fd3',
    });
  });
});

describe('parseAddr2line', () => {
  it('reads frames, inlined ones and what is not known', () => {
    const output = [
      '0x42000024',
      'poke',
      '/x/../x/a.c:5 (discriminator 2)',
      'store',
      'C:/fw/a.c:8',
      '0x42000090',
      '??',
      '??:0',
      '0x420000a0',
      'vector',
      'start.S:?',
      '',
    ].join('\r\n');
    expect([...parseAddr2line(output)]).toEqual([
      [
        0x42000024,
        [
          { function: 'poke', file: '/x/a.c', line: 5, isInlined: true },
          { function: 'store', file: 'C:/fw/a.c', line: 8, isInlined: false },
        ],
      ],
      [0x420000a0, [{ function: 'vector', file: 'start.S', line: undefined, isInlined: false }]],
    ]);
  });
});

it('addr2lineSymboliser says which programs it looked for', async () => {
  await expect(addr2lineSymboliser('app.elf', ['no-such-addr2line'])([1])).rejects.toMatchObject({
    code: 'HIL_DECODE_TOOL',
    message: 'There is no no-such-addr2line on this machine.',
  });
});

(hasXtensaToolchain ? describe : describe.skip)(`decodeCrashes (${withoutToolchain})`, () => {
  let built: BuiltElf;
  let elf: ElfFile;
  /** Address of the first instruction of a function, and of each call in it that names another. */
  const start = (name: string): number => elf.functions.find((one) => one.name === name)!.address;
  beforeAll(() => {
    built = buildElf(['-gdwarf-4', '-O2', '-ffunction-sections']);
    elf = readElf({ name: 'build/app.elf', bytes: built.bytes });
  });
  afterAll(removeBuilds);

  const decode = async (log: string): Promise<readonly DecodedCrash[]> =>
    decodeCrashes(crashesIn(log), elf, elfSymboliser(elf));
  const namesOf = (crash: DecodedCrash | undefined) =>
    crash?.backtraces[0]?.frames.map(({ sources }) => sources.map((source) => source.function));

  /** The crash at the beginning of a function, as its callers see it. */
  const crashing = (spec: { sha?: string; suffix?: string; onlyRegisters?: boolean } = {}): string =>
    panicOf({
      pc: start('write_reply'),
      callers: [start('play_task') + 9, start('app_main') + 6, 0x400005d0],
      ...spec,
    });

  it('names functions, files and lines, and the ROM', async () => {
    const [crash] = await decode(crashing({ sha: elf.sha256.slice(0, 9) }));
    expect(crash).toMatchObject({ elfCheck: 'match', reason: 'StoreProhibited' });
    expect(namesOf(crash)).toEqual([['write_reply'], ['play_task'], ['app_main'], ['ets_printf']]);
    const frames = crash!.backtraces[0]!.frames;
    expect(frames.map(({ memory }) => memory)).toEqual(['flash-code', 'flash-code', 'flash-code', 'rom']);
    expect(frames[0]!.sources[0]!.file).toMatch(/firmware\.c$/);
    expect(crash!.signature.text).toBe('StoreProhibited in write_reply < play_task < app_main < ets_printf');
  });

  it('takes the exact place from the registers, where three bytes before is another function', async () => {
    const [crash] = await decode(crashing());
    expect(crash!.backtraces[0]!.frames[0]!.pc).toBe(`0x${(start('write_reply') - 3).toString(16)}`);
    expect(namesOf(crash)![0]).toEqual(['write_reply']);
  });

  it('decodes in process as the addr2line of the toolchain does', async () => {
    const callers = instructionsOf(built.path).slice(0, 90);
    const crashes = crashesIn(panicOf({ pc: start('write_reply'), callers }));
    const tool = addr2lineSymboliser(built.path, ['no-such-addr2line', 'xtensa-lx106-elf-addr2line']);
    expect(crashes[0]?.backtraces[0]?.frames).toHaveLength(91);
    expect(await decodeCrashes(crashes, elf, elfSymboliser(elf))).toEqual(
      (await decodeCrashes(crashes, elf, tool)).map(withoutTypes),
    );
  });

  it('refuses the ELF of another build, with both hashes', async () => {
    await expect(decode(crashing({ sha: '0810d7fd3' }))).rejects.toMatchObject({
      code: 'HIL_ELF_OTHER_BUILD',
      message: `build/app.elf is not the ELF of the firmware that crashed: its SHA-256 begins with ${elf.sha256.slice(0, 9)}, the crash in line 2 printed 0810d7fd3.`,
    });
  });

  it('decodes what fits in a log of two builds, and leaves the rest alone', async () => {
    const [mine, other] = await decode(
      crashing({ sha: elf.sha256.slice(0, 9) }) + crashing({ sha: '0810d7fd3' }),
    );
    expect([mine!.elfCheck, other!.elfCheck]).toEqual(['match', 'other-build']);
    expect(namesOf(other)).toEqual([[], [], [], []]);
    expect(other!.signature.basis).toBe('addresses');
  });

  it('takes an ELF on trust where no hash was printed', async () => {
    expect((await decode(crashing()))[0]!.elfCheck).toBe('unverified');
  });

  it('keeps that the stack was corrupted, and trusts nothing behind an address that is no code', async () => {
    const log = panicOf({
      pc: start('write_reply'),
      callers: [start('play_task') + 9, 0x3fcb1234, start('app_main') + 6],
      suffix: ' |<-CORRUPTED',
    });
    const [crash] = await decode(log);
    expect(crash!.backtraces[0]).toMatchObject({ end: 'corrupted' });
    expect(crash!.backtraces[0]!.frames[2]).toMatchObject({ memory: undefined, sources: [] });
    expect(crash!.signature.text).toBe('StoreProhibited in write_reply < play_task');
  });

  it('blames the caller of a jump to nowhere', async () => {
    const [crash] = await decode(
      panicOf({ reason: 'InstrFetchProhibited', pc: 0, callers: [start('play_task') + 9] }),
    );
    expect(crash!.backtraces[0]!.frames[0]).toMatchObject({ pc: '0xfffffffd', memory: undefined });
    expect(crash!.signature.text).toBe('InstrFetchProhibited in play_task');
  });

  it('falls back on program counter and return address where no backtrace came', async () => {
    // A return address of windowed code holds the size of the caller's window in its two top bits.
    const a0 = ((start('play_task') + 12) & 0x3fffffff) | 0x80000000;
    const [crash] = await decode(panicOf({ pc: start('write_reply'), callers: [], onlyRegisters: true, a0 }));
    expect(crash!.backtraces[0]!.from).toBe('registers');
    expect(namesOf(crash)).toEqual([['write_reply'], ['play_task']]);
  });
});

/** Tools print a C++ function with the types that it takes. */
function withoutTypes(crash: DecodedCrash): DecodedCrash {
  const plain = (name: string | undefined) => name?.replace(/\([^()]*\)( const)?$/, '');
  return {
    ...crash,
    backtraces: crash.backtraces.map((backtrace) => ({
      ...backtrace,
      frames: backtrace.frames.map((one) => ({
        ...one,
        sources: one.sources.map((source) => ({ ...source, function: plain(source.function) })),
      })),
    })),
  };
}
