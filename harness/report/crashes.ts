import type { FinishedRun } from '../run';
import { crashGroups, signatureOf, type CrashGroup } from '../verdict';
import { shownFindings } from './judged-turn';
import { en, type Messages } from './language';
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
function frameInWords({ pc, memory, sources = [] }: Frame, index: number, words: Messages): string {
  const { rom, noCode, at } = words.crashes;
  const where = memory === 'rom' ? rom : memory === undefined ? noCode : '';
  const names = sources.map(({ function: name = '??', file, line }) => {
    return file === undefined ? name : at(name, line === undefined ? file : `${file}:${line}`);
  });
  return `#${index}  ${pc}  ${names.length === 0 ? '??' : names.join(' ← ')}${where}`;
}

/** The crashes of a run by signature, the most frequent first; none of runs of older versions, whose findings have none. */
export function shownCrashes(run: FinishedRun, words: Messages = en): readonly ShownCrash[] {
  const findings = shownFindings(run);
  return (run.verdict?.crashes ?? crashGroups(findings)).map((group) => {
    const first = findings.find((finding) => signatureOf(finding)?.id === group.signature);
    const { note, backtraces } = (first?.facts['triage'] ?? {}) as Triage;
    const frames = backtraces?.[0]?.frames ?? [];
    return {
      ...group,
      frames: frames.slice(0, MAX_FRAMES).map((frame, index) => frameInWords(frame, index, words)),
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

/** `3 times, in turns t0001, t0004, t0007`. */
export const countInWords = ({ count, turnIds }: CrashGroup, words: Messages = en): string =>
  words.crashes.count(count, turnIds);

/** What is to be said beside the crashes themselves, one sentence each. */
export function crashNotes(run: FinishedRun, words: Messages = en): readonly string[] {
  const warnings = watchdogWarnings(run);
  const ordered = run.turns.flatMap(({ record }) =>
    record.kind !== 'text' && record.orderedCrash?.crash !== undefined ? [record] : [],
  );
  return [
    ...ordered.map(({ turnId, orderedCrash }) => {
      const message = orderedCrash?.crash?.message ?? '';
      return words.crashes.ordered(turnId, words.stored(message) ?? message);
    }),
    ...(warnings === 0 ? [] : [words.crashes.watchdog(warnings)]),
    ...coreDumps(run).map(({ sizeBytes, path, problem }) => words.crashes.coreDump(sizeBytes, path, problem)),
    ...systemNotes(run, words),
  ];
}
