/** How the turns of a soak follow each other. */
export const soakPatterns = ['steady', 'bursts', 'idle'] as const;
export type SoakPattern = (typeof soakPatterns)[number];

/** The smallest loss of memory that matters; one that is absent is not judged. */
export interface LossBounds {
  readonly bytesPerHour?: number;
  readonly bytesPerTurn?: number;
}

/** What a soak is to lose at most, by memory. */
export interface SoakBounds {
  readonly internal: LossBounds;
  readonly psram: LossBounds;
}

/** What a run for hours was told. */
export interface SoakPlan {
  /** How long the whole soak is to be, earlier parts included. */
  readonly forMs: number;
  /** Of that, what earlier parts have played. */
  readonly playedMs: number;
  readonly pattern: SoakPattern;
  readonly bounds: SoakBounds;
  /** Somebody named these bounds: where nothing can be said of them, the run is inconclusive. */
  readonly isBound: boolean;
  /** Those of the internal RAM are of the soak's command line, which no budgets file undoes. Absent: they are not, as in older runs. */
  readonly isCommanded?: boolean;
  /** Every so many turns one is kept whole. */
  readonly keepEvery: number;
  /** The run that this one goes on with. Absent: it is the first part. */
  readonly continues?: string;
}
