import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A shell script under the name of a program, on a search path that holds nothing else for the rest of the test file; the script
 * itself finds the system's programs.
 * @param body - Lines behind `#!/bin/sh`.
 * @returns The folder of the search path.
 */
export function fakeProgram(root: string, name: string, body: string): string {
  const folder = join(root, 'bin');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\nPATH=/usr/local/bin:/usr/bin:/bin\n${body}\n`);
  chmodSync(path, 0o755);
  process.env['PATH'] = folder;
  return folder;
}
