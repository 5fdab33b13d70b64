import type { EventSequence, ProviderEvent } from '../ports';

/** Where a conversation stands, by the provider's log. All instants are host milliseconds. */
export interface ConversationState {
  /** A response is being produced. */
  readonly responding: boolean;
  /** A call was asked for and the board has not asked for the response that follows it. */
  readonly awaitsBoard: boolean;
  /** When the provider last asked for a call; -Infinity: it has not. */
  readonly askedAtMs: number;
  /** When everything that was sent has been played, at the earliest; -Infinity before anything was sent. */
  readonly playoutEndsAtMs: number;
  readonly speechStarted: boolean;
  /** The user was heard to stop, and has not begun again. */
  readonly endpointed: boolean;
  readonly responses: number;
  /** A response was begun since somebody last began to speak. */
  readonly answered: boolean;
  readonly spoke: boolean;
}

interface Item {
  readonly firstAtMs: number;
  lengthMs: number;
}

/** Follows the provider's log from an event on. Each event is read once, however often the state is asked for. */
export class Conversation {
  private read: number;
  /** Session by response, and by call. */
  private readonly active = new Map<string, string | undefined>();
  private readonly unanswered = new Map<string, string | undefined>();
  private readonly items = new Map<string, Item>();
  private askedAtMs = -Infinity;
  private speechStarted = false;
  private endpointed = false;
  private responses = 0;
  private answered = false;

  /** @param log - Grows; the first `from` events do not count. */
  constructor(
    private readonly log: EventSequence<ProviderEvent>,
    from: number,
  ) {
    this.read = from;
  }

  get state(): ConversationState {
    for (; this.read < this.log.length; this.read += 1) {
      const event = this.log.at(this.read);
      if (event !== undefined) this.take(event);
    }
    let playoutEndsAtMs = -Infinity;
    for (const { firstAtMs, lengthMs } of this.items.values()) {
      playoutEndsAtMs = Math.max(playoutEndsAtMs, firstAtMs) + lengthMs;
    }
    return {
      responding: this.active.size > 0,
      awaitsBoard: this.unanswered.size > 0,
      askedAtMs: this.askedAtMs,
      playoutEndsAtMs,
      speechStarted: this.speechStarted,
      endpointed: this.endpointed,
      responses: this.responses,
      answered: this.answered,
      spoke: this.items.size > 0,
    };
  }

  private take(event: ProviderEvent): void {
    switch (event.type) {
      case 'session-open':
        this.active.clear();
        this.unanswered.clear();
        this.items.clear();
        break;
      case 'session-closed':
        // One that a board left behind when it was reset is missed half a minute later, while its next one goes on.
        this.close(event.sessionId, this.active);
        this.close(event.sessionId, this.unanswered);
        break;
      case 'speech-started':
        this.speechStarted = true;
        // What was taken and answered before was a noise or an earlier sentence: the turn is what is being said now.
        this.endpointed = false;
        this.answered = false;
        break;
      case 'endpoint':
        this.endpointed = true;
        break;
      case 'response-started':
        this.active.set(event.responseId, event.sessionId);
        this.unanswered.clear();
        this.responses += 1;
        this.answered = true;
        break;
      case 'response-done':
        this.active.delete(event.responseId);
        break;
      case 'tool-call':
        this.unanswered.set(event.callId, event.sessionId);
        this.askedAtMs = event.hostAtMs;
        break;
      case 'audio-out': {
        const lengthMs = (event.lengthSamples * 1000) / event.rateHz;
        const item = this.items.get(event.itemId);
        if (item === undefined) this.items.set(event.itemId, { firstAtMs: event.hostAtMs, lengthMs });
        else item.lengthMs += lengthMs;
        break;
      }
      case 'truncated': {
        const item = this.items.get(event.itemId);
        if (item !== undefined) item.lengthMs = Math.min(item.lengthMs, event.audioEndMs);
        break;
      }
      case 'session-updated':
      case 'request':
      case 'first-token':
      case 'text-out':
      case 'heard':
      case 'media':
      case 'tool-output':
      case 'error':
      case 'deviation':
        break;
    }
  }

  private close(sessionId: string | undefined, opened: Map<string, string | undefined>): void {
    for (const [id, of] of opened) {
      if (sessionId === undefined || of === undefined || of === sessionId) opened.delete(id);
    }
  }
}
