import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { measures } from '../../measurement';
import {
  renderBadge,
  renderHistory,
  trendsOf,
  withoutRecordings,
  type HistoryOptions,
  type Trend,
} from '../../report';
import { fileInRun, folderNameOf, toJsonText, type RunHead } from '../../run';
import { exitCodes } from '../exit-codes';
import { storedRuns, type StoredRuns } from '../stored-runs';

const inMs = (valueMs: number | undefined): string =>
  valueMs === undefined ? '–' : Number.isFinite(valueMs) ? valueMs.toFixed(1) : '> all';

/** Releases as lines of text. */
function linesOf({ board, dialect, provider, measure, releases }: Trend): string[] {
  return [
    `${board} · ${dialect} · provider ${provider} · ${measures[measure].title} in ms`,
    ...releases.map(
      ({ firmware, outcome, distribution: { n, p50, p95 } }) =>
        `  ${firmware.padEnd(24)} ${outcome.padEnd(12)} p50 ${inMs(p50?.valueMs).padStart(8)}  p95 ${inMs(p95?.valueMs).padStart(8)}  n ${n}`,
    ),
  ];
}

/** Trends as a script reads them: no values of single turns. */
const summaryOf = ({ releases, ...trend }: Trend): object => ({
  ...trend,
  releases: releases.map(({ firmware, outcome, runs, distribution: { n, censored, p50, p90, p95 } }) => ({
    firmware,
    outcome,
    runIds: runs.map(({ record }) => record.runId),
    n,
    censored,
    p50,
    p90,
    p95,
  })),
});

function say(
  { runs, unreadable }: StoredRuns,
  trends: readonly Trend[],
  written: string,
  asJson: boolean,
): void {
  for (const { path, why } of unreadable) process.stderr.write(`${path} is left out: ${why}\n`);
  if (asJson) {
    const value = {
      schema: 'earshot/history@1',
      runs: runs.length,
      unreadable,
      trends: trends.map(summaryOf),
      written,
    };
    process.stdout.write(`${toJsonText(value, 2)}\n`);
    return;
  }
  const none = trends.length === 0 ? ['No run here was judged by a latency.'] : [];
  process.stdout.write(`${[...trends.flatMap(linesOf), ...none, '', `written  ${written}`].join('\n')}\n`);
}

/** Links to the reports of runs whose folders lie below `parent`, which is empty or ends with a slash. */
function linksBelow(parent: string): HistoryOptions {
  const linkTo =
    (name: string) =>
    ({ path }: RunHead): string | undefined =>
      existsSync(join(path, name)) ? `${parent}${encodeURIComponent(basename(path))}/${name}` : undefined;
  return { linkOf: linkTo('report.html'), allureLinkOf: linkTo('allure-report/index.html') };
}

export interface HistoryArguments {
  /** Holds run folders. */
  readonly folder: string;
  readonly json: boolean;
}

/** Writes `history.html` beside the runs of a folder. @throws ConfigError `HIL_RUN_NOT_FOUND`. */
export function historyCommand({ folder, json }: HistoryArguments): number {
  const stored = storedRuns(folder);
  const trends = trendsOf(stored.runs);
  const written = join(folder, 'history.html');
  writeFileSync(written, renderHistory(stored.runs, trends, linksBelow('')));
  say(stored, trends, written, json);
  return exitCodes.passed;
}

export interface PublishArguments extends HistoryArguments {
  readonly out: string;
  readonly captures: boolean;
}

/** What of a run goes onto a site; recordings only where they are asked for. */
const published = ['report.html', 'summary.md', 'junit.xml', 'verdict.json'] as const;

function publishRun({ path, record }: RunHead, out: string, captures: boolean): void {
  const to = join(out, 'runs', basename(path));
  mkdirSync(to, { recursive: true });
  // A link would publish what it leads to, wherever that is.
  const filter = (from: string): boolean => !lstatSync(from).isSymbolicLink();
  for (const name of published)
    if (existsSync(join(path, name))) cpSync(join(path, name), join(to, name), { filter });
  const page = join(to, 'report.html');
  if (!captures && existsSync(page)) writeFileSync(page, withoutRecordings(readFileSync(page, 'utf8')));
  if (!captures) return;
  // It plays them too.
  const allure = join(path, 'allure-report');
  if (existsSync(allure)) cpSync(allure, join(to, 'allure-report'), { recursive: true, filter });
  for (const { name } of record.boards) {
    const folder = folderNameOf(name);
    const from = fileInRun(path, `${folder}/captures`);
    if (from !== undefined) cpSync(from, join(to, folder, 'captures'), { recursive: true, filter });
  }
}

/**
 * Writes a static site of the runs of a folder: index.html with the trends, badge.svg, and what was reported of each run. What is there
 * already of other runs stays.
 * @throws ConfigError `HIL_RUN_NOT_FOUND`.
 */
export function publishCommand({ folder, out, captures, json }: PublishArguments): number {
  const stored = storedRuns(folder);
  const trends = trendsOf(stored.runs);
  mkdirSync(out, { recursive: true });
  for (const run of stored.runs) publishRun(run, out, captures);
  const written = join(out, 'index.html');
  const { linkOf, allureLinkOf } = linksBelow('runs/');
  const links = captures ? { linkOf, allureLinkOf } : { linkOf };
  writeFileSync(written, renderHistory(stored.runs, trends, links));
  const newest = [...trends].sort((a, b) => startOf(b).localeCompare(startOf(a)))[0];
  writeFileSync(join(out, 'badge.svg'), renderBadge(newest));
  // GitHub Pages would put it through Jekyll, which drops what begins with an underscore.
  writeFileSync(join(out, '.nojekyll'), '');
  say(stored, trends, written, json);
  return exitCodes.passed;
}

/** When a trend's newest run began, ISO 8601. */
const startOf = ({ releases }: Trend): string => releases.at(-1)?.runs.at(-1)?.record.startedAt ?? '';
