// Writes what tests hold `summary.md` to: fixtures/runs/sample/summary.golden.md, from the stored sample. After `npm run build`; read the
// difference before it is committed.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const { readRun } = require(at('dist/harness/run/index.js'));
const { renderMarkdown } = require(at('dist/harness/report/index.js'));

const sample = at('fixtures/runs/sample');
writeFileSync(`${sample}/summary.golden.md`, renderMarkdown(readRun(sample)));
