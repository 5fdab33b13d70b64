import { EventEmitter } from 'node:events';
import { ManualClock } from '../../board/__fixtures__/manual-clock';
import type { AudioRig, ChildLauncher } from '../../ports';
import { systemClock } from '../../ports';
import { HEALTHY_PATHS, WiredRig } from '../../rig/calibration/__fixtures__/wired-rig';
import { benchWith, fakeMachine, fakeParts, serialBoard } from './__fixtures__/fake-context';
import { chosenChecks } from './checks';
import { examineBench } from './examine-bench';
import type { Machine } from './machine';
import { hasPlayed, preflight, preflightFailure, type PreflightOptions } from './preflight';

const [speaker, wire] = HEALTHY_PATHS as [(typeof HEALTHY_PATHS)[0], (typeof HEALTHY_PATHS)[0]];

const flown = (
  rig: WiredRig | undefined,
  machine: Partial<Machine> = {},
  again?: PreflightOptions['again'],
) =>
  preflight({
    ...(again === undefined ? {} : { again }),
    config: benchWith(),
    parts: fakeParts(serialBoard, { rig: () => Promise.resolve(rig as AudioRig | undefined) }),
    reportsPath: '/srv/reports',
    clock: systemClock,
    machine: fakeMachine(machine),
  });

describe('preflight', () => {
  it('proves the bench’s own parts and touches neither port nor provider', async () => {
    const reports = await flown(new WiredRig());
    expect(reports.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'certificate skipped',
      'rig ok',
      'loopback ok',
      'channels ok',
      'sample-rate ok',
      'levels ok',
      'continuity ok',
      'host-clock ok',
      'disk ok',
    ]);
    expect(preflightFailure('korvo', reports)).toBeUndefined();
  });

  it('plays nothing on a virtual rig, which has no cables, nor for a board that is asked in writing', async () => {
    const rig = new WiredRig({ topology: 'virtual' });
    for (const reports of [await flown(rig), await flown(undefined)])
      expect(reports.map(({ id }) => id)).toEqual(['certificate', 'host-clock', 'disk']);
    expect(rig.played).toEqual([]);
  });

  it('has the capture and the disk looked at before each suite, and plays again only what no turn has shown since', async () => {
    const rig = new WiredRig();
    const shown = await flown(rig, {}, { isSoundShown: true });
    expect(shown.map(({ id, state }) => `${id} ${state}`)).toEqual(['rig ok', 'disk ok']);
    expect([rig.played, hasPlayed(shown)]).toEqual([[], false]);
    const pulled = new WiredRig({ paths: [speaker, undefined] });
    const reports = await flown(pulled, {}, { isSoundShown: false });
    expect(hasPlayed(reports)).toBe(true);
    expect(preflightFailure('korvo', reports)?.message).toMatch(/: loopback: no loopback: /);
    const virtual = await flown(new WiredRig({ topology: 'virtual' }), {}, { isSoundShown: false });
    expect(virtual.map(({ id }) => id)).toEqual(['disk']);
  });

  it('looks once more before it ends a run over sound that was lost in a moment', async () => {
    const lost = [48_000, 55_000].map((atRigSample) => ({ atRigSample, samples: 960 }));
    const reports = await flown(new WiredRig({ lost }));
    expect(reports.find(({ id }) => id === 'continuity')?.state).toBe('ok');
    expect(preflightFailure('korvo', reports)).toBeUndefined();
  });

  it('ends the run as the bench’s fault, whatever is wrong, with all of it in one sentence', async () => {
    const full = {
      space: (folder: string) => Promise.resolve({ folder, freeBytes: 0, freeFiles: 5, mayWrite: true }),
    };
    const reports = await flown(new WiredRig({ paths: [wire, speaker] }), full);
    const failure = preflightFailure('korvo', reports);
    expect(failure).toMatchObject({ code: 'HIL_BENCH_PREFLIGHT', origin: 'bench' });
    expect(failure?.message).toMatch(
      /^Bench korvo is not ready for a run: channels: swapped channels: .+; disk: 0 MiB free in \/srv\/reports\.$/,
    );
  });
});

describe('the doctor', () => {
  it('is over in its time although nothing that it opens answers or ends', async () => {
    const clock = new ManualClock();
    const mute = Object.assign(new EventEmitter(), {
      pid: 4_711,
      connected: true,
      send: () => true,
      kill: () => true,
      disconnect: () => undefined,
    });
    const examination = { isOver: false };
    const reports = examineBench({
      config: benchWith(),
      boardName: undefined,
      checks: chosenChecks(['serial', 'provider', 'sound']),
      reportsPath: '/srv/reports',
      mayReset: false,
      faults: [],
      withinMs: 5_000,
      launch: (() => mute) as unknown as ChildLauncher,
      clock,
      signal: new AbortController().signal,
      machine: fakeMachine(),
    });
    void reports.then(() => (examination.isOver = true));
    for (const stepMs of [3_999, 1, 999]) {
      await new Promise(setImmediate);
      clock.advance(stepMs);
    }
    await new Promise(setImmediate);
    expect(examination.isOver).toBe(false);
    clock.advance(1);
    const told = Object.fromEntries((await reports).map(({ id, state, seen }) => [id, `${state}: ${seen}`]));
    expect(told).toMatchObject({
      provider: 'fail: it was not through after 4.0 s, when the 4.0 s of all checks were over',
      calibration: expect.stringMatching(/^warn: not reached: after 4\.0 s /) as string,
    });
  });
});
