/** One owner of a board across processes: two real ones, killed, taken over, released. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isHilError } from '../../errors';
import { systemClock } from '../../ports';
import { ManualClock } from '../../board/__fixtures__/manual-clock';
import { leaseFileOf } from './lease-file';
import { leaseKeyOf, leaseOfCard } from './lease-key';
import { identityOf, isAlive, readRecord, startTimeOf, type LeaseRecord } from './lease-record';
import { lockByListening } from './os-lock';
import { readLeases } from './read-leases';
import { releaseLease } from './release-lease';
import { describeHolder, takeLease, type Lease, type LeaseOptions } from './take-lease';

const root = resolve(__dirname, '../../..');
const key = 'usb:7C:DF:A1:00:11:22';
let folder: string;
const children: ChildProcess[] = [];
beforeEach(() => (folder = join(mkdtempSync(join(tmpdir(), 'earshot-lease-')), 'leases')));
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const take = (options: Partial<LeaseOptions> = {}): Promise<Lease> =>
  takeLease({ key, name: 'korvo-1', command: 'earshot run', clock: systemClock, folder, ...options });

const refusal = async (taking: Promise<Lease>): Promise<unknown> => {
  const thrown: unknown = await taking.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  return isHilError(thrown) ? { code: thrown.code, origin: thrown.origin, message: thrown.message } : thrown;
};

interface Holder {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly ended: Promise<unknown>;
}

/** Another process that has the lease; `deaf` leaves SIGTERM unheard. */
async function holder({ deaf = false } = {}): Promise<Holder> {
  const script = `
    const { takeLease } = require(${JSON.stringify(join(root, 'dist/harness/bench/lease/take-lease.js'))});
    const { systemClock } = require(${JSON.stringify(join(root, 'dist/harness/ports/index.js'))});
    takeLease({ key: ${JSON.stringify(key)}, name: 'korvo-1', command: 'earshot monitor', clock: systemClock,
      folder: ${JSON.stringify(folder)} }).then((lease) => {
      process.on('SIGTERM', () => ${deaf ? 'undefined' : 'void lease.close().then(() => process.exit())'});
      setInterval(() => undefined, 1e6);
      console.log('held');
    });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return { child, pid: child.pid!, ended };
}

it('is one process’s until it ends, however it does; the next one takes it at once and says from whom', async () => {
  const other = await holder();
  expect(await refusal(take())).toMatchObject({
    code: 'HIL_BENCH_HELD',
    origin: 'bench',
    message: expect.stringMatching(
      new RegExp(
        `^korvo-1 \\(${key}\\) is held by earshot monitor of \\S+, process ${other.pid}, for \\d+ s`,
      ),
    ),
  });
  expect(await readLeases(folder)).toMatchObject([{ state: 'held', record: { leader: { pid: other.pid } } }]);
  const told: (LeaseRecord | undefined)[] = [];
  const waiting = take({ waitMs: 20_000, onWait: (by) => void told.push(by) });
  other.child.kill('SIGKILL');
  const lease = await waiting;
  expect(lease.abandonedBy?.holder).toEqual(expect.objectContaining({ pid: other.pid }));
  expect(told.length).toBeLessThanOrEqual(1);
  expect((await readLeases(folder)).map(({ record, state }) => [record.holder.pid, state])).toEqual([
    [process.pid, 'held'],
  ]);
  await lease.close();
  await lease.close();
  expect(await readLeases(folder)).toEqual([]);
  await (await take()).close();
});

it('tells what nobody gave back from what is held', async () => {
  const other = await holder();
  other.child.kill('SIGKILL');
  await other.ended;
  expect(await readLeases(folder)).toMatchObject([{ state: 'abandoned' }]);
});

it('is given back by a holder that is asked, and taken from one that does not hear, by force alone', async () => {
  const clock = systemClock;
  const kind = await holder();
  const [held] = await readLeases(folder);
  expect(await releaseLease(held!, { clock, force: false })).toBe('asked');
  await kind.ended;
  expect(await releaseLease(held!, { clock, force: false })).toBe('was-free');

  const deaf = await holder({ deaf: true });
  const [stuck] = await readLeases(folder);
  const asked = releaseLease(stuck!, { clock, force: false, withinMs: 200 });
  await expect(asked).rejects.toMatchObject({ code: 'HIL_BENCH_HELD' });
  expect(isAlive(identityOf(deaf.pid))).toBe(true);
  expect(await releaseLease(stuck!, { clock, force: true, withinMs: 200 })).toBe('killed');
});

it('never signals a process that got the id of a holder', async () => {
  const lease = await take();
  const [mine] = await readLeases(folder);
  // This process, as if it had begun at another time.
  const stale = { ...mine!.record, leader: { pid: process.pid, startTime: '1' } };
  const forged = { ...mine!, record: { ...stale, holder: stale.leader } };
  await expect(
    releaseLease(forged, { clock: systemClock, force: false, withinMs: 100 }),
  ).rejects.toMatchObject({ message: expect.stringContaining('cannot be found from here') });
  expect(isAlive({ pid: process.pid, startTime: '1' })).toBe(false);
  expect(isAlive({ pid: process.pid, startTime: startTimeOf(process.pid)! })).toBe(true);
  expect(isAlive({ pid: 2 ** 22 + 1 })).toBe(false);
  await lease.close();
});

it('beats and counts by the monotonic clock alone, however the wall clock is set', async () => {
  const clock = new ManualClock(5_000);
  let unixMs = Date.UTC(2026, 2, 29, 1, 0, 0);
  const lease = await take({ clock, wallClock: () => unixMs });
  expect(lease.record.since).toBe('2026-03-29T01:00:00.000Z');
  const path = join(folder, leaseFileOf(key));
  for (const stepMs of [-3_600_000, 86_400_000]) {
    unixMs += stepMs;
    clock.advance(10_000);
    const record = readRecord(path);
    expect(record?.heartbeatHostMs).toBe(clock.nowMs());
    expect(record?.since).toBe(lease.record.since);
  }
  clock.advance(4_000);
  expect(describeHolder(readRecord(path), clock.nowMs())).toMatch(/ for 24 s \(last heard of 4 s ago\)$/);
  expect((await readLeases(folder)).map(({ state }) => state)).toEqual(['held']);
  await lease.close();
});

it('stops waiting when it is told to', async () => {
  const lease = await take();
  const leaving = new AbortController();
  const waiting = take({ waitMs: 60_000, signal: leaving.signal, onWait: () => leaving.abort() });
  await expect(waiting).rejects.toThrow(/aborted/);
  await lease.close();
});

it('may be taken by every user of the machine, and removed by none', async () => {
  const lease = await take();
  expect(statSync(folder).mode & 0o7777).toBe(0o1777);
  const path = join(folder, readdirSync(folder)[0]!);
  expect(statSync(path).mode & 0o777).toBe(0o666);
  await lease.close();
  // What another user began to write, or a person, is nobody's lease.
  for (const text of ['{', '[]', '{"schema":"earshot/lease@1"}', '\0\0']) {
    writeFileSync(path, text);
    expect(readRecord(path)).toBeUndefined();
    const again = await take();
    expect(again.abandonedBy).toBeUndefined();
    await again.close();
  }
});

it('says that leases cannot be kept where their folder cannot be made', async () => {
  const file = join(folder, '../file');
  writeFileSync(file, '');
  expect(await refusal(take({ folder: join(file, 'leases') }))).toMatchObject({
    code: 'HIL_BENCH_LEASE_FAILED',
    origin: 'bench',
  });
});

describe('the key of a port', () => {
  const usb = { path: '/dev/ttyUSB0', vendorId: '10c4', productId: 'ea60', location: '1-2', usbInterface: 0 };
  const of = (
    path: string,
    ...ports: Parameters<typeof leaseKeyOf>[1] extends undefined ? never[] : object[]
  ) => leaseKeyOf(path, () => Promise.resolve(ports as never));

  it('is the serial number, whatever the port is called today', async () => {
    expect(await of('/dev/ttyUSB0', { ...usb, serialNumber: 'A1' })).toBe('usb:A1');
    expect(await of('/dev/ttyUSB7', { ...usb, path: '/dev/ttyUSB7', serialNumber: 'A1' })).toBe('usb:A1');
    const second = { ...usb, serialNumber: 'A1', usbInterface: 1 };
    expect(await of('/dev/ttyUSB0', second)).toBe('usb:A1#1');
  });

  it('is the socket where bridges have no number, or all the same one', async () => {
    expect(await of('/dev/ttyUSB0', usb)).toBe('usb-socket:1-2');
    const twin = { ...usb, serialNumber: '0001' };
    expect(await of('/dev/ttyUSB0', twin, { ...twin, path: '/dev/ttyUSB1', location: '1-3' })).toBe(
      'usb-socket:1-2',
    );
  });

  it('is the device of a pseudo-terminal, and the address of a server', async () => {
    expect(await of('/dev/pts/4000')).toBe('device:/dev/pts/4000');
    expect(await of('RFC2217://Pi:2217')).toBe('rfc2217://pi:2217');
    expect(leaseFileOf('rfc2217://pi:2217')).toMatch(/^rfc2217_pi_2217-[0-9a-f]{12}\.lease$/);
  });
});

it('holds a card for the whole machine, and what is in no card for its sound server', () => {
  const of = (stableId: string, server: string) =>
    leaseOfCard({ kind: 'pulse', name: 'x', stableId }, { PULSE_SERVER: server }).key;
  expect(of('usb:1235:8210:Y8KX1', 'a')).toBe('card:usb:1235:8210:Y8KX1');
  expect(of('pulse:alsa_input.usb-F+alsa_output.usb-F', 'a')).toBe(
    of('pulse:alsa_input.usb-F+alsa_output.usb-F', 'b'),
  );
  expect(of('pulse:null.monitor+null', 'a')).not.toBe(of('pulse:null.monitor+null', 'b'));
  expect(of('pulse:null.monitor+null', 'a')).toBe(of('pulse:null.monitor+null', 'a'));
});

it('locks by listening, as on Windows, until the listener is released', async () => {
  // An abstract socket stands in for a named pipe: both go with their process.
  const address = `\0earshot-lease-test-${process.pid}`;
  if (process.platform !== 'linux') return;
  const lock = await lockByListening(address);
  expect(lock).toBeDefined();
  expect(await lockByListening(address)).toBeUndefined();
  lock!.release();
  const again = await lockByListening(address);
  expect(again).toBeDefined();
  again!.release();
});
