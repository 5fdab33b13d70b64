/** Resets of MicroPython on native USB, which prints no ROM banner and no stamps (device.md section 8). */
import { systemClock, type Board, type BoardEvent } from '../ports';
import { consoleStream } from './__fixtures__/console-stream';
import { ManualClock } from './__fixtures__/manual-clock';
import { openTestPty, type TestPty } from './__fixtures__/test-pty';
import { dialectByName } from './dialect';
import { openSerialBoard } from './open-serial-board';
import { replResetLine, type ResetLine, type SerialTransport } from './serial';

const CTRL_C = 3;
const CTRL_D = 4;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

function openPty(): TestPty {
  const pty = openTestPty();
  closers.push(() => pty.close());
  return pty;
}

/** A board on a pseudo-terminal whose reset makes it print. */
async function boardThat(prints: readonly string[], bootTimeoutMs = 2000) {
  const pty = openPty();
  let whenReleased = (): void => undefined;
  const released = new Promise<void>((resolve) => (whenReleased = resolve));
  const resetLine: ResetLine = {
    reset: () => {
      // After it has been let go, as on USB: nothing of the boot can be in hand by then.
      setImmediate(() => {
        for (const file of prints) pty.write(consoleStream(file));
        whenReleased();
      });
      return Promise.resolve();
    },
  };
  const board = await openSerialBoard({
    name: 'feather-1',
    model: 'ESP32-S3',
    port: pty.path,
    baudRate: 115_200,
    dialect: dialectByName('micropython-chat'),
    bootTimeoutMs,
    sessionTimeoutMs: 2000,
    clock: systemClock,
    resetLine,
  });
  closers.push(() => board.close());
  return { board, pty, released };
}

const ofType = <T extends BoardEvent['type']>(board: Board, type: T) =>
  board.events.filter((event): event is Extract<BoardEvent, { readonly type: T }> => event.type === type);

describe('a board with MicroPython has started anew', () => {
  it('by a soft reset, as soon as its script runs', async () => {
    const { board } = await boardThat(['micropython-soft-reset.txt']);
    await board.reset();
    expect(ofType(board, 'boot')).toMatchObject([{ resetCause: 'soft reset of MicroPython', boot: 1 }]);
    expect(ofType(board, 'milestone')[0]).toMatchObject({ milestone: 'app', boot: 1 });
    await board.reset();
    expect(ofType(board, 'boot').map(({ boot }) => boot)).toEqual([1, 2]);
  });

  it('by the script’s first line and, at its end, the banner, where the ROM’s was lost', async () => {
    const { board } = await boardThat(['micropython-usb-boot.txt']);
    await board.reset();
    expect(board.firmware).toMatchObject({ project: 'micropython', version: 'v1.26.0' });
  });

  it('not by the end of a script that was never reset', async () => {
    const { board, released } = await boardThat(['micropython-script-end.txt'], 300);
    const reset = board.reset();
    await released;
    await expect(reset).rejects.toMatchObject({
      code: 'HIL_BOARD_NO_BOOT',
      message: expect.stringContaining('it booted 0 times') as string,
    });
  });

  it('not by silence', async () => {
    const { board } = await boardThat([], 50);
    await expect(board.reset()).rejects.toMatchObject({
      code: 'HIL_BOARD_NO_BOOT',
      message: expect.stringContaining('it printed nothing') as string,
    });
  });

  it('not as another firmware than the one that is expected', async () => {
    const { board, pty } = await boardThat([], 2000);
    const reset = board.reset();
    setImmediate(() => pty.write(consoleStream('boot-other-project.bin')));
    await expect(reset).rejects.toMatchObject({ code: 'HIL_BOARD_WRONG_DIALECT' });
  });
});

describe('replResetLine', () => {
  /** A port whose board answers the keys that it is sent, `onKey` with what it prints; time passes by hand. */
  function portThat(onKey: (key: number) => Buffer | undefined) {
    const keys: number[] = [];
    let listener: (bytes: Buffer, hostAtMs: number) => void = () => undefined;
    const clock = new ManualClock();
    const transport: SerialTransport = {
      path: 'none',
      onBytes: (one) => {
        listener = one;
        return () => undefined;
      },
      onLost: () => () => undefined,
      write: (bytes) => {
        for (const key of bytes) {
          keys.push(key);
          const printed = onKey(key);
          // In two pieces, the prompt cut in the middle.
          if (printed !== undefined)
            for (const part of [printed.subarray(0, -2), printed.subarray(-2)]) listener(part, clock.nowMs());
        }
        return Promise.resolve();
      },
      setModemLines: () => Promise.resolve(true),
      setBaudRate: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
    const reset = async (): Promise<readonly number[]> => {
      const done = replResetLine(transport, clock).reset();
      while (!keys.includes(CTRL_D)) {
        clock.advance(100);
        await Promise.resolve();
      }
      await done;
      return keys;
    };
    return { reset };
  }
  const interrupted = consoleStream('micropython-interrupted.txt');

  it('interrupts the script and starts it anew at the prompt', async () => {
    const { reset } = portThat((key) => (key === CTRL_C ? interrupted : undefined));
    expect(await reset()).toEqual([CTRL_C, CTRL_D]);
  });

  it('interrupts again while a call to the network blocks', async () => {
    let heard = 0;
    const { reset } = portThat((key) => (key === CTRL_C && ++heard === 3 ? interrupted : undefined));
    expect(await reset()).toEqual([CTRL_C, CTRL_C, CTRL_C, CTRL_D]);
  });

  it('tells a board that never shows a prompt to start anew all the same', async () => {
    const keys = await portThat(() => undefined).reset();
    expect(keys.slice(-2)).toEqual([CTRL_C, CTRL_D]);
    expect(keys).toHaveLength(51);
  });
});
