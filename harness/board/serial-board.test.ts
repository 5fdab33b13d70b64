import { mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Board, type BoardEvent } from '../ports';
import { openScriptedBoard, type ScriptedBoard } from './__fixtures__/scripted-board';
import { consoleStream } from './__fixtures__/console-stream';
import { boardContract } from './board.contract';
import { dialectByName } from './dialect';
import { readAppImage } from './esp32s3/image';
import { describeApp, someApp, someElfSha256 } from './esp32s3/image/__fixtures__/build-image';
import { openSerialBoard, type SerialBoardOptions } from './open-serial-board';
import { resetSteps } from './reset';
import type { SerialTransport } from './serial';

const openBoard = (scripted: ScriptedBoard, options: Partial<SerialBoardOptions> = {}): Promise<Board> =>
  openSerialBoard({
    name: 'korvo-1',
    model: 'ESP32-S3-Korvo-2',
    port: scripted.path,
    baudRate: 115_200,
    dialect: dialectByName('realtime-ws'),
    bootTimeoutMs: 5000,
    sessionTimeoutMs: 5000,
    clock: systemClock,
    resetLine: scripted,
    ...options,
  });

boardContract('serial board on a scripted peer', async () => {
  const scripted = openScriptedBoard();
  const board = await openBoard(scripted);
  return {
    board,
    causeLightOn: () => {
      scripted.print('tool-calls.txt');
      return Promise.resolve();
    },
    unplug: () => {
      scripted.unplug();
      return Promise.resolve();
    },
    close: async () => {
      await board.close();
      scripted.unplug();
    },
  };
});

describe('SerialBoard', () => {
  let scripted: ScriptedBoard;
  const opened: Board[] = [];
  const open = async (options?: Partial<SerialBoardOptions>) => {
    const board = await openBoard(scripted, options);
    opened.push(board);
    return board;
  };
  const event = (board: Board, type: BoardEvent['type']) =>
    new Promise<BoardEvent>((resolve) =>
      board.onEvent((one) => {
        if (one.type === type) resolve(one);
      }),
    );

  beforeEach(() => {
    scripted = openScriptedBoard();
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((board) => board.close()));
    scripted.unplug();
  });

  it('does not blame a board whose boot cannot be read', async () => {
    const board = await open({ bootTimeoutMs: 200 });
    scripted.onReset = ['wrong-rate.bin'];
    await expect(board.reset()).rejects.toMatchObject({ code: 'HIL_BOARD_CONSOLE_GARBLED', origin: 'bench' });
  });

  it('types commands, and knows by their echo that they arrived', async () => {
    const board = await open();
    await board.reset();
    await board.send('no-such-command');
    expect(scripted.typed).toEqual(['no-such-command']);
  });

  it('refuses the firmware of another project', async () => {
    const board = await open();
    scripted.onReset = ['boot-other-project.bin'];
    await expect(board.reset()).rejects.toMatchObject({
      code: 'HIL_BOARD_WRONG_DIALECT',
      facts: { project: 'openai_demo', expectedProject: 'realtime_ws' },
    });
  });

  describe('with an image under test', () => {
    const underTest = (elfSha256: string) => ({
      path: 'build/app.bin',
      description: readAppImage({
        name: 'app.bin',
        bytes: someApp(describeApp({ project: 'realtime_ws', version: '1.4.0', elfSha256 })),
      }).app,
    });

    it('takes a board that boots it', async () => {
      const board = await open({ image: underTest(someElfSha256) });
      await expect(board.reset()).resolves.toBeUndefined();
    });

    it('says so, and not that the board failed, when another build of the same version runs', async () => {
      const board = await open({ image: underTest('ff'.repeat(32)) });
      await expect(board.reset()).rejects.toMatchObject({
        code: 'HIL_BOARD_OTHER_FIRMWARE',
        origin: 'bench',
        message:
          'The firmware that runs on board korvo-1 is not the image under test, build/app.bin: ELF SHA-256 0810d7fd3, expected fffffffff.',
      });
    });

    it('takes nothing on trust from a boot that prints no hash, whatever the one before it printed', async () => {
      const board = await open({ image: underTest(someElfSha256) });
      await board.reset();
      scripted.reset = () => {
        const boot = consoleStream('boot-realtime-ws.bin').toString('latin1');
        scripted.printText(boot.replace(/^[^\n]*ELF file SHA256[^\n]*\n/m, ''));
        return Promise.resolve();
      };
      await expect(board.reset()).rejects.toMatchObject({
        code: 'HIL_BOARD_FIRMWARE_UNKNOWN',
        message:
          'Nothing shows that board korvo-1 runs the image under test, build/app.bin. The board printed no SHA-256 of its ELF.',
      });
    });
  });

  it('tells the last line of a boot that stops', async () => {
    const board = await open({ bootTimeoutMs: 50 });
    scripted.onReset = ['reset-mid-line.bin'];
    await expect(board.reset()).rejects.toMatchObject({
      code: 'HIL_BOARD_NO_BOOT',
      message:
        'Board korvo-1 did not start its application within 50 ms of its reset; ' +
        'it booted 1 times and last printed "entry 0x403c8928".',
    });
  });

  it('tells a board that prints nothing', async () => {
    const board = await open({ bootTimeoutMs: 50 });
    scripted.onReset = [];
    await expect(board.reset()).rejects.toThrow('it printed nothing');
  });

  it('fails the start of a session at once when the board crashes', async () => {
    const board = await open();
    scripted.onReset = ['boot-realtime-ws.bin'];
    await board.reset();
    const session = board.startSession();
    const fault = event(board, 'fault');
    scripted.print('panic-gdb-stub.txt');
    await expect(session).rejects.toMatchObject({
      code: 'HIL_BOARD_PANIC',
      facts: { endState: 'gdb-stub' },
    });
    expect(await fault).toMatchObject({ boot: 1, error: { code: 'HIL_BOARD_PANIC' } });
    await expect(board.startSession()).rejects.toMatchObject({ code: 'HIL_BOARD_PANIC' });
  });

  it('fails the end of a session by the crash that the command caused, not by the echo that a crashed board owes', async () => {
    const board = await open();
    await board.reset();
    await board.startSession();
    scripted.crashWhenTyped = 'panic-gdb-stub.txt';
    await expect(board.stopSession()).rejects.toMatchObject({ code: 'HIL_BOARD_PANIC', origin: 'board' });
  });

  it('recovers from a crash by a reset', async () => {
    const board = await open();
    await board.reset();
    const fault = event(board, 'fault');
    scripted.print('panic-gdb-stub.txt');
    await fault;
    await board.reset();
    await board.startSession();
    expect(board.events.filter(({ type }) => type === 'fault')).toHaveLength(1);
  });

  it('counts a crash that a reset cuts short to the boot before', async () => {
    const board = await open();
    await board.reset();
    scripted.printText(
      "\r\nGuru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n",
    );
    await board.reset();
    expect(board.events.filter(({ type }) => type === 'fault')).toMatchObject([
      { boot: 1, error: { facts: { reason: 'LoadProhibited', endState: 'rebooted' } } },
    ]);
  });

  it('tells the last complaint when a session does not open', async () => {
    const board = await open({ sessionTimeoutMs: 100 });
    scripted.onReset = ['boot-realtime-ws.bin'];
    await board.reset();
    const complaint = event(board, 'complaint');
    const session = board.startSession();
    scripted.printText('E (3400) REALTIME_WS: Connect failed: ECONNREFUSED\r\n');
    await complaint;
    await expect(session).rejects.toMatchObject({
      code: 'HIL_BOARD_SESSION_TIMEOUT',
      message:
        'Board korvo-1 did not open its provider session within 100 ms; ' +
        'it complained "Connect failed: ECONNREFUSED".',
    });
  });

  it('sends start only to a firmware whose session has ended', async () => {
    const board = await open();
    await board.reset();
    await board.startSession();
    expect(scripted.typed).toEqual([]);
    await board.stopSession();
    await board.startSession();
    expect(scripted.typed).toEqual(['stop', 'start']);
  });

  it('gives the error of its reset line', async () => {
    const reset = () => Promise.reject(new Error('relay is stuck'));
    const board = await open({ resetLine: { reset } });
    await expect(board.reset()).rejects.toThrow('relay is stuck');
  });

  it('recognises a boot whose banner was lost on the way', async () => {
    const board = await open();
    scripted.onReset = [];
    const reset = board.reset();
    const released = new Promise((resolve) => setImmediate(resolve));
    await released;
    scripted.printText('I (977) app_init: Project name:     realtime_ws\r\n');
    scripted.printText('I (999) efuse_init: Min chip rev:     v0.0\r\nI (1080) Board: Init board.\r\n');
    await reset;
    expect(board.firmware).toEqual({ project: 'realtime_ws' });
  });

  it('waits for the session of a boot whose banner was lost', async () => {
    const board = await open();
    await board.reset();
    await board.startSession();
    scripted.onReset = [];
    const reset = board.reset();
    await new Promise((resolve) => setImmediate(resolve));
    scripted.printText('I (977) app_init: Project name:     realtime_ws\r\n');
    scripted.printText('I (999) efuse_init: Min chip rev:     v0.0\r\nI (1080) Board: Init board.\r\n');
    await reset;
    let isReady = false;
    const session = board.startSession().then(() => (isReady = true));
    await board.console.expect(/Init board/, { withinMs: 1, from: 0 });
    expect(isReady).toBe(false);
    scripted.printText('I (3600) OPENAI_APP: Realtime session.updated (tools/config applied)\r\n');
    await session;
    expect(scripted.typed).toEqual([]);
  });

  it('forgets a crash at a reset whose banner was lost', async () => {
    const board = await open();
    await board.reset();
    const fault = event(board, 'fault');
    scripted.print('panic-gdb-stub.txt');
    await fault;
    scripted.onReset = [];
    const reset = board.reset();
    await new Promise((resolve) => setImmediate(resolve));
    scripted.printText('\r\nI (977) app_init: Project name:     realtime_ws\r\n');
    scripted.printText('I (999) efuse_init: Min chip rev:     v0.0\r\nI (1080) Board: Init board.\r\n');
    await reset;
    scripted.print('session-realtime-ws.txt');
    await board.startSession();
  });

  it('tells a reboot of its own by the clock of the board when the banner was lost', async () => {
    const board = await open();
    await board.reset();
    await board.startSession();
    const firstEvent = board.events.length;
    const rebooted = event(board, 'boot');
    scripted.printText('I (27) boot: ESP-IDF v5.4.2 2nd stage bootloader\r\n');
    expect(await rebooted).toMatchObject({ boot: 2, resetCause: 'unknown, its banner was lost' });
    const session = board.startSession();
    scripted.print('session-realtime-ws.txt');
    await session;
    const [ended, ...ofNewBoot] = board.events.slice(firstEvent);
    expect(ended).toMatchObject({ type: 'boot-ended', boot: 1, session: { endedBy: 'unknown' } });
    expect(new Set(ofNewBoot.map(({ boot }) => boot))).toEqual(new Set([2]));
  });

  describe('whose port goes and comes back', () => {
    let folder: string;
    let link: string;
    const plugIn = (): ScriptedBoard => {
      const plugged = openScriptedBoard();
      symlinkSync(plugged.path, `${link}.new`);
      renameSync(`${link}.new`, link);
      return plugged;
    };
    /** The board behind a link that leads to another terminal from now on. */
    const comeBack = (): ScriptedBoard => {
      const gone = scripted;
      scripted = plugIn();
      gone.unplug();
      return scripted;
    };
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'earshot-gap-'));
      link = join(folder, 'board');
      scripted.unplug();
      scripted = plugIn();
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const openLinked = (options: Partial<SerialBoardOptions> = {}) =>
      open({ port: link, reattachMs: 20_000, resetLine: { reset: () => scripted.reset() }, ...options });

    it('goes on, tells of the gap, and resets as ever', async () => {
      const board = await openLinked();
      const losses: Error[] = [];
      board.onLost((error) => void losses.push(error));
      await board.reset();
      const gap = event(board, 'console-gap');
      comeBack();
      expect(await gap).toMatchObject({ boot: 1, byteOffset: board.console.receivedBytes });
      await board.reset();
      await board.startSession();
      expect(losses).toEqual([]);
    });

    it('does not blame the board for a session that may have opened meanwhile', async () => {
      const board = await openLinked({ sessionTimeoutMs: 1500 });
      scripted.onReset = ['boot-realtime-ws.bin'];
      await board.reset();
      const gap = event(board, 'console-gap');
      const session = expect(board.startSession()).rejects.toMatchObject({
        code: 'HIL_BOARD_CONSOLE_GAP',
        origin: 'bench',
      });
      comeBack();
      await gap;
      await session;
    });

    it('is reset once more by its lines where its port went with its power, since that boot was not seen', async () => {
      const transport = { path: link } as SerialTransport;
      const lines: boolean[] = [];
      const presence = {
        gapCount: 0,
        patiently: <T>(work: () => Promise<T>) => work(),
        present: () => Promise.resolve(),
      };
      const power = {
        name: 'relay',
        cycle: () => {
          presence.gapCount += 1;
          return Promise.resolve();
        },
      };
      const setModemLines = ({ rts }: { readonly rts: boolean }) => {
        lines.push(rts);
        return Promise.resolve(true);
      };
      const [step] = resetSteps(['power'], {
        transport: { ...transport, setModemLines },
        presence,
        baudRate: 115_200,
        clock: systemClock,
        usb: undefined,
        power,
        isEmulatedPort: false,
      });
      expect(await step?.run(() => undefined)).toBe(true);
      expect(lines).toEqual([false, true, false]);
    });
  });
});
