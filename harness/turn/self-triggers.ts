import { HilError } from '../errors';
import type { EventSequence, ProviderEvent } from '../ports';

/** A reply may take this long to come out of the speaker after it was sent, on top of its own length. */
export const PLAYOUT_ALLOWANCE_MS = 300;

/** A board whose echo starts so many turns goes on for ever: each answer is heard as the next question. */
export const SELF_TRIGGERS = 3;

/** Counts speech that the provider detects while nobody plays a prompt and the board's own sound is on its way. */
export class SelfTriggers {
  private read: number;
  private endsAtMs = -Infinity;
  count = 0;

  constructor(private readonly log: EventSequence<ProviderEvent>) {
    this.read = log.length;
  }

  update(playoutEndsAtMs: number): number {
    for (; this.read < this.log.length; this.read += 1) {
      const event = this.log.at(this.read);
      if (event?.type === 'speech-started' && event.hostAtMs < this.endsAtMs + PLAYOUT_ALLOWANCE_MS)
        this.count += 1;
    }
    this.endsAtMs = Math.max(this.endsAtMs, playoutEndsAtMs);
    return this.count;
  }
}

/** The error for a board that answers itself. */
export const talksToItself = (board: string, count: number): HilError =>
  new HilError(
    'HIL_TURN_SELF_TRIGGERED',
    `Board ${board} talks to itself: the provider heard speech ${count} times while nothing but the board's own sound was playing.`,
    { count },
  );
