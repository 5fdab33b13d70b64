import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import type { Argv, Cancel } from '../../ports';

/** A process that ends does not wait longer for a program. */
const MOST_MS = 10_000;

/**
 * Runs a program by its arguments, without a shell, should this process exit before the cancellation. The exit waits for it, at most
 * for its own time, and nobody is told what came of it. A process that is killed runs nothing.
 * @param before - Called right ahead of it.
 */
export function runAtExit([program, ...args]: Argv, timeoutMs: number, before: () => void): Cancel {
  const onExit = (): void => {
    before();
    // Node hands it on though its types do not have it: a second Ctrl-C is for this process alone.
    const options: SpawnSyncOptions & { readonly detached: true } = {
      stdio: 'ignore',
      timeout: Math.min(timeoutMs, MOST_MS),
      detached: true,
    };
    spawnSync(program, args, options);
  };
  process.once('exit', onExit);
  return () => void process.off('exit', onExit);
}
