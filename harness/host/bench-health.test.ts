import { BoardError, type HilError } from '../errors';
import type { BoardEvent } from '../ports';
import { BenchHealth } from './bench-health';

function healthOf(): {
  readonly health: BenchHealth;
  readonly reported: HilError[];
  readonly panic: () => void;
  readonly misread: () => void;
  readonly unplug: () => void;
} {
  const events: ((event: BoardEvent) => void)[] = [];
  const lost: ((error: Error) => void)[] = [];
  const never = { onLost: () => () => undefined };
  const board = {
    onLost: (listener: (error: Error) => void) => (lost.push(listener), () => undefined),
    onEvent: (listener: (event: BoardEvent) => void) => (events.push(listener), () => undefined),
  };
  const reported: HilError[] = [];
  const error = { code: 'HIL_BOARD_PANIC', message: 'StoreProhibited', facts: { core: 0 } } as const;
  return {
    health: new BenchHealth({ board, rig: never, provider: never }, (cause) => reported.push(cause)),
    reported,
    panic: () => events.forEach((tell) => tell({ type: 'fault', error, hostAtMs: 0, boot: 1, lineIndex: 0 })),
    misread: () =>
      events.forEach((tell) =>
        tell({
          type: 'reader-failed',
          error: { ...error, code: 'HIL_CONFIG_DIALECT' },
          hostAtMs: 0,
          boot: 1,
          lineIndex: 0,
        }),
      ),
    unplug: () => lost.forEach((tell) => tell(new BoardError('HIL_BOARD_PORT_LOST', 'unplugged'))),
  };
}

describe('BenchHealth', () => {
  it('reports a board that crashes between two turns', () => {
    const { panic, reported } = healthOf();
    panic();
    expect(reported).toMatchObject([{ code: 'HIL_BOARD_PANIC', origin: 'board', facts: { core: 0 } }]);
  });

  it('leaves to a turn what breaks in the turn, also when the turn throws', async () => {
    const { health, panic, reported } = healthOf();
    await health.attend(() => {
      panic();
      return Promise.resolve();
    });
    await expect(health.attend(() => Promise.reject(new Error('late')))).rejects.toThrow('late');
    expect(reported).toEqual([]);
    panic();
    expect(reported).toHaveLength(1);
  });

  it('reports at once what a team’s dialect did wrong, whose mistake it is, also in a turn', async () => {
    const { health, misread, reported } = healthOf();
    await health.attend(() => {
      misread();
      return Promise.resolve();
    });
    expect(reported).toMatchObject([{ code: 'HIL_CONFIG_DIALECT', origin: 'config' }]);
    health.assertWhole();
  });

  it('reports a lost part once and repeats the first cause', () => {
    const { health, unplug, reported } = healthOf();
    health.assertWhole();
    unplug();
    unplug();
    expect(reported).toMatchObject([{ code: 'HIL_BOARD_PORT_LOST' }]);
    expect(() => health.assertWhole()).toThrow('unplugged');
  });
});
