/** What the mock makes of a stretch of received audio. */
export interface Heard {
  /** Absent: an unknown utterance. */
  readonly promptId?: string;
  readonly utterance?: string;
  readonly language?: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** Prompt id of the nearest candidate where it was not accepted. */
  readonly nearest?: string;
}

/** Nothing that could be recognised. */
export const heardNothing: Heard = { confidence: 0 };
