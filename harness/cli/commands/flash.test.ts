/** Flashing, identity and boot as one chain: esptool-js writes into the virtual board, which then boots what was written. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startVirtualBoard,
  type VirtualBoard,
  type VirtualBoardOptions,
} from '../../../firmware/virtual-board';
import { fastClock } from '../../../firmware/virtual-board/testing/fast-clock';
import {
  flashBoard,
  loadFlashPlan,
  openSerialPort,
  type FlashProgress,
  type FlashResult,
  type SerialTransport,
} from '../../board';
import {
  buildImage,
  buildMerged,
  buildTable,
  describeApp,
  someApp,
  someBootloader,
  someTable,
} from '../../board/esp32s3/image/__fixtures__/build-image';
import { isHilError } from '../../errors';
import { systemClock } from '../../ports';
import { seededUniform } from '../../units';
import { flashCommand, type FlashArguments } from './flash';

const folder = mkdtempSync(join(tmpdir(), 'earshot-flash-test-'));
afterAll(() => rmSync(folder, { recursive: true }));
const fileWith = (name: string, bytes: Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
};

/** What an image must never let out: a key that was compiled in. */
const KEY = 'sk-kept-in-the-image';
const PASSWORD = 'hunter2hunter2';
const table = (ota = false): Buffer =>
  buildTable(
    ota
      ? [
          ...someTable.slice(0, 1),
          { label: 'otadata', type: 1, subtype: 0, offset: 0xf000, size: 0x2000 },
          { label: 'ota_0', type: 0, subtype: 0x10, offset: 0x20000, size: 0x100000 },
        ]
      : someTable,
  );
/** An application that does not shrink when it is packed, so that it goes out in many blocks. */
const longApp = (): Buffer => {
  const uniform = seededUniform(7);
  const noise = Buffer.from(Array.from({ length: 0x40000 }, () => Math.floor(uniform() * 256)));
  noise.write(KEY);
  return buildImage({
    segments: [
      { address: 0x3c140020, data: describeApp() },
      { address: 0x42000020, data: noise },
    ],
  });
};
const merged = fileWith(
  'merged.bin',
  buildMerged({ 0: someBootloader(), 0x8000: table(), 0x10000: someApp() }),
);
const long = fileWith('long.bin', buildMerged({ 0: someBootloader(), 0x8000: table(), 0x10000: longApp() }));
const otaMerged = fileWith(
  'ota.bin',
  buildMerged({ 0: someBootloader(), 0x8000: table(true), 0xf000: Buffer.alloc(32, 1), 0x20000: someApp() }),
);
const nextApp = fileWith(
  'app.bin',
  someApp(describeApp({ version: 'v2', elfSha256: 'abcdef012'.padEnd(64, '0') })),
);

const startBoard = (options: Partial<VirtualBoardOptions> = {}): Promise<VirtualBoard> =>
  startVirtualBoard(
    { dialect: 'realtime-ws', providerUrl: 'ws://127.0.0.1:9', ...options },
    // Its boots and slow erasures would hold the tests up.
    fastClock(10),
  );

/** An RFC 2217 server notices a moment later that its client has gone, and says until then that the port is in use. */
async function openOnceFree(path: string): Promise<SerialTransport> {
  for (;;) {
    try {
      return await openSerialPort({ path, baudRate: 115_200, clock: systemClock });
    } catch (thrown) {
      if (!isHilError(thrown) || thrown.code !== 'HIL_BOARD_PORT_BUSY' || !path.startsWith('rfc2217:'))
        throw thrown;
    }
  }
}

interface Flashing {
  readonly image: string;
  readonly path: string;
  readonly wifi?: boolean;
  readonly baudRate?: number;
  readonly onProgress?: (step: FlashProgress, end: () => void) => void;
}

/** Flashes over a port that it opens and closes, and hears what the board prints afterwards. */
async function flash({ image, path, wifi = false, baudRate = 921_600, onProgress }: Flashing) {
  const transport = await openOnceFree(path);
  const ending = new AbortController();
  const steps: FlashProgress[] = [];
  let booted: Promise<string> | undefined;
  try {
    const result = await flashBoard({
      transport,
      plan: loadFlashPlan(image),
      ...(wifi ? { wifi: { ssid: 'LabNet', password: PASSWORD } } : {}),
      baudRate,
      onProgress: (step) => {
        steps.push(step);
        if (step.step === 'restart') booted = printed(transport, /connected with .*\r\n/);
        onProgress?.(step, () => ending.abort());
      },
      signal: ending.signal,
      clock: systemClock,
    });
    return { result, steps, log: (await booted) ?? '' };
  } catch (thrown) {
    return { thrown: thrown as Error & { readonly code?: string }, steps };
  } finally {
    await transport.close();
  }
}

/** Resolves with everything that came once it matches. */
const printed = (transport: SerialTransport, pattern: RegExp): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    transport.onBytes((bytes) => {
      text += bytes.toString('latin1');
      if (pattern.test(text)) resolve(text);
    });
  });

const resultOf = (flashed: Awaited<ReturnType<typeof flash>>): FlashResult & { readonly log: string } => {
  if (flashed.result === undefined) throw flashed.thrown;
  return { ...flashed.result, log: flashed.log };
};
const statesOf = ({ regions }: FlashResult): readonly string[] =>
  regions.map(({ name, state }) => `${name} ${state}`);
const rfc2217Of = (board: VirtualBoard): string => `rfc2217://127.0.0.1:${board.rfc2217?.port ?? 0}`;

async function withBoard<T>(
  options: Partial<VirtualBoardOptions>,
  use: (board: VirtualBoard) => Promise<T>,
): Promise<T> {
  const board = await startBoard(options);
  try {
    return await use(board);
  } finally {
    await board.close();
  }
}

// Together: most of it is waiting for answers that do not come, and for the pauses of reset sequences.
describe('flashBoard on the virtual board', () => {
  it.concurrent(
    'over a pseudo-terminal: writes an image with a network, which boots; then an application alone; then nothing',
    async () => {
      const flashPath = join(folder, 'flash.bin');
      const inLoader = { startsInDownload: true, flashPath };
      const [first, next, again] = [
        resultOf(
          await withBoard(inLoader, ({ ptyPath }) => flash({ image: merged, path: ptyPath, wifi: true })),
        ),
        resultOf(
          await withBoard(inLoader, ({ ptyPath }) => flash({ image: nextApp, path: ptyPath, wifi: true })),
        ),
        resultOf(
          await withBoard(inLoader, ({ ptyPath }) => flash({ image: nextApp, path: ptyPath, wifi: true })),
        ),
      ];
      expect(first).toMatchObject({ baudRate: 921_600, mac: '02:00:5e:10:00:31', restart: 'watchdog' });
      expect(first.chip).toContain('ESP32-S3');
      expect(statesOf(first)).toEqual(['merged.bin written']);
      expect(first.log).toContain('ELF file SHA256:  0810d7fd3...');
      expect(first.log).toContain('connected with LabNet');

      expect(statesOf(next)).toEqual(['nvs same', 'app.bin written']);
      expect(next.regions[1]?.offset).toBe(0x10000);
      expect(next.log).toContain('App version:      v2');
      expect(next.log).toContain('ELF file SHA256:  abcdef012...');

      expect(statesOf(again)).toEqual(['nvs same', 'app.bin same']);
      expect(again.log).toContain('App version:      v2');
    },
  );

  it.concurrent(
    'over RFC 2217: resets the board into its loader and out of it, through noise and slow erasures; forgets the choice of a slot',
    async () =>
      withBoard({ rfc2217Port: 0, faults: ['loader-noise', 'loader-slow-erase'] }, async (board) => {
        const path = rfc2217Of(board);
        const first = resultOf(await flash({ image: otaMerged, path }));
        expect(first.restart).toBe('reset-line');
        expect(first.log).toMatch(/rst:0x1 \(POWERON\),boot:0x8/);
        const next = resultOf(await flash({ image: nextApp, path }));
        expect(next.regions.map(({ name, offset, state }) => [name, offset, state])).toEqual([
          ['otadata', 0xf000, 'written'],
          ['app.bin', 0x20000, 'written'],
        ]);
        expect(next.log).toContain('App version:      v2');
      }),
  );

  it.concurrent('over lines that go nowhere: the watchdog boots what the chip still waits beside', async () =>
    withBoard({ rfc2217Port: 0, modemWiring: 'none', startsInDownload: true }, async (board) => {
      const { restart, log } = resultOf(await flash({ image: merged, path: rfc2217Of(board) }));
      expect(restart).toBe('watchdog');
      expect(log).toMatch(/rst:0x10 \(RTCWDT_RTC_RST\),boot:0x8/);
    }),
  );

  it.concurrent.each([
    [
      'a line that garbles the answers above 460 800 baud',
      'loader-bad-line',
      921_600,
      460_800,
      /going over from 115200/,
    ],
    [
      'answers that are lost in the middle of a region',
      'loader-lost-replies',
      230_400,
      115_200,
      /writing long\.bin/,
    ],
  ])('goes on at half the rate: %s', async (_name, fault, baudRate, slower, because) =>
    withBoard({ rfc2217Port: 0, faults: [fault] }, async (board) => {
      const flashed = await flash({ image: long, path: rfc2217Of(board), baudRate });
      expect(resultOf(flashed)).toMatchObject({ baudRate: slower, regions: [{ state: 'written' }] });
      const slowed = flashed.steps.filter(({ step }) => step === 'slower');
      expect(slowed).toMatchObject([{ baudRate: slower, because: expect.stringMatching(because) as string }]);
    }),
  );

  it.concurrent('does not believe a write whose MD5 is wrong', async () =>
    withBoard({ startsInDownload: true, faults: ['loader-bad-md5'] }, async ({ ptyPath }) => {
      const { thrown } = await flash({ image: merged, path: ptyPath, baudRate: 115_200 });
      expect(thrown).toMatchObject({ code: 'HIL_FLASH_VERIFY' });
      expect(thrown?.message).toMatch(/does not hold merged\.bin at 0x0: its MD5 is [0-9a-f]{32}, expected/);
    }),
  );

  it.concurrent('says that nothing answers, and how the chip booted instead', async () =>
    withBoard({ dialect: 'idf-chat', providerUrl: 'http://127.0.0.1:9' }, async ({ ptyPath }) => {
      const { thrown } = await flash({ image: merged, path: ptyPath });
      expect(thrown).toMatchObject({ code: 'HIL_FLASH_NO_LOADER' });
      expect(thrown?.message).toMatch(/the port has no modem lines, so nothing was reset/);
    }),
  );

  it.concurrent('leaves a chip alone that would not boot what is written as it is', async () =>
    withBoard({ startsInDownload: true, faults: ['loader-encrypted'] }, async ({ ptyPath }) => {
      const { thrown, steps } = await flash({ image: merged, path: ptyPath });
      expect(thrown).toMatchObject({ code: 'HIL_FLASH_PROTECTED' });
      expect(thrown?.message).toContain('flash encryption');
      expect(steps.map(({ step }) => step)).toEqual(['connect']);
    }),
  );

  it.concurrent('refuses what does not fit, and lets the board boot what it had', async () =>
    withBoard({ rfc2217Port: 0, flashMegabytes: 1 }, async (board) => {
      const large = fileWith('large.bin', Buffer.concat([readFileSync(merged), Buffer.alloc(1 << 20, 0xff)]));
      const { thrown, steps } = await flash({ image: large, path: rfc2217Of(board) });
      expect(thrown).toMatchObject({ code: 'HIL_FLASH_NO_ROOM' });
      expect(steps.some(({ step }) => step === 'write')).toBe(false);
    }),
  );

  it.concurrent(
    'ends where it is when it is interrupted, says what that leaves, and the port is free at once',
    async () =>
      withBoard({ rfc2217Port: 0 }, async (board) => {
        const path = rfc2217Of(board);
        const early = await flash({
          image: long,
          path,
          onProgress: ({ step }, end) => step === 'connected' && end(),
        });
        expect(early.thrown).toMatchObject({
          code: 'HIL_FLASH_INTERRUPTED',
          message: expect.stringMatching(/before anything was written/) as string,
        });
        const late = await flash({
          image: long,
          path,
          onProgress: (step, end) => step.step === 'write' && step.writtenBytes > 100_000 && end(),
        });
        expect(late.thrown).toMatchObject({
          code: 'HIL_FLASH_INTERRUPTED',
          message: expect.stringMatching(/half written/) as string,
        });
        expect(late.steps.some(({ step }) => step === 'written')).toBe(false);
        expect(statesOf(resultOf(await flash({ image: long, path })))).toEqual(['long.bin written']);
      }),
  );
});

describe('earshot flash', () => {
  const run = async (args: Partial<FlashArguments>) => {
    let [stdout, stderr] = ['', ''];
    const terminal = {
      print: (text: string) => void (stdout += text),
      tell: (text: string) => void (stderr += text),
      signal: new AbortController().signal,
    };
    const all: FlashArguments = {
      image: merged,
      port: '/dev/ttyNONE',
      bench: undefined,
      board: undefined,
      baud: 921_600,
      tool: 'esptool-js',
      wifiSsid: undefined,
      wifiPasswordFile: undefined,
      force: false,
      wait: undefined,
      json: false,
      ...args,
    };
    return { exitCode: await flashCommand(all, terminal), stdout, stderr };
  };

  it.concurrent('prints one JSON object, progress beside it, and no secret anywhere', async () =>
    withBoard({ startsInDownload: true }, async ({ ptyPath }) => {
      const wifi = {
        wifiSsid: 'LabNet',
        wifiPasswordFile: fileWith('psw.txt', Buffer.from(`${PASSWORD}\n`)),
      };
      const { exitCode, stdout, stderr } = await run({ image: long, port: ptyPath, json: true, ...wifi });
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        schema: 'earshot/flash@1',
        port: ptyPath,
        image: { path: long, layout: 'merged', description: { project: 'openai_demo' } },
        tool: 'esptool-js',
        regions: [{ name: 'long.bin', offset: 0, state: 'written' }],
        restart: 'watchdog',
      });
      expect(stderr).toMatch(/long\.bin: \d+ bytes, written and verified/);
      for (const secret of [KEY, PASSWORD]) expect(stdout + stderr).not.toContain(secret);
    }),
  );

  it.concurrent(
    'writes what the flash holds already when it is forced to, and says so in words',
    async () => {
      const flashPath = join(folder, 'forced.bin');
      const inLoader = { startsInDownload: true, flashPath };
      await withBoard(inLoader, ({ ptyPath }) => run({ port: ptyPath }));
      const kept = await withBoard(inLoader, ({ ptyPath }) => run({ port: ptyPath }));
      expect(kept.stdout).toMatch(
        /ESP32-S3.*: 0 of 1 regions written at 921600 baud, all verified\. Restarted by its watchdog; its boot log names ELF 0810d7fd3\./,
      );
      expect(kept.stderr).toMatch(/merged\.bin: \d+ bytes, there already/);
      const forced = await withBoard(inLoader, ({ ptyPath }) => run({ port: ptyPath, force: true }));
      expect(forced.stdout).toContain('1 of 1 regions written');
    },
  );

  it.concurrent('survives a port that comes back under another path in the middle of a region', async () => {
    const consoleLink = join(folder, 'korvo-1');
    const faults = ['loader-reenumerates', 'reenumerates'];
    await withBoard({ startsInDownload: true, consoleLink, faults }, async ({ ptyPath }) => {
      const { exitCode, stdout, stderr } = await run({ image: long, port: consoleLink, json: true });
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        port: consoleLink,
        baudRate: 921_600,
        regions: [{ name: 'long.bin', state: 'written' }],
      });
      expect(stderr).toMatch(/port went away and came back\. Going on at 921600 baud\n/);
      expect(realpathSync(consoleLink)).not.toBe(ptyPath);
    });
    expect(existsSync(consoleLink)).toBe(false);
  });

  it.concurrent('survives one that its server loses at each start of the chip', async () =>
    withBoard({ rfc2217Port: 0, faults: ['reenumerates'] }, async (board) => {
      const { exitCode, stdout } = await run({ image: merged, port: rfc2217Of(board), json: true });
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ restart: 'reset-line', regions: [{ state: 'written' }] });
    }),
  );

  /** A bench with one board on this port. */
  const benchWith = (name: string, port: string, more = ''): string =>
    fileWith(
      name,
      Buffer.from(
        `schema: earshot/bench@1\nname: b\nboards:\n  - { name: korvo-1, kind: serial, dialect: openai-demo, port: '${port}'${more} }\n` +
          'provider: { kind: mock }\n',
      ),
    );

  it.concurrent('takes port and image of a board of a bench', async () =>
    withBoard({ startsInDownload: true }, async ({ ptyPath }) => {
      const bench = benchWith('flashed.yaml', ptyPath, `, image: '${merged}'`);
      const named = { image: undefined, port: undefined, bench };
      const { exitCode, stdout } = await run({ ...named, board: 'korvo-1', json: true });
      expect(exitCode).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ port: ptyPath, image: { path: merged } });
    }),
  );

  it('says that neither arguments nor bench name an image, a board or a port', async () => {
    const bench = benchWith('no-image.yaml', '/dev/ttyNONE');
    const named = { image: undefined, port: undefined, bench };
    await expect(run(named)).rejects.toThrow('There is no image to write: name one, and board korvo-1');
    await expect(run({ ...named, board: 'korvo-2' })).rejects.toThrow(/no board "korvo-2"; it has korvo-1/);
    await expect(run({ port: undefined })).rejects.toThrow(/^There is no port/);
    await expect(run({ port: 'serial:no such board' })).rejects.toMatchObject({
      code: 'HIL_BOARD_PORT_MISSING',
      message: expect.stringContaining('serial number no such board') as string,
    });
  });

  it.each<[string, Partial<FlashArguments>, string, RegExp]>([
    ['an image that is none', { image: __filename }, 'HIL_IMAGE_MALFORMED', /is no ESP image/],
    ['a file that is not there', { image: 'gone.bin' }, 'HIL_CONFIG_FILE_MISSING', /gone\.bin/],
    ['a port that is not there', {}, 'HIL_BOARD_PORT_MISSING', /ttyNONE/],
    ['a network without a password', { wifiSsid: 'LabNet' }, 'HIL_CONFIG_USAGE', /EARSHOT_WIFI_PASSWORD/],
    [
      'a password without a network',
      { wifiPasswordFile: merged },
      'HIL_CONFIG_USAGE',
      /goes with --wifi-ssid/,
    ],
    [
      'a network name that is too long',
      { wifiSsid: 'n'.repeat(33), wifiPasswordFile: nextApp },
      'HIL_CONFIG_USAGE',
      /1 to 32 bytes/,
    ],
    [
      'a password that is too long, without telling it',
      { wifiSsid: 'LabNet', wifiPasswordFile: fileWith('long.txt', Buffer.from('secret'.repeat(11))) },
      'HIL_CONFIG_USAGE',
      /^A Wi-Fi password has at most 64 bytes\.$/,
    ],
    [
      'a password file that is not there',
      { wifiSsid: 'LabNet', wifiPasswordFile: 'gone.txt' },
      'HIL_CONFIG_FILE_MISSING',
      /gone\.txt/,
    ],
  ])('refuses %s', async (_name, args, code, message) => {
    await expect(run(args)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});
