import { readFileSync } from 'node:fs';
import { z } from 'zod';

const process_ = z.looseObject({
  pid: z.number(),
  /** Tells a process from a later one with the same id; absent where the system does not tell. */
  startTime: z.string().optional(),
});

const schema = z.looseObject({
  schema: z.literal('earshot/lease@1'),
  key: z.string(),
  name: z.string(),
  holder: process_,
  leader: process_,
  user: z.string(),
  command: z.string(),
  since: z.string(),
  sinceHostMs: z.number(),
  heartbeatHostMs: z.number(),
});

/** A process that is told from later ones with its id. */
export type ProcessIdentity = z.infer<typeof process_>;

/** Who has something of this machine, as it stands in the lease's file. */
export interface LeaseRecord {
  readonly schema: 'earshot/lease@1';
  /** What is held: `usb:7CDFA1…`, `device:/dev/pts/4`, `rfc2217://…`, `card:…`. */
  readonly key: string;
  /** What a person calls it: the board's name, or the port. */
  readonly name: string;
  /** The process that has the lock. */
  readonly holder: ProcessIdentity;
  /** The process that ends it in order: the command whose child the holder may be. */
  readonly leader: ProcessIdentity;
  readonly user: string;
  /** Such as `earshot run`. */
  readonly command: string;
  /** Wall time, for people. */
  readonly since: string;
  /** Durations come from the monotonic clock that all processes of the machine share: a clock that is set changes none. */
  readonly sinceHostMs: number;
  readonly heartbeatHostMs: number;
}

/** When a process began, in the system's own words; undefined: there is none, or the system does not tell. */
export function startTimeOf(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in brackets, may hold anything; field 22 is the start in ticks since boot (proc(5)).
    return status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** This process, or another, so that it is not taken for a later one. */
export function identityOf(pid: number): ProcessIdentity {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? { pid } : { pid, startTime };
}

/** Whether the process that is meant is there, and not another that got its id. Unknown start times are believed. */
export function isAlive({ pid, startTime }: ProcessIdentity): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    // Another user's is there all the same.
    if ((cause as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = startTimeOf(pid);
  return startTime === undefined || now === undefined || now === startTime;
}

/** Undefined: nobody has written one, or it is being written. */
export function readRecord(path: string): LeaseRecord | undefined {
  try {
    const { data } = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return data;
  } catch {
    return undefined;
  }
}
