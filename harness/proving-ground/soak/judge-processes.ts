import { FEWEST_SAMPLES, judgeDrift, type DriftJudgement } from '../../verdict';
import type { Target } from '../accuracy/targets';
import type { LongReport } from '../long/long-job';

/** What one process of a harness had at a time. */
export interface ProcessSample {
  /** Which part of the harness it is. */
  readonly role: string;
  readonly pid: number;
  /** Open ones. */
  readonly descriptors: number;
  readonly threads: number;
  /** Resident memory that it shares with nobody. */
  readonly privateBytes: number;
  /** Left after a collection, buffers outside the heap included; absent where it did not answer. */
  readonly heapBytes?: number;
}

/** All processes of a harness at a time. */
export interface ProcessLook {
  /** One start of the harness: a soak that was broken off goes on with new processes. */
  readonly part: number;
  /** From the start of the part. */
  readonly atMs: number;
  readonly processes: readonly ProcessSample[];
}

export interface ProcessBounds {
  /** So much of each process's time is left out: caches and rings fill. */
  readonly warmUpMs: number;
  /** Growth of what is left after a collection that matters, bytes per hour, by role; absent: not judged. */
  readonly heapBytesPerHour: Readonly<Record<string, number>>;
  /** The same of private memory, which V8 gives back late and the allocator in pieces: minutes say nothing of it. */
  readonly privateBytesPerHour?: number;
  /** Minutes decide less than hours: a slope that noise hides misses nothing then. Default: it does. */
  readonly isShort?: boolean;
}

/** What a harness counts one by one: a single one that stays open each time ends every bench. */
const counted = ['descriptors', 'threads'] as const;
const HOUR_MS = 3_600_000;
const MIB = 1024 * 1024;
const FIFTHS = 5;

interface TimedSample extends ProcessSample {
  /** From the first look at this process. */
  readonly ageMs: number;
}

/** Samples by process, in their order, warm-up left out. */
function processesOf(looks: readonly ProcessLook[], warmUpMs: number): readonly (readonly TimedSample[])[] {
  const first = new Map<string, number>();
  const byProcess = new Map<string, TimedSample[]>();
  for (const { part, atMs, processes } of looks) {
    for (const sample of processes) {
      const key = `${part} ${sample.pid}`;
      if (!first.has(key)) first.set(key, atMs);
      const ageMs = atMs - (first.get(key) ?? 0);
      if (ageMs < warmUpMs) continue;
      byProcess.set(key, [...(byProcess.get(key) ?? []), { ...sample, ageMs }]);
    }
  }
  return [...byProcess.values()];
}

/**
 * By how many a count has grown from the first fifth of the samples to the last: by its least and by its median, whichever grew less. What is
 * open, or closed, for a moment is in one of them at most; what stays open is in all that follow.
 */
function growthOf(samples: readonly TimedSample[], count: (typeof counted)[number]): number {
  const fifth = Math.ceil(samples.length / FIFTHS);
  const sorted = (of: readonly TimedSample[]): number[] =>
    of.map((sample) => sample[count]).sort((one, other) => one - other);
  const [first, last] = [sorted(samples.slice(0, fifth)), sorted(samples.slice(-fifth))];
  const growthAt = (index: number): number => (last[index] ?? NaN) - (first[index] ?? NaN);
  return Math.min(growthAt(0), growthAt(Math.floor(fifth / 2)));
}

/** Growth of one kind of memory over all processes of a role, pairs made within a process. */
function driftOf(
  processes: readonly (readonly TimedSample[])[],
  bytesOf: (sample: TimedSample) => number | undefined,
  bytesPerHour: number,
): DriftJudgement {
  const points = processes.flatMap((samples, process) =>
    samples.flatMap((sample) => {
      const bytes = bytesOf(sample);
      // What grows is lost to the machine.
      return bytes === undefined ? [] : [{ x: sample.ageMs / HOUR_MS, y: 0 - bytes, group: String(process) }];
    }),
  );
  return judgeDrift(points, bytesPerHour);
}

function memoryTarget(
  name: string,
  { outcome, loss, because }: DriftJudgement,
  boundBytes: number,
  isShort: boolean,
): Target {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(2);
  const interval =
    loss === undefined
      ? `fewer than ${FEWEST_SAMPLES} samples`
      : `95 % interval ${mib(loss.lower)} to ${mib(loss.upper)}${because === 'once' ? ', in one fifth of the time' : ''}`;
  return {
    name: `${name} (${interval})`,
    value: loss === undefined ? NaN : loss.value / MIB,
    unit: 'MiB/h',
    bound: `≤ ${mib(boundBytes)}`,
    ok: outcome === 'pass' || (isShort && loss !== undefined && outcome === 'inconclusive'),
  };
}

function mostPrivateMiB(looks: readonly ProcessLook[], role: string): number {
  const bytes = looks.flatMap(({ processes }) =>
    processes.filter((one) => one.role === role).map(({ privateBytes }) => privateBytes),
  );
  return Math.round(Math.max(0, ...bytes) / MIB);
}

/**
 * Do the processes of a harness keep to what they have? Each role by itself: behind the warm-up, descriptors and threads must not grow at
 * all, and the slope of its memory (Theil and Sen, pairs within a process) must lie within its bound with its whole 95 % interval; or, where it
 * grew once, those of four fifths of the time.
 * @param roles - Those that have to be there: one that was never seen, or too seldom, misses its targets.
 */
export function judgeProcesses(
  looks: readonly ProcessLook[],
  roles: readonly string[],
  { warmUpMs, heapBytesPerHour, privateBytesPerHour, isShort = false }: ProcessBounds,
): LongReport {
  const processes = processesOf(looks, warmUpMs).filter(({ length }) => length >= FEWEST_SAMPLES);
  const targets = roles.flatMap((role) => {
    const own = processes.filter(([first]) => first?.role === role);
    const counts = counted.map((count): Target => {
      const growth = own.length === 0 ? NaN : Math.max(...own.map((samples) => growthOf(samples, count)));
      return { name: `${role}: ${count}, growth`, value: growth, unit: '', bound: '≤ 0', ok: growth <= 0 };
    });
    const memory = (name: string, bytesOf: Parameters<typeof driftOf>[1], bound: number): Target =>
      memoryTarget(`${role}: ${name}, growth`, driftOf(own, bytesOf, bound), bound, isShort);
    const heapBound = heapBytesPerHour[role];
    return [
      ...counts,
      ...(heapBound === undefined
        ? []
        : [memory('heap behind a collection', ({ heapBytes }) => heapBytes, heapBound)]),
      ...(privateBytesPerHour === undefined
        ? []
        : [memory('private memory', ({ privateBytes }) => privateBytes, privateBytesPerHour)]),
    ];
  });
  const memories = roles.map((role): [string, number] => [
    `most private memory of the ${role}, MiB`,
    mostPrivateMiB(looks, role),
  ]);
  return {
    targets,
    figures: { looks: looks.length, parts: looks.at(-1)?.part ?? 0, ...Object.fromEntries(memories) },
  };
}
