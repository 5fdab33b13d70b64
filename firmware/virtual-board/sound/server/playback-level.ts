/** Reports that are judged together, 1 s of them: how much is in hand is told late and unevenly, but never too low for long. */
const REPORTS = 20;
/** A playback that has this much more in hand than it should is left alone. */
const TOLERANCE_MS = 40;

/** Watches how much of a playback is in hand. Behind a gap it is more than before, by as much as was late. */
export class PlaybackLevel {
  private readonly limitSamples: number;
  private recent: number[] = [];

  /** @param wantedSamples - What the playback began with. */
  constructor(
    private readonly wantedSamples: number,
    rateHz: number,
  ) {
    this.limitSamples = wantedSamples + (TOLERANCE_MS * rateHz) / 1000;
  }

  /** Takes a report of samples in hand. @returns How many there are too many of; 0 mostly, and until a second has been watched. */
  surplusAt(queuedSamples: number): number {
    this.recent.push(queuedSamples);
    if (this.recent.length < REPORTS) return 0;
    const least = Math.min(...this.recent);
    if (least <= this.limitSamples) {
      this.recent.shift();
      return 0;
    }
    this.recent = [];
    return least - this.wantedSamples;
  }
}
