import { fork } from 'node:child_process';
import { join } from 'node:path';
import { steadyHeapOptions } from '../provider';
import type { ChildLauncher } from '../ports';

/** Starts another process of this very program, with an IPC channel and piped output; a provider with a heap that keeps it prompt. */
export const launchChild: ChildLauncher = (command) =>
  fork(join(__dirname, 'main.js'), [...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
    ...(command[0] === 'provider-child' ? { execArgv: [...process.execArgv, ...steadyHeapOptions] } : {}),
  });
