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
    child.once('exit', (code) => resolve(code ?? 3));
    child.send({ type: 'finish' });
  });
  if (exitCode !== 0) process.exitCode = exitCode;
}
