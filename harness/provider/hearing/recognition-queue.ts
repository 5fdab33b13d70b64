import type { SampleSpan } from '../../audio';
import { Later } from '../later';
import { heardNothing, type Heard } from './heard';
import type { Recognition } from './recogniser';

/** A question that waits for a worker. */
export interface WaitingQuestion {
  readonly samples: Int16Array<ArrayBuffer>;
  readonly leadInSamples: number;
  readonly invented: readonly SampleSpan[];
  readonly heard: Later<Heard>;
}

/** More than 64 sessions ask in a burst; who floods beyond it is not understood. */
const MOST_WAITING = 256;

/**
 * Questions that wait for a worker. Those whose utterance is over go first, in their order; attempts at speech that may go on
 * come after, and leave when it does.
 */
export class RecognitionQueue {
  private readonly final = new Set<WaitingQuestion>();
  private readonly early = new Set<WaitingQuestion>();
  private readonly taken = new WeakSet<WaitingQuestion>();

  get length(): number {
    return this.final.size + this.early.size;
  }

  /** How many of them are over. */
  get finalLength(): number {
    return this.final.size;
  }

  add(
    samples: Int16Array<ArrayBuffer>,
    leadInSamples: number,
    invented: readonly SampleSpan[] = [],
  ): Recognition {
    const heard = new Later<Heard>();
    const question = { samples, leadInSamples, invented, heard };
    let wanted = true;
    if (this.length < MOST_WAITING || this.dropOldestAttempt()) this.early.add(question);
    return {
      heard,
      hurry: () => {
        if (this.taken.has(question) || !wanted) return;
        this.early.delete(question);
        if (this.final.size < MOST_WAITING) this.final.add(question);
        else heard.settle(heardNothing);
      },
      abandon: () => {
        wanted = false;
        this.early.delete(question);
        this.final.delete(question);
      },
    };
  }

  /** Takes the question that is next; undefined when none waits. */
  take(): WaitingQuestion | undefined {
    for (const waiting of [this.final, this.early]) {
      for (const question of waiting) {
        waiting.delete(question);
        this.taken.add(question);
        return question;
      }
    }
    return undefined;
  }

  clear(): void {
    this.final.clear();
    this.early.clear();
  }

  /** Makes room; its session asks again, by `hurry`, when its utterance is over. */
  private dropOldestAttempt(): boolean {
    for (const question of this.early) return this.early.delete(question);
    return false;
  }
}
