import { fork } from 'node:child_process';
import { join } from 'node:path';
import { systemClock, type ChildLauncher, type Clock } from '../../ports';
import { ManualClock } from '../__fixtures__/manual-clock';
import type { ChildExit } from './child-process';
import {
  startVirtualBoardProcess,
  type VirtualBoardProcess,
  type VirtualBoardProcessOptions,
} from './virtual-board-process';

const script = join(__dirname, '../__fixtures__/fake-virtual-board.cjs');
const launch: ChildLauncher = (command) => fork(script, [...command], { silent: true, execArgv: [] });

const start = (
  faults: readonly string[] = [],
  clock: Clock = systemClock,
  launcher = launch,
  more: Partial<VirtualBoardProcessOptions> = {},
) =>
  startVirtualBoardProcess({
    ...more,
    launch: launcher,
    dialect: 'realtime-ws',
    providerUrl: 'ws://127.0.0.1:8080',
    crystalPpm: -20,
    model: 'korvo-2',
    faults,
    clock,
  });

const exitOf = (board: VirtualBoardProcess) => new Promise<ChildExit>((resolve) => board.onExit(resolve));

describe('startVirtualBoardProcess', () => {
  const opened: VirtualBoardProcess[] = [];
  const open = async () => {
    const board = await start();
    opened.push(board);
    return board;
  };
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((board) => board.close()));
  });

  it('starts the child with its arguments and waits until it is ready', async () => {
    const board = await open();
    expect(board.ptyPath).toBe(
      'virtual-board --child --dialect=realtime-ws --provider-url=ws://127.0.0.1:8080 --crystal-ppm=-20 --model=korvo-2 --access-by-ipc',
    );
    expect(board.audioLink?.host).toBe('127.0.0.1');
    expect(board.pid).toBeGreaterThan(0);
  });

  it('controls the board', async () => {
    const { control } = await open();
    await Promise.all([control.reset(), control.setFault('dead-mic', true)]);
    expect(await control.state()).toEqual({ boot: 3, running: true, session: 'ready' });
    await expect(control.setFault('no-such', true)).rejects.toMatchObject({
      code: 'HIL_VIRTUAL_BOARD_FAILED',
      message: 'The virtual board failed: it refused: no fault "no-such".',
    });
  });

  it('tells that the child has ended, and fails what it was asked', async () => {
    const board = await open();
    const exit = exitOf(board);
    await expect(board.control.unplug()).rejects.toMatchObject({ code: 'HIL_VIRTUAL_BOARD_FAILED' });
    expect(await exit).toEqual({ exitCode: 0, signal: null });
    expect(await exitOf(board)).toEqual({ exitCode: 0, signal: null });
    await expect(board.control.reset()).rejects.toMatchObject({ code: 'HIL_VIRTUAL_BOARD_FAILED' });
  });

  it('ends the child when it is closed, once and twice', async () => {
    const board = await open();
    const exit = exitOf(board);
    await board.close();
    await board.close();
    expect(await exit).toEqual({ exitCode: null, signal: 'SIGTERM' });
  });

  it('puts the board into a sound server, and tells once that it has lost it, also who asks late', async () => {
    const sound = { kind: 'pulse', source: 'm.monitor', sink: 's', bufferMs: 60, recordPath: '/r' } as const;
    const board = await start(['loses-sound'], systemClock, launch, { sound });
    opened.push(board);
    expect(board.ptyPath).toContain(
      '--sound=pulse --sound-source=m.monitor --sound-sink=s --sound-buffer=60 --sound-record=/r',
    );
    const reasons: string[] = [];
    const xruns: string[] = [];
    board.onSoundXrun((kind) => xruns.push(kind));
    await new Promise<void>((resolve) => board.onSoundLost((reason) => resolve(void reasons.push(reason))));
    board.onSoundLost((reason) => reasons.push(reason));
    // What is told in between is no answer, and the control port goes on.
    await board.control.reset();
    expect(reasons).toEqual(['pacat ended', 'pacat ended']);
    expect(xruns).toEqual(['underrun']);
  });

  it('tells what a child wrote that ended too early', async () => {
    await expect(start(['dies'])).rejects.toMatchObject({
      code: 'HIL_VIRTUAL_BOARD_FAILED',
      message:
        'The virtual board ended before it was ready (exit code 7); it last wrote "cannot open a pseudo-terminal".',
      facts: { stderrTail: 'cannot open a pseudo-terminal' },
    });
  });

  it('kills a child that is never ready and does not go when it is asked to', async () => {
    const clock = new ManualClock();
    const signals: (NodeJS.Signals | null)[] = [];
    let alive: Promise<unknown> = Promise.resolve();
    const starting = start(['mute'], clock, (command) => {
      const child = launch(command);
      alive = new Promise((resolve) => child.once('message', resolve));
      child.once('exit', (_code, signal) => void signals.push(signal));
      return child;
    });
    const failed = expect(starting).rejects.toThrow('was not ready within 10000 ms');
    await alive;
    clock.advance(10_000);
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(2000);
    await failed;
    expect(signals).toEqual(['SIGKILL']);
  });

  it('tells a program that cannot be started', async () => {
    const missing: ChildLauncher = () =>
      fork(script, [], { silent: true, execPath: '/no/such/node', execArgv: [] });
    await expect(start([], systemClock, missing)).rejects.toMatchObject({ code: 'HIL_VIRTUAL_BOARD_FAILED' });
  });
});
