import type { BoardEvent, EventSequence, ProviderEvent } from '../ports';

/**
 * Tools that a session offers: as the provider took them, else as the firmware printed that it declares them.
 * @param providerEvents - Those of the session.
 * @returns Undefined when neither was seen.
 */
export function advertisedIn(
  providerEvents: readonly ProviderEvent[],
  boardEvents: EventSequence<BoardEvent>,
): readonly string[] | undefined {
  const taken = providerEvents.findLast((event) => event.type === 'session-updated');
  if (taken !== undefined) return taken.tools;
  const boot = boardEvents.at(-1)?.boot;
  return boardEvents.filter((event) => event.type === 'tools-declared').findLast((one) => one.boot === boot)
    ?.tools;
}
