/** Flashing as a person does it: write, boot exactly that, be refused a verdict on another image; Ctrl-C; an esptool that is installed, or not. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildMerged,
  buildTable,
  describeApp,
  someApp,
  someBootloader,
  someTable,
} from '../board/esp32s3/image/__fixtures__/build-image';
import { temporaryFolder, writeBench } from './__fixtures__/bench-files';
import { ending, runBench, runEarshot, startEarshot } from './__fixtures__/run-earshot';

jest.setTimeout(120_000);

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const imageOf = (name: string, elfSha256: string): string => {
  const path = join(folder, name);
  const app = someApp(
    describeApp({ project: 'http_ai_client', version: '1.0.0', elfSha256: elfSha256.padEnd(64, '0') }),
  );
  writeFileSync(path, buildMerged({ 0: someBootloader(), 0x8000: buildTable(someTable), 0x10000: app }));
  return path;
};
const flashedImage = imageOf('flashed.bin', 'abcdef012');
const otherImage = imageOf('other.bin', '123456789');

interface StartedBoard {
  readonly ptyPath: string;
  readonly rfc2217?: { readonly port: number };
}

/** Gives a simulated board, started by the command, to what needs one. */
async function withBoard<T>(
  options: readonly string[],
  use: (board: StartedBoard) => Promise<T>,
): Promise<T> {
  const child = startEarshot([
    'virtual-board',
    '--json',
    ...['--dialect', 'idf-chat', '--provider-url', 'http://127.0.0.1:9'],
    ...options,
  ]);
  const ended = ending(child);
  try {
    const ready = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('\n')) resolve(text);
      });
      child.once('exit', (code) => reject(new Error(`the board ended with ${code}`)));
    });
    return await use(JSON.parse(ready) as StartedBoard);
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

it('flashes a board, which boots that, so that a run on another image is not judged', async () =>
  withBoard(['--rfc2217', '0'], async (board) => {
    const port = `rfc2217://127.0.0.1:${board.rfc2217?.port ?? 0}`;
    const flashed = await runEarshot(['flash', flashedImage, '--port', port, '--json']);
    expect({ exitCode: flashed.exitCode, stderr: flashed.stderr }).toMatchObject({ exitCode: 0 });
    expect(JSON.parse(flashed.stdout)).toMatchObject({
      schema: 'earshot/flash@1',
      image: { description: { elfSha256: 'abcdef012'.padEnd(64, '0') } },
      regions: [{ state: 'written' }],
      restart: 'reset-line',
    });
    const bench = writeBench(
      ['provider: { protocol: siliconflow }'],
      [`  - { name: board-1, kind: serial, dialect: idf-chat, port: '${port}', image: ${otherImage} }`],
    );
    const run = await runBench(['--bench', bench, '--suite', 'text-chat', '--turns', '1']);
    expect([...new Set(run.summary.findings.map(({ code }) => code))]).toEqual(['HIL_BOARD_OTHER_FIRMWARE']);
    expect(run.summary).toMatchObject({ outcome: 'not-judged' });
    expect(run.summary.why).toMatch(
      /is not the image under test, .*other\.bin: .*abcdef012.*, expected 123456789/,
    );
    expect(run.exitCode).toBe(3);
  }));

it('ends on Ctrl-C, says that the flash is half written, and leaves the port free', async () =>
  // The chip erases for two seconds before it takes the first block.
  withBoard(['--download', '--fault', 'loader-slow-erase'], async ({ ptyPath }) => {
    const args = ['flash', flashedImage, '--port', ptyPath];
    const child = startEarshot(args);
    child.stderr?.on('data', (chunk: Buffer) => {
      if (chunk.includes('writing')) child.kill('SIGINT');
    });
    const { exitCode, stderr, stdout } = await ending(child);
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/half written.*HIL_FLASH_INTERRUPTED/s);
    expect(stdout).toBe('');
    expect((await runEarshot(args)).stdout).toMatch(/1 of 1 regions written .* all verified/);
  }));

describe('--tool esptool', () => {
  const args = ['flash', flashedImage, '--port', '/dev/ttyUSB7', '--tool', 'esptool'];

  it('asks for an esptool where there is none', async () => {
    const { exitCode, stderr } = await runEarshot(args, { PATH: folder });
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/There is no esptool and no esptool\.py on this machine\./);
  });

  it('passes on what the installed one says', async () => {
    const says = 'A fatal error occurred: Could not open /dev/ttyUSB7, the port is busy.';
    const script = `#!/bin/sh\n[ "$1" = version ] && echo 'esptool v5.3.1' && exit 0\necho '${says}' >&2\nexit 2\n`;
    writeFileSync(join(folder, 'esptool'), script, { mode: 0o755 });
    const { exitCode, stderr } = await runEarshot(args, { PATH: `${folder}:/bin:/usr/bin` });
    expect(exitCode).toBe(3);
    expect(stderr).toContain(`esptool v5.3.1 ended with exit code 2 while writing the flash: ${says}`);
  });

  const isInstalled = ['esptool', 'esptool.py'].some((name) => spawnSync(name, ['version']).status === 0);
  const itWithEsptool = isInstalled ? it : it.skip;
  itWithEsptool('writes into the virtual board by the real esptool (needs `pip install esptool`)', async () =>
    withBoard(['--rfc2217', '0'], async (board) => {
      const port = `rfc2217://127.0.0.1:${board.rfc2217?.port ?? 0}`;
      const flashed = await runEarshot([
        'flash',
        flashedImage,
        '--port',
        port,
        '--tool',
        'esptool',
        '--json',
      ]);
      expect({ exitCode: flashed.exitCode, stderr: flashed.stderr }).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(flashed.stdout)).toMatchObject({
        restart: 'esptool',
        regions: [{ state: 'written' }],
      });
      const again = await runEarshot(['flash', flashedImage, '--port', port, '--json']);
      expect(JSON.parse(again.stdout)).toMatchObject({ regions: [{ state: 'same' }] });
    }),
  );
});
