// Makes the compiled command line executable; tsc writes it without the execute bit.
import { chmodSync } from 'node:fs';

chmodSync(new URL('../dist/harness/cli/main.js', import.meta.url), 0o755);
