import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { ChildLauncher } from '../ports';

/** Starts another process of this very program, with an IPC channel and piped output. */
export const launchChild: ChildLauncher = (command) =>
  fork(join(__dirname, 'main.js'), [...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
  });
