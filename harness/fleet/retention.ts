/** How much of what is over is kept. */
export interface Retention {
  /** A job that has been over for so long is forgotten. */
  readonly forMs: number;
  /** Of jobs that are over, so many of the newest; of units as many in each queue. At least 1. */
  readonly jobs: number;
}

/** Two weeks: a release and the one ahead of it, for a fleet that ends three jobs an hour. */
export const RETENTION: Retention = { forMs: 14 * 24 * 3_600_000, jobs: 1_000 };

/** So many of those that are over are among what a queue says of its jobs. */
export const SHOWN_OVER = 20;
