import { HeldEvents, type BoardEvent, type Cancel, type Clock, type EventSequence } from '../ports';

/** What a waiter makes of an event: nothing yet, done, or a reason why what it waits for will not come. */
export type Answer = 'wait' | 'done' | { readonly failure: Error };

interface Waiting {
  readonly judge: (event: BoardEvent) => Answer;
  readonly settle: (answer: Exclude<Answer, 'wait'>) => void;
}

/** What a turn is measured by and nobody asks for later: a board says some of these all the time. */
const passing: ReadonlySet<BoardEvent['type']> = new Set([
  'asking',
  'colour',
  'door',
  'first-text',
  'function-call',
  'heap',
  'light',
  'media',
  'request-sent',
  'tasks',
  'transcript',
  'user-transcript',
  'volume',
] as const);

/** A wait that its owner may give up. */
export interface Watch {
  readonly settled: Promise<void>;
  readonly abandon: (failure: Error) => void;
}

/** What a board said, the newest of each type; whoever waits is asked about each later event. */
export class EventLog {
  private readonly kept = new HeldEvents<BoardEvent>(passing);
  private readonly listeners = new Set<(event: BoardEvent) => void>();
  private readonly waiting = new Set<Waiting>();
  private failure: Error | undefined;

  constructor(private readonly clock: Clock) {}

  get events(): EventSequence<BoardEvent> {
    return this.kept;
  }

  onEvent(listener: (event: BoardEvent) => void): Cancel {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Lets go what passes of the events before this position; the others keep theirs, and so do boots, sessions and faults. */
  forget(before: number): void {
    this.kept.forget(before);
  }

  add(event: BoardEvent): void {
    this.kept.push(event);
    for (const listener of [...this.listeners]) listener(event);
    for (const waiting of [...this.waiting]) {
      const answer = waiting.judge(event);
      if (answer !== 'wait') waiting.settle(answer);
    }
  }

  /** Waits for events to come. `timeout` makes the error when `withinMs` have passed. */
  wait(judge: (event: BoardEvent) => Answer, withinMs: number, timeout: () => Error): Promise<void> {
    const { settled, abandon } = this.watch(judge);
    const cancelTimeout = this.clock.after(withinMs, () => abandon(timeout()));
    return settled.finally(cancelTimeout);
  }

  /** Waits for events to come until they settle it, or the caller gives up with an error of its own. */
  watch(judge: (event: BoardEvent) => Answer): Watch {
    if (this.failure !== undefined)
      return { settled: Promise.reject(this.failure), abandon: () => undefined };
    let abandon: Watch['abandon'] = () => undefined;
    const settled = new Promise<void>((resolve, reject) => {
      const waiting: Waiting = {
        judge,
        settle: (answer) => {
          this.waiting.delete(waiting);
          if (answer === 'done') resolve();
          else reject(answer.failure);
        },
      };
      abandon = (failure) => waiting.settle({ failure });
      this.waiting.add(waiting);
    });
    return { settled, abandon };
  }

  /** No more events will come: whoever waits, now or later, gets this error. */
  end(failure: Error): void {
    this.failure ??= failure;
    for (const waiting of [...this.waiting]) waiting.settle({ failure });
  }
}
