import type { TurnMeasurement } from '../measurement';
import type { TurnRecord } from '../ports';
import type { SoundWorkshop } from './sound-workshop';

/** Has a turn measured in the quiet behind its reply, in which nothing else is to be done. */
export class MeasuredAhead {
  private draft: TurnRecord | undefined;
  private measuring: Promise<TurnMeasurement> | undefined;

  constructor(private readonly workshop: Pick<SoundWorkshop, 'measure'>) {}

  /** Begins with a turn that is most likely over. */
  begin(draft: TurnRecord): void {
    this.draft = draft;
    this.measuring = this.workshop.measure(draft);
    // Of a draft that is not the turn's nobody wants to know; of the turn's own `measure` tells.
    this.measuring.catch(() => undefined);
  }

  /**
   * What the turn measures: of the draft only where it became the turn's record.
   * @throws HilError as `SoundWorkshop.measure`.
   */
  measure(record: TurnRecord): Promise<TurnMeasurement> {
    return record === this.draft && this.measuring !== undefined
      ? this.measuring
      : this.workshop.measure(record);
  }
}
