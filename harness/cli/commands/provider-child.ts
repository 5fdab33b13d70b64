import { serveProvider } from '../../provider';
import { leaveSignalsToParent } from '../child-signals';
import { exitCodes } from '../exit-codes';

/** The provider process of a run. */
export async function providerChildCommand(): Promise<number> {
  leaveSignalsToParent();
  await serveProvider(process);
  return exitCodes.passed;
}
