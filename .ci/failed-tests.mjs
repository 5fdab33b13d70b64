// Prints the test files that failed in a Jest result in JSON, one a line. Argument: its path. Prints nothing where there is none, and
// nothing where more than five failed: that is no unsteady test, and to run half of them again would take the time of all.
import { existsSync, readFileSync } from 'node:fs';

const [path] = process.argv.slice(2);
const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testResults : [];
const failed = results.filter(({ status }) => status === 'failed').map(({ name }) => name);
if (failed.length <= 5) for (const name of failed) console.log(name);
