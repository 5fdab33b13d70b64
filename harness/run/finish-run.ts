import { join } from 'node:path';
import type { Finding } from '../ports';
import type { Verdict } from '../verdict';
import { AppendFile, replaceFile } from './append-file';
import { toJsonText } from './json-text';
import { readRun } from './read-run';
import { createRedactor } from './redaction';
import type { RunRecord } from './run-record';

/**
 * Adds findings to a run whose writer has closed it or died, such as that its host process died.
 * @throws RunError `HIL_RUN_STORE_FAILED`, `HIL_RUN_NOT_FOUND`.
 */
export function addFindings(path: string, findings: readonly Finding[]): void {
  if (findings.length === 0) return;
  const redactor = createRedactor();
  const next = Math.max(-1, ...readRun(path).events.map(({ seq }) => seq)) + 1;
  const file = new AppendFile(join(path, 'events.jsonl'));
  // A torn last line of a killed writer ends here, so that what follows can be read.
  file.append(Buffer.from('\n'));
  findings.forEach((finding, index) => {
    const event = {
      schema: 'earshot/event@1',
      seq: next + index,
      kind: 'finding',
      hostAtMs: finding.hostAtMs,
      data: redactor.value(finding),
    };
    file.append(Buffer.from(`${toJsonText(event)}\n`));
  });
  file.close();
}

/**
 * Writes the verdict of a run whose writer has closed it: verdict.json, then the final run.json. Whatever a reader sees in
 * between is a run without an end, never half of one.
 * @throws RunError `HIL_RUN_STORE_FAILED`.
 */
export function storeVerdict(path: string, record: RunRecord, verdict: Verdict, endedAtHostMs: number): void {
  const redactor = createRedactor();
  const { outcome, exitCode, why } = verdict;
  const write = (name: string, value: unknown): void =>
    replaceFile(join(path, name), `${toJsonText(redactor.value(value), 2)}\n`);
  write('verdict.json', verdict);
  write('run.json', { ...record, endedAtHostMs, outcome, exitCode, why });
}
