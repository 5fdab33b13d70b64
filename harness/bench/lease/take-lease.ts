import { ftruncateSync, writeFileSync, writeSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { leasesPath } from '../../config';
import { HilError, type Closable } from '../../errors';
import { delay, isoNow, type Cancel, type Clock, type WallClock } from '../../ports';
import { leaseFileOf } from './lease-file';
import { identityOf, readRecord, type LeaseRecord } from './lease-record';
import { makeLockFolder, tryLock, type OsLock } from './os-lock';

/** Something of this machine that is this process's until it is closed, or until the process ends, however it does. */
export interface Lease extends Closable {
  readonly record: LeaseRecord;
  /** Who had it last and never gave it back: that process died. Absent: it was given back. */
  readonly abandonedBy?: LeaseRecord;
}

export interface LeaseOptions {
  /** `leaseKeyOf`, or `card:…`. */
  readonly key: string;
  /** The board's name, or the port. */
  readonly name: string;
  /** Such as `earshot run`. */
  readonly command: string;
  readonly clock: Clock;
  /** Default: this machine's. */
  readonly wallClock?: WallClock;
  /** How long to wait for another holder. Default: not at all. */
  readonly waitMs?: number;
  /** Told once for each holder that is waited for. */
  readonly onWait?: (holder: LeaseRecord | undefined) => void;
  /** Ends the waiting. */
  readonly signal?: AbortSignal;
  /** Process id of who is to be asked to give it back. Default: this process. */
  readonly leaderPid?: number;
  /** Default: this machine's. */
  readonly folder?: string;
}

const HEARTBEAT_MS = 10_000;
const POLL_MS = 100;
/** Whoever looks at leases holds each for some microseconds. */
const GRACE_MS = 300;

const textOf = (record: LeaseRecord): string => `${JSON.stringify(record)}\n`;

/** `3 min`; whole units, for people. */
export function inWords(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** `earshot run of ada, process 4711, for 12 min (last heard of 3 s ago)`. */
export function describeHolder(holder: LeaseRecord | undefined, nowMs: number): string {
  if (holder === undefined) return 'a process that has not said who it is';
  const { command, user, leader, sinceHostMs, heartbeatHostMs } = holder;
  return `${command} of ${user}, process ${leader.pid}, for ${inWords(nowMs - sinceHostMs)} (last heard of ${inWords(nowMs - heartbeatHostMs)} ago)`;
}

function held(options: LeaseOptions, path: string, holder: LeaseRecord | undefined): HilError {
  const { key, name, waitMs = 0, clock } = options;
  const waited = waitMs === 0 ? '' : `, and was so for the ${inWords(waitMs)} that were waited`;
  const message = `${name} (${key}) is held by ${describeHolder(holder, clock.nowMs())}${waited}.`;
  return new HilError('HIL_BENCH_HELD', message, { key, name, path, holder, waitMs });
}

function leaseFailed(folder: string, cause: unknown): HilError {
  const message = `Leases cannot be kept in ${folder}: ${(cause as Error).message}`;
  return new HilError('HIL_BENCH_LEASE_FAILED', message, { folder }, { cause });
}

/**
 * Takes a lease, or waits for it.
 * @throws HilError `HIL_BENCH_HELD` naming the holder, `HIL_BENCH_LEASE_FAILED`; the signal's reason.
 */
export async function takeLease(options: LeaseOptions): Promise<Lease> {
  const { key, name, command, clock, waitMs = 0, onWait, folder = leasesPath() } = options;
  const path = join(folder, leaseFileOf(key));
  const untilMs = clock.nowMs() + Math.max(waitMs, GRACE_MS);
  let toldOf: number | undefined;
  let lock = await lockIn(folder, path);
  while (lock === undefined) {
    const holder = readRecord(path);
    const nowMs = clock.nowMs();
    if (nowMs >= untilMs) throw held(options, path, holder);
    if (waitMs > 0 && toldOf !== (holder?.holder.pid ?? 0)) {
      toldOf = holder?.holder.pid ?? 0;
      onWait?.(holder);
    }
    options.signal?.throwIfAborted();
    await delay(clock, Math.min(POLL_MS, untilMs - nowMs));
    lock = await lockIn(folder, path);
  }
  const abandonedBy = readRecord(path);
  const nowMs = clock.nowMs();
  let record: LeaseRecord = {
    schema: 'earshot/lease@1',
    key,
    name,
    holder: identityOf(process.pid),
    leader: identityOf(options.leaderPid ?? process.pid),
    user: userInfo().username,
    command,
    since: isoNow(options.wallClock),
    sinceHostMs: nowMs,
    heartbeatHostMs: nowMs,
  };
  const taken = lock;
  const write = (text: string): void => {
    try {
      writeRecord(taken, path, text);
    } catch {
      // The lock is what counts, and it holds; the words beside it are for people.
    }
  };
  write(textOf(record));
  let cancel: Cancel = () => undefined;
  const beat = (): void => {
    cancel = clock.after(HEARTBEAT_MS, () => {
      record = { ...record, heartbeatHostMs: clock.nowMs() };
      write(textOf(record));
      beat();
    });
  };
  beat();
  let open = true;
  return {
    record,
    ...(abandonedBy === undefined ? {} : { abandonedBy }),
    close: () => {
      if (open) {
        open = false;
        cancel();
        write('');
        taken.release();
      }
      return Promise.resolve();
    },
  };
}

async function lockIn(folder: string, path: string): Promise<OsLock | undefined> {
  try {
    makeLockFolder(folder);
    return await tryLock(path);
  } catch (cause) {
    throw leaseFailed(folder, cause);
  }
}

function writeRecord({ descriptor }: OsLock, path: string, text: string): void {
  if (descriptor === undefined) {
    writeFileSync(path, text);
    return;
  }
  // Shorter first: whoever reads in between finds the end of an older record behind a newer one, which is no JSON.
  ftruncateSync(descriptor, 0);
  if (text !== '') writeSync(descriptor, text, 0);
}
