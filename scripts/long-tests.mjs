// Tests that take too long, or too quiet a machine, for CI (`*.long.ts`): a job of `npm run test:long`. Writes reports/bench/long-tests.json;
// exits 1 when one fails. A broken-off run starts anew: they take minutes.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const results = at('reports/bench/long-tests-jest.json');

mkdirSync(at('reports/bench'), { recursive: true });
rmSync(results, { force: true });
const jest = at('node_modules/jest/bin/jest.js');
const args = ['--selectProjects', 'long', '--maxWorkers=1', '--json', `--outputFile=${results}`];
spawnSync(process.execPath, [jest, ...args], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
const { numFailedTests, numRuntimeErrorTestSuites, numPassedTests, numPendingTests } = JSON.parse(
  readFileSync(results, 'utf8'),
);
const failed = numFailedTests + numRuntimeErrorTestSuites;
const targets = [
  { name: 'long tests that failed', value: failed, unit: 'tests', bound: 0, ok: failed === 0 },
];
const figures = { passed: numPassedTests, skipped: numPendingTests };
writeFileSync(at('reports/bench/long-tests.json'), `${JSON.stringify({ targets, figures }, null, 2)}\n`);
console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests} skipped`);
process.exitCode = failed === 0 ? 0 : 1;
