import type { FinishedRun } from '../run';
import { crashGroups, signatureOf, type CrashGroup } from '../verdict';
import { shownFindings } from './judged-turn';
import { systemNotes } from './system-notes';

/** A crash of the run, with the first of its backtraces in lines of text. */
export interface ShownCrash extends CrashGroup {
  readonly frames: readonly string[];
  /** Why the frames are addresses, or not to be relied on; absent: they are those of the firmware's ELF. */
  readonly note?: string;
}

interface Source {
  readonly function?: string;
  readonly file?: string;
  readonly line?: number;
}

interface Frame {
  readonly pc: string;
  readonly memory?: string;
  readonly sources?: readonly Source[];
}

/** `facts.triage` of `HIL_BOARD_PANIC`, as far as reports read it. */
interface Triage {
  readonly note?: string;
  readonly backtraces?: readonly { readonly frames?: readonly Frame[] }[];
}

/** Deeper frames are those of tasks and the scheduler; the run folder has them all. */
const MAX_FRAMES = 12;

/** `#1  0x42009b7f  play_task at main/firmware.c:27`; what is inlined comes first, joined by arrows. */
function frameInWords({ pc, memory, sources = [] }: Frame, index: number): string {
  const where = memory === 'rom' ? ' (ROM)' : memory === undefined ? ' (no code)' : '';
  const names = sources.map(({ function: name = '??', file, line }) => {
    const place = file === undefined ? '' : ` at ${file}${line === undefined ? '' : `:${line}`}`;
    return `${name}${place}`;
  });
  return `#${index}  ${pc}  ${names.length === 0 ? '??' : names.join(' ← ')}${where}`;
}

/** The crashes of a run by signature, the most frequent first; none of runs of older versions, whose findings have none. */
export function shownCrashes(run: FinishedRun): readonly ShownCrash[] {
  const findings = shownFindings(run);
  return (run.verdict?.crashes ?? crashGroups(findings)).map((group) => {
    const first = findings.find((finding) => signatureOf(finding)?.id === group.signature);
    const { note, backtraces } = (first?.facts['triage'] ?? {}) as Triage;
    const frames = backtraces?.[0]?.frames ?? [];
    return {
      ...group,
      frames: frames.slice(0, MAX_FRAMES).map(frameInWords),
      ...(note === undefined ? {} : { note }),
    };
  });
}

/** How often the task watchdog warned; the board went on each time. */
export const watchdogWarnings = ({ events }: FinishedRun): number =>
  events.filter(({ kind, data }) => kind === 'board' && data['text'] === 'The task watchdog was triggered.')
    .length;

/** Core dumps that the board printed, with the file in the run folder that holds each. */
export const coreDumps = ({ events }: FinishedRun): readonly ShownCoreDump[] =>
  events.flatMap(({ kind, data }) => (kind === 'core-dump' ? [data as unknown as ShownCoreDump] : []));

export interface ShownCoreDump {
  readonly sizeBytes: number;
  /** Relative to the run folder; absent: too many came, and this one was not kept. */
  readonly path?: string;
  readonly problem?: string;
}

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);

/** `3 times, in turns t0001, t0004, t0007`. */
export function countInWords({ count, turnIds }: CrashGroup): string {
  if (turnIds.length === 0) return times(count);
  return `${times(count)}, in turn${turnIds.length === 1 ? '' : 's'} ${turnIds.join(', ')}`;
}

/** What is to be said beside the crashes themselves, one sentence each. */
export function crashNotes(run: FinishedRun): readonly string[] {
  const warnings = watchdogWarnings(run);
  const ordered = run.turns.flatMap(({ record }) =>
    record.kind !== 'text' && record.orderedCrash?.crash !== undefined ? [record] : [],
  );
  return [
    ...ordered.map(
      ({ turnId, orderedCrash }) =>
        `The crash in turn ${turnId} was ordered by its test and is held against nobody: ${orderedCrash?.crash?.message ?? ''}`,
    ),
    ...(warnings === 0
      ? []
      : [`The task watchdog warned ${times(warnings)}; the board went on, and nothing is judged by it.`]),
    ...coreDumps(run).map(({ sizeBytes, path, problem }) => {
      const kept = path === undefined ? 'was not kept, as too many came' : `is ${path}`;
      const doubt = problem === undefined ? '' : `; it is not to be relied on: ${problem}`;
      return `A core dump of ${sizeBytes} bytes ${kept}${doubt}. It holds what was in memory, keys included.`;
    }),
    ...systemNotes(run),
  ];
}
