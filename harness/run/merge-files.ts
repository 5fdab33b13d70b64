import { copyFileSync, existsSync, linkSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { earlierLines, earlierLog } from './console-sink';
import { storeFailed } from './store-files';
import type { MergePart } from './merge-record';
import { folderNameOf } from './run-id';

/** What is made of a run's folder anew, or by the journals: carried by nobody. */
const ownFiles: ReadonlySet<string> = new Set([
  'run.json',
  'events.jsonl',
  'turns.jsonl',
  'verdict.json',
  'junit.xml',
  'summary.md',
  'report.html',
  'gl-code-quality-report.json',
]);
/** Of a board: written anew, as lines and boots are counted on. */
export const consoleFiles: ReadonlySet<string> = new Set([
  'console.log',
  'console.jsonl',
  earlierLog,
  earlierLines,
]);
const RESULTS = 'allure-results';
/** Allure's report of one run says nothing of all of them. */
const ALLURE_REPORT = 'allure-report';
/** Allure names what belongs to one test so; the rest is of the whole run, and written with its reports. */
const ofOneTest = /^[0-9a-f]{8}-[0-9a-f-]{27}-/;

/** A file of a run, and where it goes in the merged one; both relative, with slashes. */
export interface CarriedFile {
  readonly from: string;
  readonly to: string;
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/**
 * Recordings and whatever else a run keeps, each in the folder of its board and there below the id of its run: `korvo-1/captures/t0001.wav`
 * becomes `korvo-1/captures/20261121T004939Z-e06f/t0001.wav`. Consoles are not among them.
 */
export function carriedFiles({ run, boardNames, merged }: MergePart): CarriedFile[] {
  const { runId } = run.record;
  const folders = new Map([...boardNames].map(([from, to]) => [folderNameOf(from), folderNameOf(to)]));
  return filesBelow(run.path).flatMap((from): CarriedFile[] => {
    const [first = '', ...rest] = from.split('/');
    if (rest.length === 0) {
      if (ownFiles.has(from)) return [];
      return [{ from, to: merged ? from : `${runId}-${from}` }];
    }
    if (first === RESULTS)
      return rest.length === 1 && ofOneTest.test(rest[0] ?? '') ? [{ from, to: from }] : [];
    if (first === ALLURE_REPORT) return [];
    const board = folders.get(first);
    if (board !== undefined && consoleFiles.has(rest.join('/'))) return [];
    if (merged) return [{ from, to: [board ?? first, ...rest].join('/') }];
    const name = rest.pop() ?? '';
    // What lies in the folder itself has no kind to be told by.
    const [kind = 'files', ...deeper] = rest;
    return [{ from, to: [board ?? first, kind, runId, ...deeper, name].join('/') }];
  });
}

/** Results may be written again by whoever adds to them, which must not change the run that they are of. */
const isRewritten = ({ from }: CarriedFile): boolean =>
  from.startsWith(`${RESULTS}/`) && from.endsWith('.json');

/**
 * The same bytes in another place: a second name where the file system has such, a copy otherwise, as across volumes and on FAT.
 * @throws RunError `HIL_RUN_STORE_FAILED`.
 */
export function carry(file: CarriedFile, fromFolder: string, toFolder: string): void {
  const from = join(fromFolder, file.from);
  const to = join(toFolder, file.to);
  try {
    mkdirSync(dirname(to), { recursive: true });
    if (!isRewritten(file)) {
      try {
        linkSync(from, to);
        return;
      } catch {
        // A copy will do, and says what is wrong where it cannot be made either.
      }
    }
    copyFileSync(from, to);
  } catch (cause) {
    throw storeFailed(to, cause);
  }
}

/** Whether a folder may be made here: there is nothing, or an empty one. */
export const isFree = (path: string): boolean => !existsSync(path) || readdirSync(path).length === 0;
