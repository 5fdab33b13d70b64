import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BoardError, toWireError, type WireError } from '../../../errors';
import { consoleStream } from '../../__fixtures__/console-stream';
import { ManualClock } from '../../__fixtures__/manual-clock';
import { RecordedConsole } from '../../console';
import { dialectByName } from '../../dialect';
import { EventLog } from '../../event-log';
import { readEvents } from '../../event-reader';
import { readElf } from '../elf';
import {
  buildElf,
  hasXtensaToolchain,
  removeBuilds,
  withoutToolchain,
} from '../elf/__fixtures__/xtensa-toolchain';
import { CrashWatch, elfInWorker, elfThroughAddr2line, type CoreDump, type ElfLookup } from '.';
import { coreDumpOf, printedDump } from './__fixtures__/core-dump';
import { panicOf } from './__fixtures__/crash-log';
import type { TriagedCrash } from './triage-crash';

const boot = 'ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n';

/** A board of which only the console is there, under watch. */
function watched(elf?: ElfLookup) {
  const clock = new ManualClock();
  const write = () => Promise.resolve();
  const console = new RecordedConsole({ name: 'korvo-1', clock, write, baudRate: 115_200 });
  const log = new EventLog(clock);
  const emit = log.add.bind(log);
  readEvents({ board: 'korvo-1', console, dialect: dialectByName('realtime-ws'), clock, emit });
  const board = {
    events: log.events,
    onEvent: (listener: Parameters<EventLog['onEvent']>[0]) => log.onEvent(listener),
    console,
  };
  const watch = new CrashWatch({ board, elf, clock });
  const crashes: TriagedCrash[] = [];
  const dumps: CoreDump[] = [];
  watch.onCrash((crash) => crashes.push(crash));
  watch.onCoreDump((dump) => dumps.push(dump));
  const faults = (): WireError[] =>
    log.events.flatMap((event) => (event.type === 'fault' ? [event.error] : []));
  return {
    clock,
    watch,
    crashes,
    dumps,
    faults,
    complaints: () => log.events.filter(({ type }) => type === 'complaint').length,
    print: (text: string | Buffer) => console.receive(Buffer.from(text as string), clock.nowMs()),
  };
}

describe('CrashWatch', () => {
  it('tells of a crash with its signature, by addresses where no ELF is known', async () => {
    const { print, watch, crashes } = watched();
    print(consoleStream('panic-reboot.txt'));
    await watch.close();
    expect(crashes).toMatchObject([
      {
        kind: 'crash',
        reason: 'StoreProhibited',
        elfCheck: 'none',
        endState: 'rebooted',
        signature: {
          basis: 'addresses',
          text: 'StoreProhibited at 0x42009a1b < 0x4200a6f1 < 0x4037d2a9 of ELF 0810d7fd3',
        },
        note: 'Frames are addresses, since no ELF of the firmware is known.',
      },
    ]);
  });

  it('adds to the error of a crash what triage knows, once, and leaves other errors alone', async () => {
    const { print, watch, crashes, faults } = watched();
    print(consoleStream('panic-reboot.txt'));
    const [fault] = faults();
    const triaged = await watch.triaged(fault!);
    const { id, text } = crashes[0]!.signature;
    expect(triaged.message).toBe(`${fault!.message} Crash ${id}: ${text}.`);
    expect(triaged.facts).toMatchObject({ ...fault!.facts, triage: { signature: { id }, elfCheck: 'none' } });
    expect(await watch.triaged(triaged)).toBe(triaged);
    const other = toWireError(new BoardError('HIL_BOARD_NO_BOOT', 'It did not boot.'));
    expect(await watch.triaged(other)).toBe(other);
  });

  it('gives the same crash of two boots one signature', async () => {
    const { print, watch, crashes } = watched();
    const crash = consoleStream('panic-reboot.txt');
    print(crash);
    print(boot);
    print(crash);
    await watch.close();
    expect(crashes).toHaveLength(2);
    expect(new Set(crashes.map(({ signature }) => signature.id)).size).toBe(1);
    expect(crashes[0]!.lineNumber).toBeLessThan(crashes[1]!.lineNumber);
  });

  it("tells of the task watchdog's warning with its task, and fails nothing", async () => {
    const { print, watch, crashes, faults, complaints } = watched();
    print(consoleStream('task-watchdog.txt'));
    await watch.close();
    expect(faults()).toEqual([]);
    expect(complaints()).toBe(1);
    expect(crashes.map(({ kind, reason }) => [kind, reason])).toEqual(
      crashes.map(() => ['warning', 'task watchdog']),
    );
    expect(crashes.length).toBeGreaterThan(0);
  });

  const core = coreDumpOf(Buffer.from('all that was in memory'.repeat(40)), 'sha256');
  const announced = panicOf({ pc: 0x42009a1e, callers: [0x4200a6f1] }).replace('Rebooting...\r\n', '');

  it('tells of a crash before its core dump has been printed, which nobody resets the board in', async () => {
    const { print, watch, crashes, dumps, faults } = watched();
    const printed = printedDump(core);
    const half = printed.indexOf('\r\n', 200) + 2;
    print(announced + printed.slice(0, half));
    expect(faults()).toMatchObject([{ facts: { endState: 'core-dump' } }]);
    let isSettled = false;
    const settled = watch.settled().then(() => (isSettled = true));
    await Promise.resolve();
    expect([isSettled, dumps]).toEqual([false, []]);
    print(`${printed.slice(half)}Rebooting...\r\n`);
    await settled;
    expect(dumps).toEqual([{ bytes: core, problem: undefined }]);
    await watch.close();
    expect(crashes).toHaveLength(1);
  });

  it.each<[string, (board: ReturnType<typeof watched>) => void]>([
    ['stops for three seconds', ({ clock }) => clock.advance(3_000)],
    ['is cut by a boot', ({ print }) => print(boot)],
  ])('says of a core dump that %s that it breaks off', async (_, cut) => {
    const board = watched();
    const printed = printedDump(core);
    board.print(announced + printed.slice(0, printed.indexOf('\r\n', 200) + 2));
    const settled = board.watch.settled();
    cut(board);
    await settled;
    expect(board.dumps).toMatchObject([{ problem: 'it breaks off before its end' }]);
    await board.watch.close();
    expect(board.dumps).toHaveLength(1);
  });

  it('keeps the addresses where the ELF cannot be read, and says why', async () => {
    const { print, watch, crashes } = watched({
      path: 'gone.elf',
      ask: () => Promise.reject(new Error('There is no ELF gone.elf.')),
    });
    print(consoleStream('panic-reboot.txt'));
    await watch.close();
    expect(crashes[0]).toMatchObject({
      elfCheck: 'none',
      note: 'Frames are addresses: There is no ELF gone.elf.',
    });
  });

  it('asks once for a crash that comes again and again', async () => {
    let asked = 0;
    const { print, watch, crashes } = watched({
      path: 'app.elf',
      ask: () => {
        asked += 1;
        return Promise.resolve({ sha256: '0810d7fd3'.padEnd(64, '0'), frames: new Map() });
      },
    });
    const crash = consoleStream('panic-reboot.txt');
    for (let boots = 0; boots < 300; boots += 1) print(Buffer.concat([crash, Buffer.from(boot)]));
    await watch.close();
    expect([asked, crashes.length]).toEqual([1, 300]);
  });
});

(hasXtensaToolchain ? describe : describe.skip)(`an ELF in a worker (${withoutToolchain})`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-elf-worker-'));
  const workerPath = join(folder, 'elf-worker.js');
  beforeAll(() =>
    build({
      entryPoints: [join(__dirname, 'elf-worker.ts')],
      outfile: workerPath,
      bundle: true,
      platform: 'node',
    }),
  );
  afterAll(() => {
    removeBuilds();
    rmSync(folder, { recursive: true });
  });

  it('names the functions of a crash, in process and by an addr2line alike', async () => {
    const built = buildElf(['-gdwarf-4', '-O2', '-ffunction-sections']);
    const { functions, sha256 } = readElf({ name: 'firmware.elf', bytes: built.bytes });
    const start = (name: string) => functions.find((one) => one.name === name)!.address;
    const crash = panicOf({
      pc: start('write_reply'),
      callers: [start('play_task') + 9],
      sha: sha256.slice(0, 9),
    });
    const worker = elfInWorker(built.path, workerPath);
    const tool = elfThroughAddr2line(worker, ['no-such-addr2line', 'xtensa-lx106-elf-addr2line']);
    for (const elf of [worker, tool]) {
      const { print, watch, crashes } = watched(elf);
      print(crash);
      await watch.close();
      expect(crashes[0]).toMatchObject({
        elfCheck: 'match',
        elf: { file: built.path, sha256 },
        signature: { basis: 'functions', text: 'StoreProhibited in write_reply < play_task' },
      });
      expect(crashes[0]!.note).toBeUndefined();
    }
  });

  it('refuses the ELF of another build, and says so', async () => {
    const { path } = buildElf(['-O2', '-ffunction-sections']);
    const { print, watch, crashes } = watched(elfInWorker(path, workerPath));
    print(consoleStream('panic-reboot.txt'));
    await watch.close();
    expect(crashes[0]).toMatchObject({ elfCheck: 'other-build', signature: { basis: 'addresses' } });
    expect(crashes[0]!.note).toMatch(
      /is not the ELF of the firmware that crashed; its SHA-256 begins with [0-9a-f]{9}, the board printed 0810d7fd3\./,
    );
  });

  it('says what is wrong with a file that is no ELF, and with one that is not there', async () => {
    const text = join(folder, 'notes.elf');
    writeFileSync(text, 'no ELF');
    await expect(elfInWorker(text, workerPath).ask([])).rejects.toMatchObject({ code: 'HIL_ELF_UNREADABLE' });
    await expect(elfInWorker('gone.elf', workerPath).ask([])).rejects.toMatchObject({
      code: 'HIL_CONFIG_FILE_MISSING',
    });
  });
});
