/** Resets of a simulated board by its modem lines, which a pseudo-terminal does not have: the ladder against EN, GPIO0 and USB-Serial-JTAG. */
import {
  startVirtualBoard,
  type VirtualBoard,
  type VirtualBoardOptions,
} from '../../../firmware/virtual-board';
import { ControlClient } from '../../../firmware/virtual-board/testing/control-client';
import { fastClock } from '../../../firmware/virtual-board/testing/fast-clock';
import { systemClock, type Argv, type Board, type Clock, type ResetChoice } from '../../ports';
import { dialectByName } from '../dialect';
import { openSerialBoard } from '../open-serial-board';
import { openPower } from '../power';
import { openSerialPort, type SerialTransport } from '../serial';
import { playSequence } from './play-sequence';
import { namedSequence, type SequenceName } from './sequences';

/** Time of the harness passes so much faster, and that of the board twice as fast again; a server that is silent for 6 s has gone. */
const QUICKER = 5;
const quick: Clock = {
  nowMs: () => systemClock.nowMs() * QUICKER,
  after: (delayMs, callback) => systemClock.after(delayMs / QUICKER, callback),
};

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

type Wiring = Pick<VirtualBoardOptions, 'modemWiring' | 'enRiseMs' | 'startsInDownload' | 'faults'>;

async function powerOn(dialect: 'idf-chat' | 'openai-demo-beta', wiring: Wiring = {}): Promise<VirtualBoard> {
  const providerUrl = dialect === 'idf-chat' ? 'http://127.0.0.1:9' : 'https://127.0.0.1:9';
  const board = await startVirtualBoard(
    { dialect, providerUrl, rfc2217Port: 0, ...wiring },
    fastClock(2 * QUICKER),
  );
  closers.push(() => board.close());
  return board;
}

const portOf = ({ rfc2217 }: VirtualBoard): string => `rfc2217://127.0.0.1:${rfc2217?.port ?? 0}`;

describe('a sequence on the lines of a board', () => {
  /** Why the board starts after it, as the ROM prints it. */
  async function causeAfter(
    name: SequenceName,
    board: VirtualBoard,
    until: RegExp,
  ): Promise<string | undefined> {
    const transport: SerialTransport = await openSerialPort({
      path: portOf(board),
      baudRate: 115_200,
      clock: quick,
    });
    closers.push(() => transport.close());
    let text = '';
    let isStarted: () => void = () => undefined;
    transport.onBytes((bytes) => {
      text += bytes.toString('latin1');
      if (runs.test(text) || downloads.test(text)) isStarted();
    });
    // A machine that stands still for longer than EN takes to rise spoils a sequence, as it does on a bench: once more then.
    for (;;) {
      const started = new Promise<void>((resolve) => (isStarted = resolve));
      expect(await playSequence(transport, namedSequence(name), quick)).toBe(true);
      await started;
      const cause = until.exec(text)?.[1];
      if (cause !== undefined) return cause;
      text = '';
    }
  }
  const runs = /rst:0x(\w+) \(\w+\),boot:0x8 \(SPI_FAST_FLASH_BOOT\)[^]*entry 0x/;
  const downloads = /rst:0x(\w+) \(\w+\),boot:0x0 \(DOWNLOAD\(USB\/UART0\)\)[^]*waiting for download\r\n/;
  /** The end of the boot at power-on may still be read: it is always the other of the two. */
  const before = (until: RegExp): Wiring => ({ startsInDownload: until === runs });

  it.each([
    ['hard', runs],
    ['hard-slow', runs],
    ['monitor', runs],
    ['classic', downloads],
    ['classic-slow', downloads],
    ['tight', downloads],
    ['tight-slow', downloads],
  ] as const)('with a bridge: %s', async (name, until) => {
    expect(await causeAfter(name, await powerOn('idf-chat', before(until)), until)).toBe('1');
  });

  it.each([
    ['hard', runs],
    ['hard-slow', runs],
    ['usb-jtag', downloads],
  ] as const)('with native USB: %s', async (name, until) => {
    expect(await causeAfter(name, await powerOn('openai-demo-beta', before(until)), until)).toBe('15');
  });

  it('needs the slow one where EN rises slowly', async () => {
    const slow = { enRiseMs: 200 };
    await causeAfter('classic', await powerOn('idf-chat', { ...slow, ...before(runs) }), runs);
    await causeAfter('classic-slow', await powerOn('idf-chat', slow), downloads);
  });
});

describe('the reset of a board', () => {
  async function openBoard(
    virtual: VirtualBoard,
    reset: ResetChoice = 'auto',
    cycle?: Argv,
    dialect: 'idf-chat' | 'openai-demo-beta' = 'idf-chat',
    bootTimeoutMs = 50_000,
    reattachMs = 0,
  ): Promise<Board> {
    const choice = cycle && ({ kind: 'cycle-command', offMs: 0, timeoutMs: 100_000, cycle } as const);
    const board = await openSerialBoard({
      name: 'korvo-1',
      model: 'ESP32-S3',
      port: portOf(virtual),
      baudRate: 115_200,
      dialect: dialectByName(dialect),
      bootTimeoutMs,
      sessionTimeoutMs: 50_000,
      clock: quick,
      reset,
      reattachMs,
      ...(choice && { power: openPower({ board: 'korvo-1', choice, plugins: [], clock: quick }) }),
    });
    closers.push(() => board.close());
    return board;
  }
  const told = (board: Board): string[] =>
    board.events.flatMap((event) =>
      event.type === 'reset-step' ? [`${event.step.split(' ')[0]} ${event.outcome}`] : [],
    );
  /** Switches the simulated board off and on by its control port, as a relay's program would. */
  const cycleBy = ({ control }: VirtualBoard): Argv => [
    process.execPath,
    '-e',
    `const socket = require('node:net').connect(${control.port}, '127.0.0.1');
     socket.write('{"id":1,"op":"power","on":false}\\n{"id":2,"op":"power","on":true}\\n');
     let heard = '';
     socket.on('data', (bytes) => { heard += bytes; if (heard.includes('"id":2')) socket.end(); });`,
  ];
  const untilBooted = (board: Board): Promise<unknown> =>
    board.console.expect(/Calling app_main/, { withinMs: 50_000, from: 0 });
  /** Opening the port resets a board whose lines changed places. */
  const untilBootedAgain = (board: Board): Promise<unknown> =>
    board.console.expectSequence([/ESP-ROM:/, /Calling app_main/], { withinMs: 50_000, from: 0 });

  it.each(['idf-chat', 'openai-demo-beta'] as const)('works at the first step with %s', async (dialect) => {
    const board = await openBoard(await powerOn(dialect), 'auto', undefined, dialect);
    await board.reset();
    await board.reset();
    expect(told(board)).toEqual([]);
  });

  it('gets a chip that waits for a download out of it', async () => {
    const board = await openBoard(await powerOn('idf-chat', { startsInDownload: true }), ['tight', 'hard']);
    await board.reset();
    expect(told(board)).toEqual(['tight download', 'hard booted']);
  });

  it('is the watchdog’s where native USB stays in download mode through its lines', async () => {
    const virtual = await powerOn('openai-demo-beta', { faults: ['stuck-download'] });
    const board = await openBoard(virtual, ['hard', 'watchdog'], undefined, 'openai-demo-beta');
    await board.reset();
    expect(told(board)).toEqual(['hard download', 'watchdog booted']);
    expect(board.boots.at(-1)).toMatchObject({
      startedBy: 'ordered',
      resetCause: 'RTC watchdog, whole chip (0x10)',
    });
    await board.reset();
  });

  it.each([['hard'], ['watchdog']] as const)(
    'works over a port that goes away at each start of the chip and comes back: %s',
    async (step) => {
      const virtual = await powerOn('openai-demo-beta', { faults: ['reenumerates'] });
      const board = await openBoard(virtual, [step], undefined, 'openai-demo-beta', 50_000, 600_000);
      await board.reset();
      expect(told(board)).toEqual([]);
      expect(board.events.some(({ type }) => type === 'console-gap')).toBe(true);
    },
  );

  it('is not tried by the watchdog on an application that a bridge boots, which would be typed at', async () => {
    const virtual = await powerOn('idf-chat');
    const board = await openBoard(virtual, ['watchdog', 'hard']);
    await untilBooted(board);
    await board.reset();
    expect(told(board)).toEqual(['watchdog failed', 'hard booted']);
    expect(board.events.find(({ type }) => type === 'reset-step')).toMatchObject({
      message: expect.stringContaining('does not answer as a loader') as string,
    });
  });

  it('comes down to the power where the lines changed places, and names what it tried', async () => {
    const virtual = await powerOn('idf-chat', { modemWiring: 'swapped' });
    const board = await openBoard(virtual, 'auto', cycleBy(virtual));
    await untilBootedAgain(board);
    await board.reset();
    expect(told(board)).toEqual(['hard silent', 'hard-slow silent', 'power booted']);
  });

  it('takes the sequence of such a board from the bench file', async () => {
    const virtual = await powerOn('idf-chat', { modemWiring: 'swapped' });
    const board = await openBoard(virtual, [{ sequence: 'R0|D1|W0.1|D0' }]);
    await untilBootedAgain(board);
    await board.reset();
    expect(told(board)).toEqual([]);
  });

  it('fails once with all that was tried, and at once from then on', async () => {
    const virtual = await powerOn('idf-chat', { modemWiring: 'none' });
    const cycle: Argv = ['sh', '-c', 'echo "no hub at 1-1" >&2; exit 1'];
    const board = await openBoard(virtual, 'auto', cycle);
    await untilBooted(board);
    await expect(board.reset()).rejects.toMatchObject({
      code: 'HIL_BOARD_RESET_FAILED',
      origin: 'bench',
      message: expect.stringMatching(
        /^Board korvo-1 could not be reset; tried hard: .*; hard-slow: .*; power \(sh\): .*no hub at 1-1/,
      ),
    });
    await expect(board.reset()).rejects.toMatchObject({
      code: 'HIL_BOARD_QUARANTINED',
      origin: 'bench',
      cause: { code: 'HIL_BOARD_RESET_FAILED' },
    });
    expect(told(board)).toEqual(['hard silent', 'hard-slow silent', 'power failed']);
  });

  it('blames the board that a reset on its lines reaches and that does not boot, and does not switch its power', async () => {
    const virtual = await powerOn('idf-chat', { faults: ['no-boot'] });
    const board = await openBoard(virtual, 'auto', ['sh', '-c', 'exit 1'], 'idf-chat', 4000);
    await expect(board.reset()).rejects.toMatchObject({ code: 'HIL_BOARD_NO_BOOT', origin: 'board' });
    expect(told(board)).toEqual([]);
    const control = await ControlClient.open(virtual.control);
    closers.push(() => control.close());
    await control.ask({ id: 1, op: 'fault', name: 'no-boot', on: false });
    await board.reset();
  });
});

describe('the power of a simulated board', () => {
  it('is off until it is on again, whatever is pulled meanwhile', async () => {
    const virtual = await powerOn('idf-chat');
    const control = await ControlClient.open(virtual.control);
    closers.push(() => control.close());
    const ask = (op: object) => control.ask({ id: 1, ...op });
    await ask({ op: 'power', on: false });
    await ask({ op: 'reset' });
    expect(await ask({ op: 'state' })).toMatchObject({ state: { boot: 1, running: false, powered: false } });
    await ask({ op: 'power', on: true });
    await ask({ op: 'power', on: true });
    expect(await ask({ op: 'state' })).toMatchObject({ state: { boot: 2, running: true, powered: true } });
  });
});
