import { BoardError } from '../../errors';
import type { BoardEvent } from '../../ports';
import { consoleStream } from '../__fixtures__/console-stream';
import { ManualClock } from '../__fixtures__/manual-clock';
import { RecordedConsole } from '../console';
import { dialectByName } from '../dialect';
import { EventLog } from '../event-log';
import { readEvents } from '../event-reader';
import { climb, SIGN_WITHIN_MS } from './reset-ladder';
import type { ResetStep } from './reset-step';

const BOOT_WITHIN_MS = 20_000;
const boot = consoleStream('boot-realtime-ws.bin');
const download = consoleStream('download-mode.txt');
const banner = consoleStream('reset-mid-line.bin');

/** A board on a bench whose steps do what a test says. */
function openLadder() {
  const clock = new ManualClock();
  const write = () => Promise.resolve();
  const console = new RecordedConsole({ name: 'b1', clock, write, baudRate: 115_200 });
  const log = new EventLog(clock);
  const emit = (event: BoardEvent) => log.add(event);
  readEvents({ board: 'b1', console, dialect: dialectByName('realtime-ws'), clock, emit });
  const print = (bytes: Buffer | string) => console.receive(Buffer.from(bytes), clock.nowMs());
  const stepOf = (name: string, run: () => unknown, isCertain?: true): ResetStep => ({
    name,
    ...(isCertain && { isCertain }),
    run: () => Promise.resolve().then(() => run() !== false),
  });
  /** A step that talks to the chip's loader before it sends it off. */
  const loaderStep = (name: string, before: () => unknown, after: () => unknown): ResetStep => ({
    name,
    speaksToLoader: true,
    run: async (onSendingOff) => {
      await Promise.resolve(before());
      onSendingOff();
      after();
      return true;
    },
  });
  /** Climbs and lets time pass until it is over; gives back what was thrown, and how long it took. */
  const run = async (...steps: readonly ResetStep[]) => {
    const startedAtMs = clock.nowMs();
    const state = { isOver: false };
    const climbing = climb({
      board: 'b1',
      console,
      log,
      steps,
      clock,
      bootTimeoutMs: BOOT_WITHIN_MS,
      checkFirmware: () => undefined,
      emit,
    }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    void climbing.finally(() => (state.isOver = true));
    const isDone = (): boolean => state.isOver;
    while (!isDone()) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!isDone()) clock.advance(500);
    }
    const thrown = await climbing;
    const told = log.events.flatMap((event) =>
      event.type === 'reset-step' ? [`${event.step} ${event.outcome}`] : [],
    );
    return { thrown, told, tookMs: clock.nowMs() - startedAtMs };
  };
  return { clock, log, print, stepOf, loaderStep, run, emit };
}

describe('climb', () => {
  it('says nothing of a reset whose first step boots', async () => {
    const { run, stepOf, print } = openLadder();
    const second = stepOf('second', () => {
      throw new Error('never tried');
    });
    const { thrown, told } = await run(
      stepOf('first', () => print(boot)),
      second,
    );
    expect([thrown, told]).toEqual([undefined, []]);
  });

  it('goes on when a step shows no boot within 3 s, and notes both', async () => {
    const { run, stepOf, print } = openLadder();
    const { thrown, told, tookMs } = await run(
      stepOf('first', () => print('I (99000) app: still here\r\n')),
      stepOf('second', () => print(boot)),
    );
    expect([thrown, told]).toEqual([undefined, ['first silent', 'second booted']]);
    expect(tookMs).toBeLessThan(SIGN_WITHIN_MS + 1500);
  });

  it('gets a chip out of download mode by its next step', async () => {
    const { run, stepOf, print } = openLadder();
    const { thrown, told, tookMs } = await run(
      stepOf('classic', () => print(download)),
      stepOf('hard', () => print(boot)),
    );
    expect([thrown, told]).toEqual([undefined, ['classic download', 'hard booted']]);
    expect(tookMs).toBeLessThan(1500);
  });

  it('takes the download mode for a stop on the way of a step that goes through it', async () => {
    const { run, stepOf, loaderStep, print } = openLadder();
    const frames = Buffer.from('c0010804000712200000000000c0', 'hex');
    const talk = () => [download, ...Array<Buffer>(20).fill(frames)].forEach((bytes) => print(bytes));
    const { thrown, told } = await run(
      stepOf('hard', () => print(download)),
      loaderStep('watchdog', talk, () => print(boot)),
    );
    expect([thrown, told]).toEqual([undefined, ['hard download', 'watchdog booted']]);
    const stuck = openLadder();
    const failed = await stuck.run(
      stuck.stepOf('hard', () => stuck.print('I (99000) app: still here\r\n')),
      stuck.loaderStep(
        'watchdog',
        () => Array<Buffer>(20).fill(frames).forEach(stuck.print),
        () => undefined,
      ),
    );
    // What a loader says is no text, and no sign of a console that cannot be read.
    expect(failed.thrown).toMatchObject({ code: 'HIL_BOARD_RESET_FAILED' });
    expect(failed.told).toEqual(['hard silent', 'watchdog silent']);
  });

  it('blames the bench for a chip that every step leaves in download mode', async () => {
    const { run, stepOf, print } = openLadder();
    const { thrown } = await run(
      stepOf('hard', () => print(download)),
      stepOf('power', () => print(download)),
    );
    expect(thrown).toMatchObject({ code: 'HIL_BOARD_DOWNLOAD_MODE', origin: 'bench' });
    expect((thrown as Error).message).toContain(
      'tried hard: it waits for a download; power: it waits for a download.',
    );
  });

  it('lists every step and what was printed when none of them brought a boot', async () => {
    const { run, stepOf, print } = openLadder();
    const { thrown, told } = await run(
      stepOf('hard', () => undefined),
      stepOf('R0|D1|W0.1|D0', () => print('I (99000) app: still here\r\n')),
      stepOf('lines', () => false),
      stepOf('power', () => {
        throw new BoardError('HIL_POWER_FAILED', 'The hub is not there.', {});
      }),
    );
    expect(told).toEqual(['hard silent', 'R0|D1|W0.1|D0 silent', 'lines no-lines', 'power failed']);
    expect(thrown).toMatchObject({
      code: 'HIL_BOARD_RESET_FAILED',
      origin: 'bench',
      message:
        'Board b1 could not be reset; tried hard: it printed nothing; R0|D1|W0.1|D0: it showed no boot and last printed ' +
        '"I (99000) app: still here"; lines: its port has no modem lines; power: The hub is not there.',
      facts: {
        steps: [{ step: 'hard', outcome: 'silent', receivedBytes: 0 }, {}, {}, { outcome: 'failed' }],
      },
      cause: { code: 'HIL_POWER_FAILED' },
    });
  });

  it('blames the board for a boot that was seen and never reached its application, and stops there', async () => {
    const { run, stepOf, print } = openLadder();
    const { thrown, told, tookMs } = await run(
      stepOf('hard', () => print(banner)),
      stepOf('power', () => print(boot)),
    );
    expect(thrown).toMatchObject({
      code: 'HIL_BOARD_NO_BOOT',
      origin: 'board',
      message:
        'Board b1 did not start its application within 20000 ms of its reset; it booted 1 times and last printed "entry 0x403c8928".',
    });
    expect(told).toEqual([]);
    expect(tookMs).toBeGreaterThanOrEqual(BOOT_WITHIN_MS);
  });

  it('blames a board that stays silent only where the step resets it for certain', async () => {
    const { run, stepOf } = openLadder();
    expect((await run(stepOf('control', () => undefined, true))).thrown).toMatchObject({
      code: 'HIL_BOARD_NO_BOOT',
    });
    expect((await run(stepOf('hard', () => undefined))).thrown).toMatchObject({
      code: 'HIL_BOARD_RESET_FAILED',
    });
  });

  it('gives the last step as long as a boot may take', async () => {
    const { run, stepOf, print, clock } = openLadder();
    const late = stepOf('power', () => void clock.after(15_000, () => print(boot)));
    expect((await run(late)).thrown).toBeUndefined();
  });

  it('does not blame a board for a boot that its port missed', async () => {
    const { run, stepOf, print, emit, clock } = openLadder();
    const gap = (): void =>
      emit({
        type: 'console-gap',
        awaySinceHostMs: clock.nowMs(),
        reason: 'unplugged',
        byteOffset: 0,
        hostAtMs: clock.nowMs(),
        boot: 0,
        lineIndex: 0,
      });
    const lost = await run(
      stepOf('power', () => {
        gap();
        print('I (4000) app: tick\r\n');
      }),
    );
    expect(lost.thrown).toMatchObject({ code: 'HIL_BOARD_RESET_FAILED' });
    expect((lost.thrown as Error).message).toContain('its port was away while it booted');
    const whole = await run(
      stepOf('power', () => {
        gap();
        print(banner);
      }),
    );
    expect(whole.thrown).toMatchObject({ code: 'HIL_BOARD_NO_BOOT' });
  });

  it('gives the loss of the port as it is', async () => {
    const { run, stepOf } = openLadder();
    const lost = new BoardError('HIL_BOARD_PORT_LOST', 'Serial port x has gone: unplugged.', {});
    const { thrown } = await run(
      stepOf('hard', () => {
        throw lost;
      }),
      stepOf('power', () => undefined),
    );
    expect(thrown).toBe(lost);
  });

  it('says as ever that a port has no lines when there is nothing else to try', async () => {
    const { run, stepOf } = openLadder();
    const { thrown, tookMs } = await run(
      stepOf('hard', () => false),
      stepOf('hard-slow', () => false),
    );
    expect(thrown).toMatchObject({ code: 'HIL_BOARD_PORT_FAILED' });
    expect(tookMs).toBeLessThan(1500);
  });
});
