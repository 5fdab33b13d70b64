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

/** All processes of a harness, looked at behind a turn. */
export interface ProcessLook {
  /** One start of the harness: a soak that was broken off goes on with new processes. */
  readonly part: number;
  /** From the start of the part. */
  readonly atMs: number;
  readonly turns: number;
  readonly processes: readonly ProcessSample[];
}

export interface ProcessBounds {
  /** So much of each process's time is left out: caches and rings fill. */
  readonly warmUpMs: number;
  /** Growth of what is left after a collection that matters, bytes per hour. */
  readonly heapBytesPerHour: number;
  /** The same of private memory, which V8 gives back late and the allocator in pieces. */
  readonly privateBytesPerHour: number;
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
 * By how many a count has grown: the least of the last fifth of the samples against the least of the first. What is open for a moment is in
 * neither; what stays open is in all that follow.
 */
function growthOf(samples: readonly TimedSample[], count: (typeof counted)[number]): number {
  const fifth = Math.ceil(samples.length / FIFTHS);
  const least = (of: readonly TimedSample[]): number => Math.min(...of.map((sample) => sample[count]));
  return least(samples.slice(-fifth)) - least(samples.slice(0, fifth));
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

function memoryTarget(name: string, { outcome, loss }: DriftJudgement, boundBytes: number): Target {
  const mib = (bytes: number): string => (bytes / MIB).toFixed(2);
  const interval =
    loss === undefined
      ? `fewer than ${FEWEST_SAMPLES} samples`
      : `95 % interval ${mib(loss.lower)} to ${mib(loss.upper)}`;
  return {
    name: `${name} (${interval})`,
    value: loss === undefined ? NaN : loss.value / MIB,
    unit: 'MiB/h',
    bound: `≤ ${mib(boundBytes)}`,
    ok: outcome === 'pass',
  };
}

/**
 * Do the processes of a harness keep what they open? Each role by itself: descriptors and threads must not grow at all behind the warm-up,
 * and the slope of its memory (Theil and Sen) must lie within its bound with its whole 95 % interval.
 * @param roles - Those that have to be there: one that was never seen misses its targets.
 */
export function judgeProcesses(
  looks: readonly ProcessLook[],
  roles: readonly string[],
  { warmUpMs, heapBytesPerHour, privateBytesPerHour }: ProcessBounds,
): LongReport {
  const processes = processesOf(looks, warmUpMs);
  const targets = roles.flatMap((role) => {
    const own = processes.filter((samples) => samples[0]?.role === role);
    const judged = own.filter(({ length }) => length >= FEWEST_SAMPLES);
    const counts = counted.map((count): Target => {
      const growth =
        judged.length === 0 ? NaN : Math.max(...judged.map((samples) => growthOf(samples, count)));
      return { name: `${role}: ${count}, growth`, value: growth, unit: '', bound: '≤ 0', ok: growth <= 0 };
    });
    const heap = driftOf(judged, ({ heapBytes }) => heapBytes, heapBytesPerHour);
    const memory = driftOf(judged, ({ privateBytes }) => privateBytes, privateBytesPerHour);
    return [
      ...counts,
      memoryTarget(`${role}: heap behind a collection, growth`, heap, heapBytesPerHour),
      memoryTarget(`${role}: private memory, growth`, memory, privateBytesPerHour),
    ];
  });
  const last = looks.at(-1);
  const most = (role: string): number =>
    Math.max(
      0,
      ...looks.flatMap((look) =>
        look.processes.filter((one) => one.role === role).map(({ privateBytes }) => privateBytes),
      ),
    );
  return {
    targets,
    figures: {
      looks: looks.length,
      parts: last?.part ?? 0,
      ...Object.fromEntries(
        roles.map((role) => [`most private memory of the ${role}, MiB`, Math.round(most(role) / MIB)]),
      ),
    },
  };
}
