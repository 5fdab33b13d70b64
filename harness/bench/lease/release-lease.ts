import { HilError } from '../../errors';
import { delay, type Clock } from '../../ports';
import { isAlive, readRecord, type ProcessIdentity } from './lease-record';
import { isHeld, type LeaseState } from './read-leases';
import { describeHolder } from './take-lease';

export interface ReleaseOptions {
  readonly clock: Clock;
  /** Ends the holder at once where asking it did not help. */
  readonly force: boolean;
  /** How long a holder may take to end in order. Default 15 s: a run closes its bench and stores what it has. */
  readonly withinMs?: number;
}

const CLOSE_WITHIN_MS = 15_000;
const KILLED_WITHIN_MS = 3_000;
const POLL_MS = 50;

/** Sends a signal to the process that is meant and to no later one with its id; false: it has gone. */
function signal(whom: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isAlive(whom)) return false;
  process.kill(whom.pid, name);
  return true;
}

/**
 * Has a lease given back: its holder is asked to end, and with `force` is ended where it does not.
 * @returns How it came to be free.
 * @throws HilError `HIL_BENCH_HELD`: the holder belongs to another user, or has not ended.
 */
export async function releaseLease(
  { record, path }: LeaseState,
  { clock, force, withinMs = CLOSE_WITHIN_MS }: ReleaseOptions,
): Promise<'was-free' | 'asked' | 'killed'> {
  const isOurs = (): boolean => readRecord(path)?.sinceHostMs === record.sinceHostMs;
  /** Free, or somebody else's by now: either way this holder has let go. */
  const freed = async (forMs: number): Promise<boolean> => {
    const untilMs = clock.nowMs() + forMs;
    while (clock.nowMs() < untilMs) {
      if (!(await isHeld(path)) || !isOurs()) return true;
      await delay(clock, POLL_MS);
    }
    return false;
  };
  const refused = (why: string, cause?: unknown): HilError => {
    const message = `${record.name} (${record.key}) is still held by ${describeHolder(record, clock.nowMs())}: ${why}.`;
    return new HilError('HIL_BENCH_HELD', message, { key: record.key, holder: record, path }, { cause });
  };
  if (!(await isHeld(path))) return 'was-free';
  try {
    // Of a run, its command: it closes the bench, stores what it has, and says that it was interrupted.
    if (signal(record.leader, 'SIGTERM') || signal(record.holder, 'SIGTERM')) {
      if (await freed(withinMs)) return 'asked';
      if (!force) throw refused('it was asked to end and has not; --force ends it');
    }
    if (!force) throw refused('its process cannot be found from here; --force ends what is left of it');
    signal(record.holder, 'SIGKILL');
    signal(record.leader, 'SIGKILL');
  } catch (cause) {
    if (cause instanceof HilError) throw cause;
    throw refused(
      `it could not be told to end (${(cause as NodeJS.ErrnoException).code ?? 'unknown'})`,
      cause,
    );
  }
  if (await freed(KILLED_WITHIN_MS)) return 'killed';
  throw refused('it could not be ended');
}
