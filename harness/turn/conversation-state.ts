import type { ProviderEvent } from '../ports';

/** Where a conversation stands, by the provider's log. All instants are host milliseconds. */
export interface ConversationState {
  /** A response is being produced. */
  readonly responding: boolean;
  /** A call was asked for and the board has not asked for the response that follows it. */
  readonly awaitsBoard: boolean;
  /** When everything that was sent has been played, at the earliest; -Infinity before anything was sent. */
  readonly playoutEndsAtMs: number;
  readonly speechStarted: boolean;
  /** The turn was taken: the user was heard to stop. */
  readonly endpointed: boolean;
  readonly responses: number;
  readonly spoke: boolean;
  readonly sessionClosed: boolean;
}

interface Item {
  readonly firstAtMs: number;
  lengthMs: number;
}

/** Folds a stretch of the provider's log. Pure: the same events give the same state. */
export function conversationState(events: readonly ProviderEvent[]): ConversationState {
  const active = new Set<string>();
  const unanswered = new Set<string>();
  const items = new Map<string, Item>();
  let speechStarted = false;
  let endpointed = false;
  let responses = 0;
  let sessionClosed = false;
  for (const event of events) {
    switch (event.type) {
      case 'session-open':
        sessionClosed = false;
        active.clear();
        unanswered.clear();
        items.clear();
        break;
      case 'session-closed':
        sessionClosed = true;
        active.clear();
        unanswered.clear();
        break;
      case 'speech-started':
        speechStarted = true;
        break;
      case 'endpoint':
        endpointed = true;
        break;
      case 'response-started':
        active.add(event.responseId);
        unanswered.clear();
        responses += 1;
        break;
      case 'response-done':
        active.delete(event.responseId);
        break;
      case 'tool-call':
        unanswered.add(event.callId);
        break;
      case 'audio-out': {
        const lengthMs = (event.lengthSamples * 1000) / event.rateHz;
        const item = items.get(event.itemId);
        if (item === undefined) items.set(event.itemId, { firstAtMs: event.hostAtMs, lengthMs });
        else item.lengthMs += lengthMs;
        break;
      }
      case 'truncated': {
        const item = items.get(event.itemId);
        if (item !== undefined) item.lengthMs = Math.min(item.lengthMs, event.audioEndMs);
        break;
      }
      case 'session-updated':
      case 'heard':
      case 'tool-output':
      case 'error':
        break;
    }
  }
  let playoutEndsAtMs = -Infinity;
  for (const { firstAtMs, lengthMs } of items.values()) {
    playoutEndsAtMs = Math.max(playoutEndsAtMs, firstAtMs) + lengthMs;
  }
  return {
    responding: active.size > 0,
    awaitsBoard: unanswered.size > 0,
    playoutEndsAtMs,
    speechStarted,
    endpointed,
    responses,
    spoke: items.size > 0,
    sessionClosed,
  };
}
