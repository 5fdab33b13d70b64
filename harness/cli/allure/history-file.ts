import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A line of Allure's history file, with the run that it is of. */
interface HistoryPoint {
  readonly earshotRun?: string;
  readonly timestamp?: number;
  readonly [key: string]: unknown;
}

/** Runs that are kept: Allure reads the whole file for each report. */
const MOST_POINTS = 100;

/** Points of a history file, oldest first; a line that was cut off is none. Empty where there is no file. */
export function readHistory(path: string): HistoryPoint[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line) => {
    try {
      return line.trim() === '' ? [] : [JSON.parse(line) as HistoryPoint];
    } catch {
      return [];
    }
  });
}

export const writeHistory = (path: string, points: readonly HistoryPoint[]): void => {
  const part = `${path}.part`;
  writeFileSync(part, points.map((point) => `${JSON.stringify(point)}\n`).join(''));
  renameSync(part, path);
};

const startOf = ({ timestamp = 0 }: HistoryPoint): number => timestamp;

/** What lay behind a run when it was made: Allure takes everything in its history for earlier, and the last line for the run before. */
export const before = (
  points: readonly HistoryPoint[],
  run: { readonly runId: string; readonly startedAt: string },
): HistoryPoint[] =>
  points.filter((point) => point.earshotRun !== run.runId && startOf(point) <= Date.parse(run.startedAt));

/** The history with a run in its place, once, however often it is rendered. */
export function withRun(
  points: readonly HistoryPoint[],
  run: { readonly runId: string; readonly startedAt: string },
  point: HistoryPoint,
): HistoryPoint[] {
  const placed = { ...point, earshotRun: run.runId, timestamp: Date.parse(run.startedAt) };
  const others = points.filter(({ earshotRun }) => earshotRun !== run.runId);
  return [...others, placed].sort((a, b) => startOf(a) - startOf(b)).slice(-MOST_POINTS);
}
