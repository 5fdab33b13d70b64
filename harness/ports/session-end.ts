import type { ProviderEvent } from './provider-event';

/** The end of one session in a provider's log. */
export type SessionClosed = Extract<ProviderEvent, { readonly type: 'session-closed' }>;

/** A service closes with these on a client that broke the protocol: RFC 6455 section 7.4.1. */
const CLIENT_BROKE_PROTOCOL: ReadonlySet<number> = new Set([1002, 1003, 1007, 1009]);
/** Reasons of a service that gives up a client which is not there any more. */
const CLIENT_GONE: ReadonlySet<string> = new Set(['client_does_not_read', 'ping_timeout']);

/** True where the provider ended the session of its own accord; false as well where nobody knows who did. */
export const endedByProvider = ({ closedBy, closeCode, reason }: SessionClosed): boolean =>
  closedBy === 'provider' && !CLIENT_BROKE_PROTOCOL.has(closeCode) && !CLIENT_GONE.has(reason);

/** True where it was not the board's doing, as far as anybody knows: the provider ended it, or it broke off and neither side closed it. */
export const endedWithoutBoard = (closed: SessionClosed): boolean =>
  closed.closedBy === undefined || endedByProvider(closed);

/** How the session ended that was opened last. Undefined: it goes on, or none was opened. */
export function sessionEnd(events: readonly ProviderEvent[]): SessionClosed | undefined {
  const opened = events.findLast(({ type }) => type === 'session-open');
  if (opened === undefined) return undefined;
  return events.find(
    (event): event is SessionClosed =>
      event.type === 'session-closed' && event.seq > opened.seq && event.sessionId === opened.sessionId,
  );
}

/** `1001 (session_expired)`: the code, and what the provider said of it; of what it said nothing the code alone. */
export function endInWords(
  events: readonly ProviderEvent[],
  { closeCode, reason, seq, sessionId }: SessionClosed,
): string {
  const error = events.findLast(
    (event) => event.type === 'error' && event.seq < seq && event.sessionId === sessionId,
  );
  const why = reason === '' && error?.type === 'error' ? error.code : reason;
  return why === '' ? String(closeCode) : `${closeCode} (${why})`;
}
