/**
 * Stands for `earshot run` on a board: takes its time, then leaves a run folder that was played long ago, under a name of its own.
 * `node trial-runner.js TEMPLATE FOLDER RUN-ID MILLISECONDS`.
 */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../ports';

const [, , template = '', folder = '', runId = '', takesMs = '0'] = process.argv;

systemClock.after(Number(takesMs), () => {
  const path = join(folder, runId);
  cpSync(template, path, { recursive: true });
  const record = JSON.parse(readFileSync(join(path, 'run.json'), 'utf8')) as Readonly<
    Record<string, unknown>
  >;
  writeFileSync(join(path, 'run.json'), JSON.stringify({ ...record, runId }));
});
