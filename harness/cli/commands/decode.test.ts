import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readElf, sourceFrames } from '../../board/esp32s3/elf';
import {
  buildElf,
  hasXtensaToolchain,
  instructionsOf,
  removeBuilds,
  withoutToolchain,
} from '../../board/esp32s3/elf/__fixtures__/xtensa-toolchain';
import { coreDumpOf, printedDump } from '../../board/esp32s3/triage/__fixtures__/core-dump';
import { panicOf } from '../../board/esp32s3/triage/__fixtures__/crash-log';
import { keepPrinted } from '../__fixtures__/printed';
import { decodeCommand } from './decode';

const printed = keepPrinted();
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'earshot-decode-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const dump = coreDumpOf(Buffer.alloc(300, 'core'), 'sha256');
const bare = { addr2line: undefined, coreDump: undefined, json: false } as const;
async function* piped(text: string) {
  for (const byte of Buffer.from(text)) yield await Promise.resolve(Buffer.of(byte));
}

describe('earshot decode', () => {
  it('names an ELF that is not there, and one that is none', async () => {
    await expect(
      decodeCommand({ ...bare, log: undefined, elf: join(folder, 'a.elf') }),
    ).rejects.toMatchObject({
      code: 'HIL_CONFIG_FILE_MISSING',
    });
    writeFileSync(join(folder, 'a.elf'), 'no ELF');
    await expect(
      decodeCommand({ ...bare, log: undefined, elf: join(folder, 'a.elf') }),
    ).rejects.toMatchObject({
      code: 'HIL_ELF_UNREADABLE',
    });
  });
});

(hasXtensaToolchain ? describe : describe.skip)(`earshot decode, with an ELF (${withoutToolchain})`, () => {
  let elf: string;
  let log: string;
  beforeAll(() => {
    const built = buildElf(['-gdwarf-4', '-O2', '-ffunction-sections']);
    elf = built.path;
    const read = readElf({ name: 'app.elf', bytes: built.bytes });
    const start = (name: string): number => read.functions.find((one) => one.name === name)!.address;
    const { frames } = sourceFrames(read, instructionsOf(built.path));
    const [deep = 0] = [...frames].find(([, chain]) => chain[1]?.line === 12) ?? [];
    log = panicOf({
      pc: deep,
      callers: [start('play_task') + 9, 0x400005d4],
      sha: read.sha256.slice(0, 9),
    });
  });
  afterAll(removeBuilds);

  it('prints each frame with what is inlined in it', async () => {
    const path = join(folder, 'console.log');
    writeFileSync(path, log);
    expect(await decodeCommand({ ...bare, log: path, elf })).toBe(0);
    const lines = printed.text.split('\n');
    expect(lines[0]).toMatch(
      /^Crash in line 2: StoreProhibited on core 0 at PC 0x[0-9a-f]{8}, EXCVADDR 0x00000000 \(a null pointer\); it rebooted$/,
    );
    expect(lines[1]).toMatch(/^ {2}ELF [0-9a-f]{9} is .*firmware\.elf$/);
    const shape = lines
      .slice(2, -2)
      .map((line) => line.replace(/0x[0-9a-f]{8}/, 'PC').replace(/ at .*\//, ' at '));
    expect(shape).toEqual([
      '  #0  PC  poke at firmware.c:7, inlined in',
      '                  poke_twice at firmware.c:12, inlined in',
      '                  write_reply at firmware.c:19',
      expect.stringMatching(/^ {2}#1 {2}PC {2}play_task at firmware\.c:2\d$/),
      '  #2  PC  ?? (ROM)',
    ]);
    expect(lines.at(-2)).toMatch(
      /^ {2}signature [0-9a-f]{12} {2}StoreProhibited in poke < poke_twice < write_reply < play_task$/,
    );
  });

  it('reads standard input, byte by byte where it comes so, and tells a script the same', async () => {
    expect(await decodeCommand({ ...bare, log: '-', elf, json: true }, piped(log))).toBe(0);
    const { schema, crashes } = JSON.parse(printed.text) as { schema: string; crashes: unknown[] };
    expect(schema).toBe('earshot/decode@1');
    expect(crashes).toMatchObject([{ elfCheck: 'match', backtraces: [{ frames: { length: 3 } }] }]);
  });

  it('asks an installed addr2line when told to', async () => {
    await decodeCommand({ ...bare, log: '-', elf }, piped(log));
    const ours = printed.text;
    printed.clear();
    await decodeCommand({ ...bare, log: '-', elf, addr2line: 'xtensa-lx106-elf-addr2line' }, piped(log));
    expect(printed.text).toBe(ours);
  });

  it('saves a core dump beside the crash it belongs to, for its owner alone', async () => {
    const path = join(folder, 'core.bin');
    expect(
      await decodeCommand({ ...bare, log: '-', elf, coreDump: path }, piped(log + printedDump(dump))),
    ).toBe(0);
    expect(readFileSync(path).equals(dump)).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(printed.text).toContain(
      `Core dump up to line 25: ${dump.length} bytes\nSaved the last core dump as ${path}.\n`,
    );
    await expect(decodeCommand({ ...bare, log: '-', elf, coreDump: path }, piped(log))).rejects.toMatchObject(
      { code: 'HIL_CONFIG_USAGE' },
    );
  });

  it('says that there is nothing to decode', async () => {
    expect(await decodeCommand({ ...bare, log: undefined, elf }, piped('I (10) main: all well\n'))).toBe(0);
    expect(printed.text).toBe('There is no crash and no backtrace in standard input.\n');
  });

  it('asks for a log where none can come, and for one that is there', async () => {
    const keyboard = Object.assign(piped(''), { isTTY: true });
    await expect(decodeCommand({ ...bare, log: undefined, elf }, keyboard)).rejects.toMatchObject({
      code: 'HIL_CONFIG_USAGE',
    });
    for (const log of [folder, join(folder, 'none.log')])
      await expect(decodeCommand({ ...bare, log, elf })).rejects.toMatchObject({
        code: 'HIL_CONFIG_FILE_MISSING',
      });
  });
});
