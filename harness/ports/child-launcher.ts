import type { ChildProcess } from 'node:child_process';

/**
 * Starts `earshot <command...>` as a child with an IPC channel and piped output; every child of a run comes from here, so
 * that only `cli/` knows how the program starts. The child's environment is the parent's.
 */
export type ChildLauncher = (command: readonly string[]) => ChildProcess;
