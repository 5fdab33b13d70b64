import type { Measured } from '../measured';
import type { TextMeasureName } from '../measures';
import type { DeviceMark } from '../turn-measurement';
import type { AnswerCheck } from './compare-answer';

/** A point of a turn in writing on the host's time axis, for timelines. */
export interface TextMark {
  readonly name:
    | 'questionTyped'
    | 'requestRead'
    | 'firstToken'
    | 'answerSent'
    | 'requestSent'
    | 'firstText'
    | 'answerPrinted';
  readonly hostAtMs: number;
  readonly uncertaintyMs: number;
  /** Of a console line: `device`, by the board's own stamp mapped to the host; `host`, by the line's arrival. */
  readonly stampedBy?: 'device' | 'host';
}

/** What console and provider log of a turn in writing say. */
export interface TextTurnMeasurement {
  readonly schema: 'earshot/text-turn-measurement@1';
  readonly kind: 'text';
  readonly turnId: string;
  readonly measures: Readonly<Record<TextMeasureName, Measured>>;
  readonly marks: readonly TextMark[];
  /** Board events whose lines the board's clock times better than their arrival. */
  readonly deviceMarks: readonly DeviceMark[];
  /** What was asked: as the provider read it, else as the board or the command says it. Absent: nobody saw a question. */
  readonly question?: string;
  /** What the board printed, whole or in part. Absent: nothing. */
  readonly answer?: string;
  /** What the provider sent. Absent: nothing, or nobody saw it. */
  readonly sent?: string;
  readonly answerCheck: AnswerCheck;
  /** Tokens as the provider counted them. */
  readonly tokens?: number;
  /** The board's date less the true one. Absent: it printed none, or has none. */
  readonly boardClockSkewMs?: number;
}
