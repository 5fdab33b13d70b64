import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The bytes of one stream in fixtures/consoles. */
export const consoleStream = (file: string): Buffer =>
  readFileSync(join(__dirname, '../../../fixtures/consoles', file));
