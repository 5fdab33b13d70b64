import { serveHost } from '../../host';
import { systemClock } from '../../ports';
import { leaveSignalsToParent } from '../child-signals';
import { exitCodes } from '../exit-codes';
import { launchChild } from '../launch-child';

/** The host process of a run. */
export async function hostChildCommand(): Promise<number> {
  leaveSignalsToParent();
  await serveHost(
    {
      send: (message) => {
        if (process.connected) process.send?.(message);
      },
      onMessage: (listener) => void process.on('message', listener),
      onDisconnect: (listener) => void process.on('disconnect', listener),
    },
    launchChild,
    systemClock,
  );
  return exitCodes.passed;
}
