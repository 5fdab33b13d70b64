import { tmpdir } from 'node:os';
import { BoardError, type HilError } from '../errors';
import { systemClock, type AudioRig, type BoardEvent } from '../ports';
import { benchWith, fakeParts, serialBoard } from '../bench/preflight/__fixtures__/fake-context';
import { HEALTHY_PATHS, WiredRig } from '../rig/calibration/__fixtures__/wired-rig';
import { BenchHealth } from './bench-health';
import { BenchProof } from './bench-proof';

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

describe('BenchProof', () => {
  const [speaker] = HEALTHY_PATHS;
  /** A bench whose loopback cable was pulled since the run began. */
  function pulled() {
    const told: (readonly [suite: string | undefined, ids: string])[] = [];
    const rig = new WiredRig({ paths: [speaker, undefined] });
    const proof = new BenchProof({
      config: benchWith(),
      parts: fakeParts(serialBoard, { rig: () => Promise.resolve(rig as AudioRig) }),
      reportsPath: tmpdir(),
      clock: systemClock,
      record: (checks, suite) =>
        told.push([suite, checks.flatMap(({ id, state }) => (state === 'fail' ? id : [])).join()]),
    });
    return { proof, told, rig };
  }

  it('takes the word of turns for the sound, and else ends the run as the bench’s fault before the next suite', async () => {
    const { proof, told, rig } = pulled();
    const { health, reported } = healthOf();
    expect(await proof.beforeSuite('a.hil.ts', true, health)).toBe(false);
    expect([rig.played, reported]).toEqual([[], []]);
    expect(await proof.beforeSuite('b.hil.ts', false, health)).toBe(true);
    expect(reported).toMatchObject([{ code: 'HIL_BENCH_PREFLIGHT', origin: 'bench' }]);
    expect(() => health.assertWhole()).toThrow(/is not ready for a run: loopback: no loopback: /);
    // What is broken is not proved again.
    expect(await proof.beforeSuite('c.hil.ts', false, health)).toBe(false);
    expect(told).toEqual([
      ['a.hil.ts', ''],
      ['b.hil.ts', 'loopback'],
    ]);
  });

  it('ends a run before its first suite', async () => {
    await expect(pulled().proof.beforeRun()).rejects.toMatchObject({ code: 'HIL_BENCH_PREFLIGHT' });
  });
});
