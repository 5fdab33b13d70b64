// Prints the closing line of .ci/run: `N passed, N failed, N skipped`, and exits 1 when anything failed.
// Arguments: Jest's JSON result, the exit status of the script so far, the names of the steps that failed.
import { existsSync, readFileSync } from 'node:fs';

const [resultsPath, status, ...failedSteps] = process.argv.slice(2);
const results = existsSync(resultsPath) ? JSON.parse(readFileSync(resultsPath, 'utf8')) : undefined;

const passed = results?.numPassedTests ?? 0;
const skipped = results === undefined ? 0 : results.numPendingTests + results.numTodoTests;
const failedTests = results === undefined ? 0 : results.numFailedTests + results.numRuntimeErrorTestSuites;

// A failed test step whose tests all passed (a crash on leaving, an open handle) still counts as one failure.
const otherSteps = failedSteps.filter((name) => name !== 'Tests' || failedTests === 0);
const aborted = status !== '0' && failedSteps.length === 0 ? 1 : 0;
const nothingRan = passed + failedTests === 0 && failedSteps.length === 0 ? 1 : 0;
const failed = failedTests + otherSteps.length + Math.max(aborted, nothingRan);

if (failedSteps.length > 0) console.log(`\nFailed: ${failedSteps.join(', ')}`);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
