import {
  endedWithoutBoard,
  endInWords,
  type ProviderEvent,
  type SessionClosed,
  type TurnRecord,
} from '../ports';
import { msOfSamples } from '../units';
import type { Diagnosis } from './diagnosis';
import { eventsOf } from './provider-marks';

type Turn = Pick<TurnRecord, 'providerEvents' | 'received' | 'expected'>;

/** What moves a turn on: where the last of these is a response that is done, the provider owes nothing any more. */
const steps: ReadonlySet<ProviderEvent['type']> = new Set([
  'speech-started',
  'endpoint',
  'response-started',
  'response-done',
]);

/** When the sound that travels beside the events has been played; -Infinity: none did. What travels in them is the board's by then. */
function playedUntilMs(events: readonly ProviderEvent[]): number {
  const sent = eventsOf(events, 'audio-out');
  const first = sent.find(({ rtp }) => rtp !== undefined);
  if (first === undefined) return -Infinity;
  const own = sent.filter(({ itemId }) => itemId === first.itemId);
  return own.reduce(
    (sum, { lengthSamples, rateHz }) => sum + msOfSamples(lengthSamples, rateHz),
    first.hostAtMs,
  );
}

/** True where everything that the turn waits for had come ahead of `closed`. */
function wasOver({ providerEvents, expected }: Turn, closed: SessionClosed): boolean {
  const before = providerEvents.filter(
    ({ seq, sessionId }) => seq < closed.seq && (sessionId === undefined || sessionId === closed.sessionId),
  );
  const last = before.findLast(({ type }) => steps.has(type));
  if (last?.type !== 'response-done' || (last.status !== 'completed' && last.status !== 'cancelled'))
    return false;
  // A call is answered by the board, and that answer by a reply.
  const called = eventsOf(before, 'tool-call').some(({ responseId }) => responseId === last.responseId);
  return !(called && expected.spoken) && playedUntilMs(before) <= closed.hostAtMs;
}

/** How the turn's session ended before the turn was over, and not by the board. */
function cutShort(turn: Turn): SessionClosed | undefined {
  const { providerEvents, received } = turn;
  const closed = eventsOf(providerEvents, 'session-closed').find(endedWithoutBoard);
  if (closed === undefined || wasOver(turn, closed)) return undefined;
  // One that the board has left behind may end at any time.
  const isAnother = received !== undefined && received.sessionId !== closed.sessionId;
  return isAnother ? undefined : closed;
}

/** True where the session was gone before the provider had done its part: the turn says nothing of the board, whatever was heard. */
export const wasCutShort = (turn: Turn): boolean => cutShort(turn) !== undefined;

/**
 * A session that ended in the middle of the turn, and not by the board: while the prompt was said, ahead of the answer or within it. The
 * provider's log shows that, so no sound is needed, and what a board does that nobody listens to is not looked at.
 */
export function diagnoseSession(turn: Turn): readonly Diagnosis[] {
  const closed = cutShort(turn);
  if (closed === undefined) return [];
  const { closeCode, reason, closedBy } = closed;
  const how = endInWords(turn.providerEvents, closed);
  return [
    {
      code: 'HIL_TURN_PROVIDER_FAILED',
      message:
        closedBy === undefined
          ? `The session broke off with ${how} in the middle of the turn, and neither side had closed it.`
          : `The provider ended the session with ${how} in the middle of the turn.`,
      facts: { closeCode, reason },
    },
  ];
}
