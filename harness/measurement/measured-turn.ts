import type { TextTurnRecord, TurnRecord } from '../ports';
import type { TextTurnMeasurement } from './text';
import type { TurnMeasurement } from './turn-measurement';

/** A spoken turn as it was recorded and as it was measured. */
export interface SoundTurn {
  readonly record: TurnRecord;
  readonly measurement: TurnMeasurement;
}

/** The same of a turn in writing. */
export interface TextTurn {
  readonly record: TextTurnRecord;
  readonly measurement: TextTurnMeasurement;
}

export type MeasuredTurn = SoundTurn | TextTurn;

/** True for a turn in writing; turns that older versions stored are spoken ones. */
export const isTextTurn = <T extends MeasuredTurn>(turn: T): turn is Extract<T, TextTurn> =>
  turn.record.kind === 'text';

/** True for a spoken turn. */
export const isSoundTurn = <T extends MeasuredTurn>(turn: T): turn is Extract<T, SoundTurn> =>
  turn.record.kind !== 'text';
