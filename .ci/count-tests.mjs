// Prints the closing line of .ci/run: `N passed, N failed, N skipped`, and exits 1 when anything failed.
// Arguments: `step=path` of each Jest result in JSON, the exit status of the script so far, the names of the steps that failed.
import { existsSync, readFileSync } from 'node:fs';

const isResult = (argument) => /^[^=]+=.+\.json$/.test(argument);
const given = process.argv.slice(2);
const [status, ...failedSteps] = given.filter((argument) => !isResult(argument));
const runs = given.filter(isResult).map((argument) => {
  const [step, path] = argument.split('=');
  const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined;
  if (results === undefined) return { step, passed: 0, failed: 0, skipped: 0 };
  return {
    step,
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
  };
});

const total = (count) => runs.reduce((sum, run) => sum + run[count], 0);
// A failed test step whose tests all passed (a crash on leaving, an open handle) still counts as one failure.
const otherSteps = failedSteps.filter(
  (name) => !runs.some(({ step, failed }) => step === name && failed > 0),
);
const aborted = status !== '0' && failedSteps.length === 0 ? 1 : 0;
const nothingRan = total('passed') + total('failed') === 0 && failedSteps.length === 0 ? 1 : 0;
const failed = total('failed') + otherSteps.length + Math.max(aborted, nothingRan);

if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
console.log(`${total('passed')} passed, ${failed} failed, ${total('skipped')} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
