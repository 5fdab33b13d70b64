import { benchWith, fakeContext, type FakeContext } from './__fixtures__/fake-context';
import { disk } from './disk';
import { hostClock } from './host-clock';
import { timeServer } from './time-server';

const MIB = 2 ** 20;

describe('disk', () => {
  const withRoom = (room: { freeBytes?: number; freeFiles?: number; mayWrite?: boolean }) =>
    disk.run(
      fakeContext({
        machine: {
          space: (folder) =>
            Promise.resolve({ folder, freeBytes: 9e9, freeFiles: undefined, mayWrite: true, ...room }),
        },
      }),
    );

  it('has room, little, or none', async () => {
    expect(await withRoom({})).toMatchObject({ state: 'ok', seen: '8.4 GiB free in /srv/reports' });
    expect(await withRoom({ freeBytes: 700 * MIB })).toMatchObject({ state: 'warn' });
    expect(await withRoom({ freeBytes: 3 * MIB + 5 })).toMatchObject({
      state: 'fail',
      seen: '3 MiB free in /srv/reports',
      code: 'HIL_RUN_STORE_FAILED',
    });
    expect(await withRoom({ freeBytes: 0 })).toMatchObject({
      state: 'fail',
      seen: '0 MiB free in /srv/reports',
    });
  });

  it('is full also when no more files can be made, or may not be written', async () => {
    expect(await withRoom({ freeFiles: 3 })).toMatchObject({
      state: 'fail',
      seen: expect.stringContaining('only 3 more files') as string,
    });
    expect(await withRoom({ mayWrite: false })).toMatchObject({
      state: 'fail',
      seen: '/srv/reports may not be written by this user',
    });
  });
});

describe('host clock', () => {
  const at = (machine: FakeContext['machine'] = {}) => hostClock.run(fakeContext({ machine }));

  it('is right as far as anybody can tell', async () => {
    expect(await at()).toEqual({ state: 'ok', seen: '2026-11-21 12:00:00 UTC' });
    expect(await at({ isClockKept: () => Promise.resolve(undefined) })).toMatchObject({ state: 'ok' });
  });

  it('is behind the program itself, as on a machine without a battery', async () => {
    expect(await at({ unixNowMs: () => Date.UTC(1970, 0, 1, 0, 5) })).toMatchObject({
      state: 'fail',
      seen: 'it says 1970-01-01 00:05:00 UTC, which is before this program was installed',
    });
  });

  it('was set by nobody', async () => {
    expect(await at({ isClockKept: () => Promise.resolve(false) })).toMatchObject({ state: 'warn' });
  });
});

describe('time server', () => {
  const telling = (answers: NonNullable<ReturnType<typeof benchWith>['ntp']>['answers'], port = 123) =>
    timeServer.run(
      fakeContext({
        config: benchWith({ ntp: { port, answers } }),
        parts: { time: () => Promise.resolve({ address: `0.0.0.0:${port}`, questions: [] }) },
      }),
    );

  it('serves the right time on the port that firmware asks', async () => {
    expect(await telling([{ skewMs: 0 }])).toEqual({ state: 'ok', seen: 'on 0.0.0.0:123' });
    expect(await telling([{ skewMs: 0 }], 5123)).toMatchObject({ state: 'warn', origin: 'config' });
  });

  it('says so where the bench file wants a wrong one or none', async () => {
    expect(await telling([{ skewMs: 600_000 }])).toMatchObject({ state: 'warn' });
    expect(await telling([{ silence: true }])).toMatchObject({ state: 'warn' });
  });

  it('is missing where the bench has none', async () => {
    expect(await timeServer.run(fakeContext())).toMatchObject({ state: 'skipped' });
  });
});
