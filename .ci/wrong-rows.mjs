// Which rows of the fault matrix were wrong, to be brought about again. Argument: its matrix.json. Prints their names with commas between;
// nothing where there is no matrix, or more than five are wrong: that is no unsteady row.
import { existsSync, readFileSync } from 'node:fs';

const [path] = process.argv.slice(2);
const results = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).results : [];
const wrong = results.filter(({ ok }) => !ok).map(({ id }) => id);
if (wrong.length > 0 && wrong.length <= 5) console.log(wrong.join(','));
