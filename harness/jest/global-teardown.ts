import type { StartedHost } from './global-setup';
import { STARTED_HOST } from './global-setup';

/** Ends the bench that the set-up started; it judges, reports and prints. Its exit code is Jest's where no test
 * failed. */
export default async function globalTeardown(): Promise<void> {
  const started = (globalThis as { [STARTED_HOST]?: StartedHost })[STARTED_HOST];
  if (started === undefined) return;
  const { child } = started;
  child.ref();
  const exitCode = await new Promise<number>((resolve) => {
    // Killed by a signal, and possibly long gone: the bench is not judged.
    const gone = (): void => resolve(child.exitCode ?? 3);
    if (!child.connected) {
      gone();
      return;
    }
    child.once('exit', gone);
    child.once('error', gone); // The order did not reach it: it is ending by itself.
    child.send({ type: 'finish' });
  });
  if (exitCode !== 0) process.exitCode = exitCode;
}
