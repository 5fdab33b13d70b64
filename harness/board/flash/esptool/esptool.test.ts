/** An esptool of version 4 and 5 that prints what theirs print, made by the test; the real one is tried in harness/cli/flash.e2e.ts. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  buildMerged,
  buildTable,
  describeApp,
  someApp,
  someBootloader,
  someTable,
} from '../../esp32s3/image/__fixtures__/build-image';
import { loadFlashPlan } from '../flash-plan';
import type { FlashProgress } from '../flash-progress';
import { failureIn, readEsptoolLine } from './esptool-output';
import { flashByEsptool, type EsptoolOptions } from './flash-by-esptool';

const folder = mkdtempSync(join(tmpdir(), 'earshot-esptool-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (name: string, bytes: Uint8Array | string, mode = 0o644): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  chmodSync(path, mode);
  return path;
};

const PASSWORD = 'hunter2hunter2';
const merged = fileWith(
  'merged.bin',
  buildMerged({ 0: someBootloader(), 0x8000: buildTable(someTable), 0x10000: someApp() }),
);
const app = fileWith('app.bin', someApp(describeApp({ version: 'v2' })));

type Manner = 'works' | 'fails' | 'crashes' | 'unverified' | 'hangs' | 'mute';

/**
 * An esptool whose chip is a file: it notes how it was called, reads and writes that file, and prints what its version does.
 * @returns Its path, the file of the flash, and how it was called so far.
 */
let fakes = 0;
function fakeEsptool(version: '4.12.0' | '5.3.1', manner: Manner = 'works') {
  fakes += 1;
  const name = `esptool-${version}-${manner}-${fakes}`;
  const [flash, calls] = [join(folder, `${name}.flash`), join(folder, `${name}.calls`)];
  writeFileSync(flash, Buffer.alloc(0x400000, 0xff));
  const path = fileWith(
    name,
    `#!${process.execPath}
const fs = require('node:fs');
const [flash, calls, version, manner] = ${JSON.stringify([flash, calls, version, manner])};
const args = process.argv.slice(2);
const five = version.startsWith('5');
const say = (text) => fs.writeSync(1, text + '\\n');
if (args[0] === 'version') {
  say(manner === 'mute' ? 'hello' : five ? 'esptool v' + version + '\\n' + version : 'esptool.py v' + version + '\\n' + version);
  process.exit(0);
}
const at = args.findIndex((word) => /^(read|write)[-_]flash$/.test(word));
const files = args.slice(at + 1).filter((word, index, all) => !word.startsWith('--') && !(all[index - 1] ?? '').startsWith('--'));
const modes = files.filter((word) => word.startsWith('/')).map((file) => fs.statSync(file).mode & 0o777);
fs.appendFileSync(calls, JSON.stringify({ args, modes }) + '\\n');
if (manner === 'fails') {
  const text = 'A fatal error occurred: Failed to connect to ESP32-S3: No serial data received.';
  if (five) console.error('\\x1b[1;31m' + text + '\\x1b[0m'); else say('\\n' + text);
  process.exit(2);
}
if (manner === 'crashes') { console.error('Traceback (most recent call last):\\nModuleNotFoundError: No module named serial'); process.exit(1); }
say(five ? 'Chip type:          ESP32-S3 (QFN56) (revision v0.2)' : 'Chip is ESP32-S3 (QFN56) (revision v0.2)');
say(five ? 'MAC:                7C:DF:A1:00:11:22' : 'MAC: 7c:df:a1:00:11:22');
const fd = fs.openSync(flash, 'r+');
if (/^read/.test(args[at])) {
  const bytes = Buffer.alloc(Number(files[1]));
  fs.readSync(fd, bytes, 0, bytes.length, Number(files[0]));
  fs.writeFileSync(files[2], bytes);
  process.exit(0);
}
for (let index = 0; index < files.length; index += 2) {
  const bytes = fs.readFileSync(files[index + 1]);
  const hex = Number(files[index]).toString(16).padStart(8, '0');
  if (five) fs.writeSync(1, "\\rWriting '" + files[index + 1] + "' at 0x" + hex + ' [====>     ]  50.0% 512/1024 bytes... \\n');
  else fs.writeSync(1, '\\rWriting at 0x' + hex + '... (50 %)\\n');
  if (manner === 'hangs') setInterval(() => {}, 1000);
  else {
    fs.writeSync(fd, bytes, 0, bytes.length, Number(files[index]));
    if (manner !== 'unverified') say('Hash of data verified.');
  }
  if (manner === 'hangs') break;
}
`,
    0o755,
  );
  const called = (): readonly { readonly args: readonly string[]; readonly modes: readonly number[] }[] =>
    existsSync(calls)
      ? readFileSync(calls, 'utf8')
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { args: string[]; modes: number[] })
      : [];
  return { path, flash, called };
}

async function flashed(program: string, options: Partial<EsptoolOptions> = {}) {
  const steps: FlashProgress[] = [];
  const result = await flashByEsptool({
    port: '/dev/ttyUSB7',
    plan: loadFlashPlan(merged),
    baudRate: 460_800,
    onProgress: (step) => void steps.push(step),
    programs: [program],
    ...options,
  });
  return { result, steps };
}

describe('flashByEsptool', () => {
  it.each([
    ['5.3.1', 'write-flash', '--flash-mode', 'default-reset', 'hard-reset'],
    ['4.12.0', 'write_flash', '--flash_mode', 'default_reset', 'hard_reset'],
  ] as const)(
    'writes with version %s, in its own spelling',
    async (version, command, mode, before, after) => {
      const fake = fakeEsptool(version);
      const { result, steps } = await flashed(fake.path);
      expect(result).toEqual({
        tool: `esptool v${version}`,
        chip: 'ESP32-S3 (QFN56) (revision v0.2)',
        mac: '7c:df:a1:00:11:22',
        baudRate: 460_800,
        regions: [{ name: 'merged.bin', offset: 0, sizeBytes: statSync(merged).size, state: 'written' }],
        restart: 'esptool',
      });
      const [call] = fake.called();
      const connection = ['--chip', 'esp32s3', '--port', '/dev/ttyUSB7', '--baud', '460800'];
      expect(call?.args.slice(0, 12)).toEqual([
        ...connection,
        '--before',
        before,
        '--after',
        after,
        command,
        mode,
      ]);
      // Headers stay as they are, or the SHA-256 behind the image would be wrong.
      expect(call?.args.filter((word) => word === 'keep')).toHaveLength(3);
      expect(readFileSync(fake.flash).subarray(0, statSync(merged).size).equals(readFileSync(merged))).toBe(
        true,
      );
      expect(steps.map(({ step }) => step)).toEqual(['connect', 'connected', 'write', 'written', 'restart']);
      const half = Math.floor(statSync(merged).size / 2);
      expect(steps[2]).toMatchObject({ name: 'merged.bin', writtenBytes: half });
    },
  );

  it('reads table and NVS from the chip, merges a network, and leaves no file and no password behind', async () => {
    const fake = fakeEsptool('5.3.1');
    await flashed(fake.path);
    const { result, steps } = await flashed(fake.path, {
      plan: loadFlashPlan(app),
      wifi: { ssid: 'LabNet', password: PASSWORD },
    });
    expect(result.regions.map(({ name, offset }) => [name, offset])).toEqual([
      ['nvs', 0x9000],
      ['app.bin', 0x10000],
    ]);
    const contents = readFileSync(fake.flash);
    expect(contents.subarray(0x9000, 0xf000).includes(PASSWORD)).toBe(true);
    expect(contents.subarray(0x10000, 0x10000 + statSync(app).size).equals(readFileSync(app))).toBe(true);

    const calls = fake.called();
    expect(calls.map(({ args }) => args.find((word) => word.endsWith('-flash')))).toEqual([
      'write-flash',
      'read-flash',
      'read-flash',
      'write-flash',
    ]);
    expect(calls.flatMap(({ modes }) => modes).every((mode) => mode === 0o600)).toBe(true);
    const files = calls.flatMap(({ args }) => args).filter((word) => word.endsWith('.bin'));
    expect(files.filter((file) => existsSync(dirname(file)))).toEqual([]);
    expect(JSON.stringify([result, steps, calls])).not.toContain(PASSWORD);
  });

  it('has the chip leave its loader behind a read, where nothing is written then', async () => {
    // A chip whose flash is empty has no partition table that would say where an application goes.
    const fake = fakeEsptool('5.3.1');
    await expect(flashed(fake.path, { plan: loadFlashPlan(app) })).rejects.toThrow();
    expect(fake.called().map(({ args }) => args.slice(8, 11))).toEqual([
      ['--after', 'hard-reset', 'read-flash'],
    ]);
  });

  it.each<[string, Manner, '4.12.0' | '5.3.1', string, RegExp]>([
    [
      'what version 5 says on stderr',
      'fails',
      '5.3.1',
      'HIL_FLASH_TOOL_FAILED',
      /^esptool v5\.3\.1 ended with exit code 2 while writing the flash: A fatal error occurred: Failed to connect to ESP32-S3: No serial data received\.$/,
    ],
    [
      'what version 4 says on stdout',
      'fails',
      '4.12.0',
      'HIL_FLASH_TOOL_FAILED',
      /^esptool v4\.12\.0 ended with exit code 2 .*: A fatal error occurred: Failed to connect/,
    ],
    [
      'the last line of a crash',
      'crashes',
      '5.3.1',
      'HIL_FLASH_TOOL_FAILED',
      /exit code 1 .*: ModuleNotFoundError: No module named serial\.$/,
    ],
    [
      'that it did not verify',
      'unverified',
      '5.3.1',
      'HIL_FLASH_TOOL_FAILED',
      /said of 0 regions that it verified them; expected 1\./,
    ],
    [
      'that it is no esptool',
      'mute',
      '5.3.1',
      'HIL_FLASH_TOOL_FAILED',
      /while telling its version; it did not say why\./,
    ],
  ])('passes on %s', async (_name, manner, version, code, message) => {
    await expect(flashed(fakeEsptool(version, manner).path)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('names the programs that it looked for', async () => {
    await expect(
      flashed('', { programs: [join(folder, 'esptool-none'), join(folder, 'esptool.py-none')] }),
    ).rejects.toMatchObject({
      code: 'HIL_FLASH_TOOL_MISSING',
      message: expect.stringMatching(/esptool-none and no .*esptool\.py-none/) as string,
    });
  });

  it('ends the program when it is interrupted, and says what that leaves', async () => {
    const ending = new AbortController();
    await expect(
      flashed(fakeEsptool('5.3.1', 'hangs').path, {
        signal: ending.signal,
        onProgress: ({ step }) => step === 'write' && ending.abort(),
      }),
    ).rejects.toMatchObject({
      code: 'HIL_FLASH_INTERRUPTED',
      message: expect.stringMatching(/half written/) as string,
    });
  });
});

describe('readEsptoolLine', () => {
  it.each([
    ['Writing at 0x00010000... (12 %)', { says: 'writing', address: 0x10000, percent: 12 }],
    ['Writing at 0000010000... (100 %)', { says: 'writing', address: 0x10000, percent: 100 }],
    [
      "Writing 'app 50%.bin' at 0x00010000 [>    ]   0.4% 16384/434612 bytes... ",
      { says: 'writing', address: 0x10000, percent: 0.4 },
    ],
    ['Wrote 434612 bytes (250000 compressed) at 0x00010000 in 3.0 seconds', undefined],
    ['BASE MAC: 7c:df:a1:00:11:22', undefined],
  ])('reads %s', (line, expected) => expect(readEsptoolLine(line)).toEqual(expected));
});

it('takes no reason from a program that gave none', () => {
  expect(failureIn('Connecting....\n', '\n')).toBeUndefined();
});
