import { join } from 'node:path';
import type { Finding } from '../ports';
import type { Verdict } from '../verdict';
import { replaceFile } from './append-file';
import { toJsonText } from './json-text';
import type { Redactor } from './redaction';
import type { RunRecord, TestRecord } from './run-record';
import { readJournal } from './stored-file';

/**
 * Adds events to a run whose writer has closed it or died. The torn last line of a killed writer is cut off first: behind it, nothing
 * could be read.
 */
function addEvents(
  path: string,
  kind: 'finding' | 'test',
  added: readonly (Finding | TestRecord)[],
  redactor: Redactor,
): void {
  if (added.length === 0) return;
  const eventsPath = join(path, 'events.jsonl');
  const whole = readJournal(eventsPath).map(({ value }) => `${toJsonText(value)}\n`);
  const lines = added.map((value, index) => {
    const seq = whole.length + index;
    const time = 'hostAtMs' in value ? { hostAtMs: value.hostAtMs } : {};
    const event = { schema: 'earshot/event@1', seq, kind, ...time, data: redactor.value(value) };
    return `${toJsonText(event)}\n`;
  });
  replaceFile(eventsPath, [...whole, ...lines].join(''));
}

/**
 * Adds findings to a run whose writer has closed it or died, such as that its host process died.
 * @throws RunError `HIL_RUN_STORE_FAILED`, `HIL_RUN_DAMAGED`.
 */
export const addFindings = (path: string, findings: readonly Finding[], redactor: Redactor): void =>
  addEvents(path, 'finding', findings, redactor);

/**
 * Adds tests that such a run's writer did not see the end of.
 * @throws RunError `HIL_RUN_STORE_FAILED`, `HIL_RUN_DAMAGED`.
 */
export const addTests = (path: string, tests: readonly TestRecord[], redactor: Redactor): void =>
  addEvents(path, 'test', tests, redactor);

/** How a run ended. */
export interface RunEnd {
  readonly record: RunRecord;
  readonly verdict: Verdict;
  readonly endedAtHostMs: number;
}

/**
 * Writes the verdict of a run whose writer has closed it: verdict.json, then the final run.json. Whatever a reader sees in
 * between is a run without an end, never half of one.
 * @throws RunError `HIL_RUN_STORE_FAILED`.
 */
export function storeVerdict(path: string, end: RunEnd, redactor: Redactor): void {
  const { record, verdict, endedAtHostMs } = end;
  const { outcome, exitCode, why } = verdict;
  writeVerdict(path, verdict, redactor);
  const stored = redactor.value({ ...record, endedAtHostMs, outcome, exitCode, why });
  replaceFile(join(path, 'run.json'), `${toJsonText(stored, 2)}\n`);
}

/** Writes verdict.json alone, into any folder. @throws RunError `HIL_RUN_STORE_FAILED`. */
export const writeVerdict = (path: string, verdict: Verdict, redactor: Redactor): void =>
  replaceFile(join(path, 'verdict.json'), `${toJsonText(redactor.value(verdict), 2)}\n`);
