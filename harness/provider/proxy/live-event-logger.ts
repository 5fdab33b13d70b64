import type { UnstampedEvent } from '../event-log';
import type { UnstampedLiveEvent } from '../live/live-event';

/** Logs of what a live client would have seen what a mock logs as well. */
export const liveEventLogger =
  (responseId: string, log: (event: UnstampedEvent, hostAtMs: number) => void) =>
  (event: UnstampedLiveEvent, hostAtMs: number): void => {
    if (event.type === 'first-token' || event.type === 'tool-call') log({ ...event, responseId }, hostAtMs);
  };
