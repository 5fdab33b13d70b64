import { fork } from 'node:child_process';
import { join } from 'node:path';
import { steadyHeapOptions } from '../provider';
import type { ChildLauncher } from '../ports';

/**
 * Options of V8 by command; what such a process starts itself, as a host its virtual board, inherits them. In a host the collector's helper
 * threads took 70 of the 240 ms of processor time of measuring a turn, and its own thread needs no longer without them.
 */
const heapOptions: Readonly<Record<string, readonly string[]>> = {
  'host-child': ['--single-threaded-gc'],
  'provider-child': steadyHeapOptions,
};

/** Starts another process of this very program, with an IPC channel and piped output, and with a heap that suits it. */
export const launchChild: ChildLauncher = (command) =>
  fork(join(__dirname, 'main.js'), [...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'json',
    execArgv: [...process.execArgv, ...(heapOptions[command[0] ?? ''] ?? [])],
  });
