import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { listeningCopy, readWav } from '../../audio';
import { childEnvironment } from '../../config';
import { RunError } from '../../errors';
import { allureInput, isResultFile, quietPage, type AllureInput } from '../../report';
import type { FinishedRun } from '../../run';
import { soundOf } from '../write-reports';
import { allureProgram } from './allure-program';
import { before, readHistory, withRun, writeHistory } from './history-file';

/** Beyond this a page in one piece takes a browser too long; it becomes a folder, which needs a server. */
const MOST_BYTES_IN_ONE_FILE = 150e6;
const MOST_MS = 10 * 60_000;
const TAIL_CHARACTERS = 2000;

export interface AllureReport {
  /** The page to open. */
  readonly page: string;
  /** True: it opens from the disk; false: it is a folder that a web server has to serve. */
  readonly isOneFile: boolean;
  /** Allure's history file, with this run in it. */
  readonly history: string;
}

/** Sound of a recording of the run for a page; undefined where the folder came without. */
function listenTo(runPath: string, relativePath: string): Uint8Array | undefined {
  const path = join(runPath, relativePath);
  return existsSync(path) ? listeningCopy(readWav(readFileSync(path))) : undefined;
}

function inputOf(run: FinishedRun, from: string): AllureInput {
  const names = readdirSync(from).filter(isResultFile);
  return allureInput(run, {
    results: names.map((name) => ({ name, content: readFileSync(join(from, name), 'utf8') })),
    soundOf: (turn) => ({
      sound: soundOf(run, turn),
      inlineAudio: (path) => listenTo(run.path, path),
    }),
  });
}

/** Fills a folder with what the generator reads. @returns Its size in bytes. */
function prepare({ files, replaced }: AllureInput, from: string, to: string): number {
  const written = new Set(files.map(({ name }) => name));
  mkdirSync(to);
  for (const { name, content } of files) writeFileSync(join(to, name), content);
  for (const name of readdirSync(from)) {
    if (written.has(name) || replaced.has(name)) continue;
    try {
      linkSync(join(from, name), join(to, name));
    } catch {
      // A file system without links.
      copyFileSync(join(from, name), join(to, name));
    }
  }
  return readdirSync(to).reduce((sum, name) => sum + statSync(join(to, name)).size, 0);
}

function generate(program: string, args: readonly string[], cwd: string): void {
  const { error, status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [program, 'awesome', ...args],
    {
      cwd,
      encoding: 'utf8',
      env: childEnvironment({}),
      timeout: MOST_MS,
    },
  );
  if (error === undefined && status === 0) return;
  const output = `${stdout}${stderr}`.slice(-TAIL_CHARACTERS);
  throw new RunError(
    'HIL_REPORT_ALLURE_FAILED',
    `Allure's generator ended with ${signal ?? `exit code ${status ?? 'none'}`} and made no report.`,
    { program, output },
    { cause: error },
  );
}

/** Makes every page below a folder one that asks nobody for anything. */
function quieten(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.html')) continue;
    const path = join(entry.parentPath, entry.name);
    writeFileSync(path, quietPage(readFileSync(path, 'utf8')));
  }
}

/**
 * Writes `allure-report/` into a run's folder with Allure's own generator, and the run into Allure's history file. A run that is rendered
 * again takes its own place in both.
 * @param history - Path of that file, for all runs that are to be compared.
 * @throws RunError `HIL_REPORT_ALLURE_MISSING`, `HIL_REPORT_ALLURE_FAILED`.
 */
export function generateAllure(run: FinishedRun, history: string): AllureReport {
  const program = allureProgram();
  const results = join(run.path, 'allure-results');
  const work = mkdtempSync(join(run.path, '.allure-'));
  try {
    const input = inputOf(run, results);
    const isOneFile = prepare(input, results, join(work, 'results')) <= MOST_BYTES_IN_ONE_FILE;
    const points = readHistory(history);
    writeHistory(join(work, 'history.jsonl'), before(points, run.record));
    writeFileSync(join(work, 'allurerc.json'), JSON.stringify(input.config, null, 2));
    const args = [
      ...['--config', join(work, 'allurerc.json'), '--name', input.title],
      ...['--history-path', join(work, 'history.jsonl'), '--output', join(work, 'report')],
      ...(isOneFile ? ['--single-file'] : []),
      join(work, 'results'),
    ];
    generate(program, args, work);
    quieten(join(work, 'report'));
    const report = join(run.path, 'allure-report');
    rmSync(report, { recursive: true, force: true });
    renameSync(join(work, 'report'), report);
    const point = readHistory(join(work, 'history.jsonl')).at(-1);
    if (point !== undefined) {
      mkdirSync(dirname(history), { recursive: true });
      writeHistory(history, withRun(points, run.record, point));
    }
    return { page: join(report, 'index.html'), isOneFile, history };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
