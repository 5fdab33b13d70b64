/**
 * What the board takes for the time of day: 1 January 1970 at each boot, as a chip without a battery, until somebody sets
 * it. Runs with the board's crystal.
 */
export class WallClock {
  private bootedAtUnixMs = 0;

  constructor(private readonly crystal: { elapsedMs(): number }) {}

  /** Milliseconds since 1 January 1970 UTC, fractions kept. */
  unixMs(): number {
    return this.bootedAtUnixMs + this.crystal.elapsedMs();
  }

  set(unixMs: number): void {
    this.bootedAtUnixMs = unixMs - this.crystal.elapsedMs();
  }

  /** The chip booted at this instant and knows nothing. */
  restart(): void {
    this.bootedAtUnixMs = 0;
  }
}
