import type { BoardEvent } from '../ports';

/** What the latest boot says about its session: `unknown` means neither opened nor ended yet. */
export type SessionState =
  | { readonly session: 'unknown' | 'ready' | 'ended' }
  | { readonly session: 'crashed'; readonly fault: BoardEvent & { readonly type: 'fault' } };

/** Where the session of the latest boot stands, from the board's events. */
export function sessionState(events: readonly BoardEvent[], latestBoot: number): SessionState {
  for (const event of [...events].reverse()) {
    if (event.boot !== latestBoot) break;
    if (event.type === 'fault') return { session: 'crashed', fault: event };
    if (event.type === 'session-ready') return { session: 'ready' };
    if (event.type === 'session-ended') return { session: 'ended' };
  }
  return { session: 'unknown' };
}
