import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { listeningCopy, readWav } from '../audio';
import { isSoundTurn, type MeasuredTurn } from '../measurement';
import {
  enrichAllure,
  isResultFile,
  renderHtmlPieces,
  renderJunit,
  renderMarkdown,
  summariseSound,
  type InlineAudio,
  type Language,
  type TurnSoundSummary,
} from '../report';
import { fileInRun, type FinishedRun } from '../run';

/** Absolute paths of what was written. */
export interface WrittenReports {
  readonly html: string;
  readonly junit: string;
  readonly summary: string;
  readonly allureResults: string;
}

/**
 * Recordings of which the page holds a copy to listen to, by the size of their files; a copy has a sixth to a half of it. Some forty
 * turns: more would take a browser too long to open.
 */
const EMBEDDED_BYTES = 48 * 1024 * 1024;

/** Bytes of a recording of the run; undefined where it is not there, or not within the folder: runs come from elsewhere, too. */
function sizeOf(runPath: string, path: string): number | undefined {
  const file = path.endsWith('.wav') ? fileInRun(runPath, path) : undefined;
  return file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.size;
}

/** What is shown of a turn's capture; undefined of a turn without one, and where it cannot be read. */
export function soundOf(run: FinishedRun, turn: MeasuredTurn): TurnSoundSummary | undefined {
  if (!isSoundTurn(turn) || turn.record.capture === undefined) return undefined;
  const { path } = turn.record.capture;
  if (sizeOf(run.path, path) === undefined) return undefined;
  try {
    return summariseSound(turn, readWav(readFileSync(join(run.path, path))));
  } catch {
    // A run folder may travel without its captures: the report is whole but for the waveform.
    return undefined;
  }
}

/** The recordings that the page plays itself: of turns that failed, then of those not judged, then of the others, while there is room. */
function audioWithin(run: FinishedRun, most: number): InlineAudio {
  const outcomes = new Map(run.verdict?.turns.map(({ turnId, outcome }) => [turnId, outcome]));
  const rank = { fail: 0, 'not-judged': 1, pass: 2 } as const;
  const rankOf = (turnId: string): number => rank[outcomes.get(turnId) ?? 'not-judged'];
  const files = run.turns
    .filter(isSoundTurn)
    .map(({ record }) => record)
    .sort((a, b) => rankOf(a.turnId) - rankOf(b.turnId))
    .flatMap(({ capture, received }) => [capture?.path, received?.path])
    .filter((path) => path !== undefined);
  const chosen = new Set<string>();
  let left = most;
  for (const file of files) {
    const bytes = sizeOf(run.path, file);
    if (bytes === undefined || bytes > left) continue;
    left -= bytes;
    chosen.add(file);
  }
  return (path) => {
    if (!chosen.has(path)) return undefined;
    try {
      return listeningCopy(readWav(readFileSync(join(run.path, path))));
    } catch {
      // What cannot be read is linked, as it is without its file.
      return undefined;
    }
  };
}

/** Writes a file piece by piece beside its place, then puts it there whole. */
function writePieces(path: string, pieces: Iterable<string>): void {
  const aside = `${path}.part`;
  const file = openSync(aside, 'w');
  try {
    for (const piece of pieces) writeSync(file, piece);
  } finally {
    closeSync(file);
  }
  renameSync(aside, path);
}

/** What Allure has of a run, in its folder of results. */
function writeAllure(run: FinishedRun, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const results = readdirSync(folder)
    .filter(isResultFile)
    .map((name) => ({ name, content: readFileSync(join(folder, name), 'utf8') }));
  for (const { name, content } of enrichAllure(run, results)) writeFileSync(join(folder, name), content);
}

export interface ReportOptions {
  /** Of report.html. Default: English. */
  readonly language?: Language | undefined;
}

/** Renders a judged run into its own folder. */
export function writeReports(run: FinishedRun, { language }: ReportOptions = {}): WrittenReports {
  const paths = {
    html: join(run.path, 'report.html'),
    junit: join(run.path, 'junit.xml'),
    summary: join(run.path, 'summary.md'),
    allureResults: join(run.path, 'allure-results'),
  };
  const pieces = renderHtmlPieces(run, {
    soundOf: (turn) => soundOf(run, turn),
    inlineAudio: audioWithin(run, EMBEDDED_BYTES),
    language,
  });
  writePieces(paths.html, pieces);
  writeFileSync(paths.junit, renderJunit(run));
  writeFileSync(paths.summary, renderMarkdown(run));
  writeAllure(run, paths.allureResults);
  return paths;
}
