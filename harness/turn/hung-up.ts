import { ProviderError } from '../errors';
import { endedByProvider, endInWords, sessionEnd, type ProviderEvent } from '../ports';

/**
 * Why no prompt can be played: the provider has ended the board's session. Undefined: it has not.
 * @param events - Of the provider, from the opening of the board's session on.
 */
export function sessionTakenAway(board: string, events: readonly ProviderEvent[]): ProviderError | undefined {
  const closed = sessionEnd(events);
  if (closed === undefined || !endedByProvider(closed)) return undefined;
  const { closeCode, reason } = closed;
  return new ProviderError(
    'HIL_PROVIDER_SESSION_FAILED',
    `The provider ended the session of board ${board} with ${endInWords(events, closed)} before a prompt was played.`,
    { board, closeCode, reason },
  );
}
