import type { BoardEvent, EventSequence } from '../ports';

/** What the latest boot says about its session: `unknown` means neither opened nor ended yet. */
export type SessionState =
  | { readonly session: 'unknown' | 'ready' | 'ended' }
  | { readonly session: 'crashed'; readonly fault: BoardEvent & { readonly type: 'fault' } };

// Where the banner was lost, the number of the boot may be that of the one before; these prove a new one as well.
const beginsBoot = (event: BoardEvent): boolean =>
  event.type === 'boot' ||
  event.type === 'firmware' ||
  (event.type === 'milestone' && event.milestone === 'app');

const sessionStates: ReadonlySet<BoardEvent['type']> = new Set([
  'fault',
  'session-ready',
  'session-ended',
] as const);

/** Where the session of the latest boot stands, from the board's events. */
export function sessionState(events: EventSequence<BoardEvent>, latestBoot: number): SessionState {
  const last = events.findLast(
    (event) => event.boot !== latestBoot || beginsBoot(event) || sessionStates.has(event.type),
  );
  if (last === undefined || last.boot !== latestBoot) return { session: 'unknown' };
  if (last.type === 'fault') return { session: 'crashed', fault: last };
  if (last.type === 'session-ready') return { session: 'ready' };
  return { session: last.type === 'session-ended' ? 'ended' : 'unknown' };
}
