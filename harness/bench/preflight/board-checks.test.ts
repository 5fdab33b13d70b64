import { BoardError } from '../../errors';
import type { BoardConfig, SerialBoardConfig } from '../../config';
import type { Board, BoardEvent, FirmwareIdentity, PowerChoice } from '../../ports';
import { describeDialect } from '../bench-parts';
import { fakeContext, serialBoard, virtualBoard } from './__fixtures__/fake-context';
import { firmware } from './firmware';
import { thisMachine } from './machine';
import { power } from './power';
import { reset } from './reset';

const boardThat = (more: object): (() => Promise<Board>) => {
  const board = { name: 'korvo-1', events: [] as BoardEvent[], ...more };
  return () => Promise.resolve(board as unknown as Board);
};

describe('reset', () => {
  it('needs consent, since it interrupts the board', async () => {
    expect(await reset.run(fakeContext())).toEqual({
      state: 'skipped',
      seen: 'it interrupts the board; --reset allows it',
    });
  });

  it('has the time of all steps, switching the power included, and of the boot behind them', () => {
    const switched = { kind: 'switch-command', off: ['relay', '0'], on: ['relay', '1'] } as const;
    const limit = reset.withinMs as (board: BoardConfig) => number;
    const of = { ...(serialBoard as SerialBoardConfig), bootTimeoutMs: 7_500 };
    const within = (changes: Partial<SerialBoardConfig>): number => limit({ ...of, ...changes });
    expect(within({ reset: ['hard'] })).toBe(9_000);
    expect(within({ reset: ['hard', 'hard-slow'] })).toBe(13_000);
    const power = { ...switched, offMs: 2_000, timeoutMs: 30_000 };
    expect(within({ reset: ['power'], power, reattachMs: 5_000 })).toBe(75_000);
    expect(within({ reset: 'auto', power })).toBeGreaterThan(within({ reset: 'auto' }) + 62_000);
    expect(limit({ ...virtualBoard, bootTimeoutMs: 7_500 })).toBe(9_000);
  });

  it('says by which step the board booted', async () => {
    const events: BoardEvent[] = [];
    const board = boardThat({
      events,
      reset: () => {
        const at = { hostAtMs: 0, boot: 1, lineIndex: 0, receivedBytes: 0 };
        events.push({ type: 'reset-step', step: 'hard', outcome: 'silent', ...at });
        events.push({ type: 'reset-step', step: 'usb-jtag', outcome: 'booted', ...at });
        return Promise.resolve();
      },
    });
    expect(await reset.run(fakeContext({ parts: { board }, context: { mayReset: true } }))).toMatchObject({
      state: 'ok',
      seen: expect.stringMatching(/^it booted, by its step usb-jtag; /) as string,
    });
  });

  it('has worked also when what booted is the wrong firmware, which is another line’s', async () => {
    const wrong = new BoardError('HIL_BOARD_OTHER_FIRMWARE', 'other');
    const failing = (error: Error) =>
      fakeContext({
        parts: { board: boardThat({ reset: () => Promise.reject(error) }) },
        context: { mayReset: true },
      });
    expect(await reset.run(failing(wrong))).toMatchObject({ state: 'ok' });
    const failed = new BoardError('HIL_BOARD_RESET_FAILED', 'nothing moved');
    await expect(reset.run(failing(failed))).rejects.toBe(failed);
  });
});

describe('power', () => {
  const timing = { offMs: 2_000, timeoutMs: 10_000 };
  const switching = (choice: PowerChoice | undefined, mayRun = true) =>
    power.run(
      fakeContext({
        board: { ...serialBoard, ...(choice === undefined ? {} : { power: choice }) } as BoardConfig,
        machine: { mayRun: () => Promise.resolve(mayRun) },
      }),
    );

  it('needs the programs of the bench file', async () => {
    const hub = { ...timing, kind: 'uhubctl', program: 'uhubctl', location: '1-1', port: 2 } as const;
    expect(await switching(hub)).toEqual({ state: 'ok', seen: 'uhubctl; tried by a reset only' });
    expect(await switching(hub, false)).toMatchObject({
      state: 'fail',
      seen: 'there is no program uhubctl that this user may run',
      code: 'HIL_POWER_FAILED',
    });
    const relay = { ...timing, kind: 'switch-command', off: ['relay', '0'], on: ['relay', '1'] } as const;
    expect(await switching(relay)).toMatchObject({ seen: 'relay; tried by a reset only' });
  });

  it('is nobody’s to switch where the bench file has none', async () => {
    expect(await switching(undefined)).toMatchObject({ state: 'skipped' });
  });

  it('finds programs where the shell does', async () => {
    expect(await thisMachine.mayRun('sh')).toBe(true);
    expect(await thisMachine.mayRun('/bin/sh')).toBe(true);
    expect(await thisMachine.mayRun('no-such-program')).toBe(false);
    expect(await thisMachine.mayRun('/etc/passwd')).toBe(false);
  });
});

describe('firmware', () => {
  const running: FirmwareIdentity = {
    project: 'realtime_ws',
    version: '1.2.0',
    idf: 'v5.4.2',
    elfSha256Prefix: 'a1b2c3d4e',
  };
  const dialect = describeDialect(serialBoard);
  const run = (
    identity: FirmwareIdentity | undefined,
    wrongProject = () => undefined as BoardError | undefined,
  ) =>
    firmware.run(fakeContext({ parts: { board: boardThat({ firmware: identity }), dialect, wrongProject } }));

  it('tells what runs', async () => {
    expect(await run(running)).toMatchObject({
      state: 'ok',
      seen: 'realtime_ws, 1.2.0, ESP-IDF v5.4.2, ELF a1b2c3d4e; no image is named, so whatever runs is tested',
    });
  });

  it('fails for the project of another dialect', async () => {
    const wrong = new BoardError('HIL_BOARD_WRONG_DIALECT', 'Board korvo-1 runs project "openai_demo".');
    expect(await run(running, () => wrong)).toMatchObject({
      state: 'fail',
      code: 'HIL_BOARD_WRONG_DIALECT',
      seen: 'Board korvo-1 runs project "openai_demo".',
    });
  });

  it('asks for a reset where no boot log was seen', async () => {
    expect(await run(undefined)).toMatchObject({
      state: 'skipped',
      seen: 'no boot log was seen, which alone names the firmware; --reset brings one',
    });
  });
});
