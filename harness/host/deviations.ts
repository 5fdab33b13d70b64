import { catalogue, isHilError, ProviderError, type Facts } from '../errors';
import { endedWithoutBoard, endInWords, sessionEnd, type Finding, type ProviderEvent } from '../ports';
import { following } from './ordered-faults';

type Seen = Extract<ProviderEvent, { readonly type: 'deviation' }>;

/** What the provider did last that no client need cope with. */
const deviationIn = (events: readonly ProviderEvent[]): Seen | undefined =>
  events.findLast((event): event is Seen => event.type === 'deviation');

/**
 * The finding, or the same with the provider in the board's place where the board was left with what no client need cope with. What it
 * does by itself, such as a panic, stays its own.
 * @param events - Of the provider in the finding's turn.
 */
export function excused<F extends Finding>(finding: F, events: readonly ProviderEvent[]): F {
  const seen = following.has(finding.code) ? deviationIn(events) : undefined;
  if (seen === undefined) return finding;
  const code = 'HIL_TURN_PROVIDER_FAILED';
  const message = `${seen.message} This is not held against the board: ${finding.message}`;
  const facts = { ...finding.facts, deviation: seen.code, seenAs: finding.code };
  return { ...finding, code, origin: catalogue[code].origin, message, facts };
}

/**
 * Why a board got no session: the provider's deviation, or the end of a connection that the board did not close, ahead of what the board
 * made of it.
 * @param events - Of the provider since the board was reset.
 */
export function despiteProvider(cause: unknown, board: string, events: readonly ProviderEvent[]): unknown {
  if (!isHilError(cause) || !following.has(cause.code)) return cause;
  const failed = (why: string, facts: Facts): ProviderError =>
    new ProviderError(
      'HIL_PROVIDER_SESSION_FAILED',
      `Board ${board} got no session. ${why}`,
      { board, ...facts },
      { cause },
    );
  const seen = deviationIn(events);
  if (seen !== undefined) return failed(seen.message, { deviation: seen.code });
  const closed = sessionEnd(events);
  if (closed === undefined || !endedWithoutBoard(closed)) return cause;
  const how = endInWords(events, closed);
  return failed(`It broke off with ${how} while it opened, and the board had not closed it.`, {
    closeCode: closed.closeCode,
  });
}
