import { toWireError, type WireError } from '../errors';
import type { TurnScript, VoiceProvider } from '../ports';

type Orders = Pick<TurnScript, 'turnId' | 'fault' | 'network'>;

/** What the provider is told of a turn. */
export const scriptOf = ({ turnId, fault, network }: Orders): TurnScript => ({
  turnId,
  ...(fault === undefined ? {} : { fault }),
  ...(network === undefined ? {} : { network }),
});

/** A turn that had a network of its own leaves it behind: what comes next may be a session, which no turn announces. */
export async function restoreNetwork(
  provider: VoiceProvider,
  { turnId, network }: Orders,
  faults: WireError[],
): Promise<void> {
  if (network === undefined) return;
  try {
    await provider.expectTurn({ turnId });
  } catch (cause) {
    // A provider that died is in `faults` already.
    if (faults.length === 0) faults.push(toWireError(cause));
  }
}
