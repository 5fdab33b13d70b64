import type { BoardEvent } from '../ports';

/** What the latest boot says about its session: `unknown` means neither opened nor ended yet. */
export type SessionState =
  | { readonly session: 'unknown' | 'ready' | 'ended' }
  | { readonly session: 'crashed'; readonly fault: BoardEvent & { readonly type: 'fault' } };

// Where the banner was lost, the number of the boot may be that of the one before; these prove a new one as well.
const beginsBoot = (event: BoardEvent): boolean =>
  event.type === 'boot' ||
  event.type === 'firmware' ||
  (event.type === 'milestone' && event.milestone === 'app');

/** Where the session of the latest boot stands, from the board's events. */
export function sessionState(events: readonly BoardEvent[], latestBoot: number): SessionState {
  for (let position = events.length - 1; position >= 0; position -= 1) {
    const event = events[position];
    if (event === undefined || event.boot !== latestBoot || beginsBoot(event)) break;
    if (event.type === 'fault') return { session: 'crashed', fault: event };
    if (event.type === 'session-ready') return { session: 'ready' };
    if (event.type === 'session-ended') return { session: 'ended' };
  }
  return { session: 'unknown' };
}
