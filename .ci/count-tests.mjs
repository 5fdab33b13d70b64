// Prints the closing line of .ci/run: `N passed, N failed, N skipped`, and exits 1 when anything failed.
// Arguments: `step=path` of each Jest result in JSON, the exit status of the script so far, the names of the steps that failed.
// Tests that failed were run again, into the same path with `-again` in its name: what failed both times failed, and what passed
// then is counted as passed and named as unsteady.
import { existsSync, readFileSync } from 'node:fs';

const isResult = (argument) => /^[^=]+=.+\.json$/.test(argument);
const given = process.argv.slice(2);
const [status, ...failedSteps] = given.filter((argument) => !isResult(argument));

const resultsIn = (path) => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : undefined);
const namesWith = (results, status) =>
  results.testResults.flatMap((file) =>
    file.assertionResults
      .filter((one) => one.status === status)
      .map(({ fullName }) => `${file.name}: ${fullName}`),
  );

const runs = given.filter(isResult).map((argument) => {
  const [step, path] = argument.split('=');
  const results = resultsIn(path);
  if (results === undefined) return { step, passed: 0, failed: 0, skipped: 0, unsteady: [] };
  const run = {
    step,
    passed: results.numPassedTests,
    failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
    skipped: results.numPendingTests + results.numTodoTests,
    unsteady: [],
  };
  const again = resultsIn(path.replace(/\.json$/, '-again.json'));
  if (again === undefined) return run;
  const passedAgain = new Set(namesWith(again, 'passed'));
  const unsteady = namesWith(results, 'failed').filter((name) => passedAgain.has(name));
  return {
    ...run,
    passed: run.passed + unsteady.length,
    failed: again.numFailedTests + again.numRuntimeErrorTestSuites,
    unsteady,
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

for (const name of runs.flatMap(({ unsteady }) => unsteady))
  console.log(`Unsteady, passed when run again: ${name}`);
if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
console.log(`${total('passed')} passed, ${failed} failed, ${total('skipped')} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
