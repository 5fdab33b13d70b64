// Writes the tables of docs/reliability.md from the rows of the fault matrix; a test compares the two. Needs `npm run build` before.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { format } from 'prettier';

const require = createRequire(import.meta.url);
const { faultMatrix, reliabilityPage } = require('../dist/harness/proving-ground/faults/index.js');
const url = new URL('../docs/reliability.md', import.meta.url);
const BEGIN = '<!-- rows: written by scripts/list-faults.mjs -->';
const END = '<!-- end of rows -->';

const page = readFileSync(url, 'utf8');
const [head, rest] = page.split(BEGIN);
const tail = rest.split(END)[1];
const text = `${head}${BEGIN}\n\n${reliabilityPage(faultMatrix)}\n${END}${tail}`;
writeFileSync(url, await format(text, { parser: 'markdown', printWidth: 110 }));
