import { mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import {
  startVirtualBoard,
  type VirtualBoard,
  type VirtualBoardOptions,
} from '../../../firmware/virtual-board';
import { ControlClient } from '../../../firmware/virtual-board/testing/control-client';
import { fastClock } from '../../../firmware/virtual-board/testing/fast-clock';
import { consoleStream } from '../../board/__fixtures__/console-stream';
import { openTestPty, type TestPty } from '../../board/__fixtures__/test-pty';
import { packageRoot } from '../../config';
import { systemClock, type Clock } from '../../ports';
import { monitorCommand, type MonitorArguments } from './monitor';

let pty: TestPty;
let folder: string;
beforeEach(() => {
  pty = openTestPty();
  folder = mkdtempSync(join(tmpdir(), 'earshot-monitor-'));
});
afterEach(() => {
  pty.close();
  rmSync(folder, { recursive: true });
});

/** A monitor with a person before it, who reads what it prints and types. */
function monitoring(args: Partial<MonitorArguments> = {}, clock: Clock = systemClock) {
  const input = new PassThrough();
  let printed = '';
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const waiting = new Set<() => void>();
  const print = (text: string): void => {
    printed += text;
    for (const ask of waiting) ask();
  };
  const exit = monitorCommand(
    {
      port: pty.path,
      bench: undefined,
      board: undefined,
      baudRate: undefined,
      elf: undefined,
      image: undefined,
      reset: false,
      wait: undefined,
      timestamps: false,
      json: false,
      log: undefined,
      ...args,
    },
    { input, print, ended },
    clock,
  );
  const shows = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      exit.then(() => reject(new Error(`It ended, having printed:\n${printed}`)), reject);
      const ask = (): void => {
        if (!pattern.test(printed)) return;
        waiting.delete(ask);
        resolve(printed);
      };
      waiting.add(ask);
      ask();
    });
  return {
    exit,
    end,
    type: (line: string) => input.write(`${line}\n`),
    printed: () => printed,
    shows,
    /** What a board prints before is not there any more: opening a port empties it. */
    opened: () => shows(/at 115200 baud|"opened"/),
    events: () =>
      printed
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown> & { readonly type: string }),
  };
}

describe('earshot monitor', () => {
  it('shows boots with their cause, decodes a crash as it comes, and ends with 0', async () => {
    const { exit, end, shows, opened } = monitoring();
    await opened();
    pty.write(Buffer.concat([consoleStream('boot-realtime-ws.bin'), consoleStream('panic-reboot.txt')]));
    const text = await shows(/signature [0-9a-f]{12} /);
    expect(text).toMatch(/──── boot 1 ────\nESP-ROM:esp32s3-20210327\n/);
    expect(text).toMatch(/──── boot 1: power on/);
    expect(text).toContain('Crash in line');
    expect(text).toContain('no ELF of the firmware is known');
    expect(text).toContain('#0  0x42009a1b');
    end();
    expect(await exit).toBe(0);
  });

  it('begins each line with the time of day when it is asked to', async () => {
    const { shows, opened, end, exit } = monitoring({ timestamps: true });
    await opened();
    pty.write(Buffer.from('hello\r\n'));
    expect(await shows(/hello/)).toMatch(/^\d\d:\d\d:\d\d\.\d{3} {2}hello$/m);
    end();
    await exit;
  });

  it('prints one event a line as JSON, and keeps the raw bytes', async () => {
    const log = join(folder, 'console.log');
    const { shows, opened: open, end, exit, events } = monitoring({ json: true, log });
    await open();
    const bytes = consoleStream('panic-gdb-stub.txt');
    pty.write(bytes);
    await shows(/"type":"crash"/);
    end();
    await exit;
    const [opened, ...rest] = events();
    expect(opened).toMatchObject({ schema: 'earshot/monitor@1', type: 'opened', port: pty.path });
    expect(rest.filter(({ type }) => type === 'crash')).toMatchObject([
      { endState: 'gdb-stub', kind: 'crash', signature: { basis: 'addresses' } },
    ]);
    expect(rest.every(({ hostAtMs }) => typeof hostAtMs === 'number')).toBe(true);
    expect(readFileSync(log)).toEqual(bytes);
  });

  it('masks secrets on the terminal and in the log, also one that comes in pieces or stays unfinished', async () => {
    const log = join(folder, 'console.log');
    process.env['MONITOR_TEST_API_KEY'] = 'canary-of-the-monitor';
    try {
      const { shows, opened, end, exit, printed } = monitoring({ log });
      await opened();
      pty.write(Buffer.from('one\r\nkey canary-of'));
      await shows(/^one$/m);
      pty.write(Buffer.from('-the-monitor\r\ntwo\r\nesp> canary-of-the-monitor'));
      await shows(/^two$/m);
      end();
      await exit;
      expect(printed()).toContain('\nkey ***\n');
      expect(printed()).not.toContain('canary');
      expect(readFileSync(log, 'utf8')).toBe('one\r\nkey ***\r\ntwo\r\nesp> ***');
    } finally {
      delete process.env['MONITOR_TEST_API_KEY'];
    }
  });

  it('goes on with a port that went and came back, and tells of the gap', async () => {
    const link = join(folder, 'board');
    symlinkSync(pty.path, link);
    const { shows, opened, end, exit, printed } = monitoring({ port: link });
    await opened();
    pty.write(Buffer.from('half a li'));
    const gone = pty;
    pty = openTestPty();
    symlinkSync(pty.path, `${link}.new`);
    renameSync(`${link}.new`, link);
    gone.close();
    await shows(/──── port away for \d+ ms: .+ ────/);
    pty.write(Buffer.from('new\r\n'));
    await shows(/^new$/m);
    expect(printed()).not.toContain('linew');
    end();
    expect(await exit).toBe(0);
  });

  it('types a line on a console that echoes it', async () => {
    const { type, shows, end, exit, events } = monitoring({ json: true });
    pty.onTyped((bytes) => pty.write(Buffer.from(bytes.toString().replace('\n', '\r\nesp> '))));
    type('help');
    await shows(/"type":"typed"/);
    end();
    await exit;
    expect(events().find(({ type: each }) => each === 'typed')).toMatchObject({ text: 'help' });
    expect(events().find(({ type: each }) => each === 'typed')).not.toHaveProperty('refused');
  });

  it('refuses to type on a console that is output-only, and says so', async () => {
    const typed: string[] = [];
    pty.onTyped((bytes) => typed.push(bytes.toString()));
    const { type, shows, end, exit } = monitoring();
    type('start');
    type('stop');
    const text = await shows(/"stop" not taken: .+: "stop" was not typed\. Use the UART connector/);
    expect(text).toMatch(
      /"start" not taken: .+: "start" was not echoed within 2000 ms, nor anything else printed: it may hang as well\./,
    );
    expect(typed.join('')).toBe('\nstart\n');
    end();
    await exit;
  });

  it('follows a board whose port enumerates anew at each reset, by its link', async () => {
    const consoleLink = join(folder, 'atoms3r');
    const of = { dialect: 'idf-chat', providerUrl: 'http://127.0.0.1:9', rfc2217Port: 0 } as const;
    const board = await startVirtualBoard({ ...of, consoleLink, faults: ['reenumerates'] }, fastClock(10));
    const { shows, opened, end, exit } = monitoring({ port: consoleLink });
    await opened();
    const control = await ControlClient.open(board.control);
    await control.ask({ id: 1, op: 'reset' });
    await shows(/──── port away for \d+ ms: /);
    await control.ask({ id: 2, op: 'fault', name: 'reenumerates', on: false });
    await control.ask({ id: 3, op: 'reset' });
    await shows(/port away [^]*ESP-ROM:[^]*main_task: Calling app_main\(\)/);
    end();
    expect(await exit).toBe(0);
    control.close();
    await board.close();
  });

  describe('of a virtual board behind RFC 2217', () => {
    /** Time of the monitor passes so much faster, and that of the board twice as fast again. */
    const QUICKER = 5;
    const paced = (factor: number): Clock => ({
      nowMs: () => systemClock.nowMs() * factor,
      after: (delayMs, callback) => systemClock.after(delayMs / factor, callback),
    });
    const quick = paced(QUICKER);
    /** The ROM says within 300 ms what it does: more of them for a machine that does something else meanwhile. */
    const patient = paced(1 / 3);
    const of = { dialect: 'idf-chat', providerUrl: 'http://127.0.0.1:9', rfc2217Port: 0 } as const;
    let board: VirtualBoard;
    const powerOn = async (wiring: Pick<VirtualBoardOptions, 'modemWiring'>) => {
      board = await startVirtualBoard({ ...of, ...wiring }, fastClock(2 * QUICKER));
      return `rfc2217://127.0.0.1:${board.rfc2217?.port ?? 0}`;
    };
    afterEach(() => board.close());

    it("resets it by its bench's steps, and tells what each brought", async () => {
      const port = await powerOn({});
      const bench = join(folder, 'bench.yaml');
      writeFileSync(
        bench,
        `schema: earshot/bench@1\nname: b\nprovider: { kind: mock }\nboards:\n  - name: far\n    kind: serial\n    dialect: idf-chat\n` +
          `    port: ${port}\n    reset: [tight, hard]\n`,
      );
      const args = { port: undefined, bench, reset: true, json: true };
      const { shows, end, exit, events } = monitoring(args, patient);
      await shows(/"outcome":"booted"/);
      end();
      expect(await exit).toBe(0);
      expect(events().filter(({ type }) => type === 'reset-step')).toMatchObject([
        { step: 'tight', outcome: 'download', text: 'tight: it waits for a download' },
        { step: 'hard', outcome: 'booted' },
      ]);
    });

    it('goes on showing a board that no step resets', async () => {
      const port = await powerOn({ modemWiring: 'none' });
      // What it prints at power-on would be taken for a boot where it comes late.
      const control = await ControlClient.open(board.control);
      await control.ask({ id: 1, op: 'power', on: false });
      control.close();
      const { shows, end, exit } = monitoring({ port, reset: true }, quick);
      const text = await shows(
        /──── HIL_BOARD_RESET_FAILED: Board .* could not be reset; tried hard: .*hard-slow/,
      );
      expect(text).toMatch(/──── reset by hard-slow: it /);
      end();
      expect(await exit).toBe(0);
    });
  });

  it('says that a port has gone, and that one which cannot be reset cannot', async () => {
    await expect(monitoring({ reset: true }).exit).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_FAILED' });
    const { exit, shows, opened } = monitoring();
    await opened();
    pty.write(Buffer.from('going\r\n'));
    await shows(/going/);
    pty.close();
    await expect(exit).rejects.toMatchObject({ code: 'HIL_BOARD_PORT_LOST' });
  });

  it.each<[string, Partial<MonitorArguments>, string, RegExp]>([
    ['no port', { port: undefined }, 'HIL_CONFIG_USAGE', /There is no port/],
    [
      'a virtual board of a bench',
      { port: undefined, bench: join(packageRoot(), 'fixtures/benches/virtual.yaml') },
      'HIL_CONFIG_USAGE',
      /exists in a run only/,
    ],
    ['an ELF that is not there', { elf: 'gone.elf' }, 'HIL_CONFIG_FILE_MISSING', /There is no ELF gone\.elf/],
    ['a log in no folder', { log: '/no/such/folder/a.log' }, 'HIL_CONFIG_USAGE', /cannot be written/],
  ])('refuses %s', async (_, args, code, message) => {
    await expect(monitoring(args).exit).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });
});
