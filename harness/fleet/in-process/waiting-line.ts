import type { Priority } from '../work';
import { priorities } from '../work';
import type { Waiting } from '../placement';

/** So many of a line are looked at: the first may have been lost on the very board that asks. */
const LOOKED_AT = 8;

/** Units that wait in one queue, of each priority the one that waits longest first. */
export class WaitingLine {
  private readonly byPriority = new Map<Priority, Waiting[]>(priorities.map((priority) => [priority, []]));

  /** Behind all that wait as long: a unit that was lost keeps its place. */
  add(waiting: Waiting): void {
    const line = this.lineOf(waiting);
    const place = line.findLastIndex(({ sinceMs }) => sinceMs <= waiting.sinceMs);
    line.splice(place + 1, 0, waiting);
  }

  take(waiting: Waiting): void {
    const line = this.lineOf(waiting);
    const place = line.indexOf(waiting);
    if (place >= 0) line.splice(place, 1);
  }

  /** Takes all units of a job out. */
  drop(jobId: string): void {
    for (const [priority, line] of this.byPriority)
      this.byPriority.set(
        priority,
        line.filter(({ unit }) => unit.jobId !== jobId),
      );
  }

  /** What a board may choose from. */
  heads(): readonly Waiting[] {
    return [...this.byPriority.values()].flatMap((line) => line.slice(0, LOOKED_AT));
  }

  private lineOf({ unit }: Waiting): Waiting[] {
    const line = this.byPriority.get(unit.priority) ?? [];
    this.byPriority.set(unit.priority, line);
    return line;
  }
}
