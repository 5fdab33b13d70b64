import { join } from 'node:path';
import type { Finding } from '../ports';
import type { Verdict } from '../verdict';
import { replaceFile } from './append-file';
import { toJsonText } from './json-text';
import type { Redactor } from './redaction';
import type { RunRecord } from './run-record';
import { readJournal } from './stored-file';

/**
 * Adds findings to a run whose writer has closed it or died, such as that its host process died. The torn last line of a killed
 * writer is cut off first: behind it, nothing could be read.
 * @throws RunError `HIL_RUN_STORE_FAILED`, `HIL_RUN_DAMAGED`.
 */
export function addFindings(path: string, findings: readonly Finding[], redactor: Redactor): void {
  if (findings.length === 0) return;
  const eventsPath = join(path, 'events.jsonl');
  const whole = readJournal(eventsPath).map(({ value }) => `${toJsonText(value)}\n`);
  const added = findings.map((finding, index) => {
    const seq = whole.length + index;
    const data = redactor.value(finding);
    const event = { schema: 'earshot/event@1', seq, kind: 'finding', hostAtMs: finding.hostAtMs, data };
    return `${toJsonText(event)}\n`;
  });
  replaceFile(eventsPath, [...whole, ...added].join(''));
}

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
