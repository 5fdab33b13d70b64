// What failed in a Jest result in JSON, to be run again. Argument: its path. Prints a regular expression of the names of the tests, then
// their files, one a line. Prints nothing where there is no result, and nothing where more than five files failed: that is no unsteady
// test, and to run half of them again would take the time of all.
import { existsSync, readFileSync } from 'node:fs';

const [path] = process.argv.slice(2);
const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).testResults : [];
const files = results.filter(({ status }) => status === 'failed');
const namesIn = ({ assertionResults }) =>
  assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName);

const escaped = (text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
// A file that could not be loaded has no test that failed: all of it is run again.
const whole = files.some((file) => namesIn(file).length === 0);
const pattern = whole
  ? '.*'
  : files
      .flatMap(namesIn)
      .map((name) => `^${escaped(name)}$`)
      .join('|');
if (files.length > 0 && files.length <= 5)
  for (const line of [pattern, ...files.map(({ name }) => name)]) console.log(line);
