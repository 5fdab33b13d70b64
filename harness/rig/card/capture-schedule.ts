const { min } = Math;

/** Delivery jitter is judged by the best block of so long. */
const WINDOW_MS = 1000;
/** How far back the schedule looks: long enough for a second of stall, short enough for clocks that are 0.6 % apart. */
const WINDOWS = 10;
/** Blocks that stay later than this for two windows are not late any more: what should have come before them is lost. */
const LOST_MS = 200;
/** A crystal is never so far off; over five windows in a row it is another rate, or sound that is dropped all the time. */
const WRONG_RATE = 0.02;
const WRONG_WINDOWS = 5;

export interface ScheduledBlock {
  /** How much later than the schedule the block was in hand. */
  readonly lagMs: number;
  /** Samples that should have come and never did, and since where. */
  readonly lost?: { readonly sinceRigSample: number; readonly lostSamples: number };
  /** What the card really delivers, in samples a second of the host, when that is another rate. */
  readonly wrongRateHz?: number;
}

interface Window {
  /** Least lateness of a block; the zero point is arbitrary. */
  readonly floorMs: number;
  /** Of that block. */
  readonly position: number;
  readonly hostAtMs: number;
}

/**
 * The schedule of a capture by the host's clock: blocks come late, never early, so the least late ones of the last ten seconds show
 * when a sample is due. Clocks drift apart slowly, which moves the schedule; what stays late afterwards was lost.
 */
export class CaptureSchedule {
  private windows: Window[] = [];
  /** For the rate: these are not begun anew behind a loss. */
  private rateWindows: Window[] = [];
  private current: Window | undefined;
  private windowEndsAtMs = 0;
  private lateSince: number | undefined;
  private lateWindows = 0;

  constructor(private readonly rateHz: number) {}

  /** Takes note of a block: samples captured with it, and when it was in hand. */
  add(position: number, hostAtMs: number): ScheduledBlock {
    const latenessMs = hostAtMs - (position * 1000) / this.rateHz;
    const floorMs = min(
      latenessMs,
      this.current?.floorMs ?? Infinity,
      ...this.windows.map((each) => each.floorMs),
    );
    const lagMs = latenessMs - floorMs;
    if (lagMs <= LOST_MS) this.lateSince = undefined;
    else this.lateSince ??= position;
    if (this.current === undefined) this.windowEndsAtMs = hostAtMs + WINDOW_MS;
    if (this.current === undefined || latenessMs < this.current.floorMs)
      this.current = { floorMs: latenessMs, position, hostAtMs };
    if (hostAtMs < this.windowEndsAtMs) return { lagMs };
    return { lagMs, ...this.endWindow(this.current) };
  }

  private endWindow(window: Window): Omit<ScheduledBlock, 'lagMs'> {
    this.current = undefined;
    const floorMs = min(...this.windows.map((each) => each.floorMs));
    const riseMs = this.windows.length === 0 ? 0 : window.floorMs - floorMs;
    this.windows = [...this.windows, window].slice(-WINDOWS);
    this.rateWindows = [...this.rateWindows, window].slice(-WRONG_WINDOWS - 1);
    const wrongRateHz = this.measuredWrongRate();
    this.lateWindows = riseMs > LOST_MS ? this.lateWindows + 1 : 0;
    const { lateSince } = this;
    const wrong = wrongRateHz === undefined ? {} : { wrongRateHz };
    if (this.lateWindows < 2 || lateSince === undefined) return wrong;
    this.lateWindows = 0;
    this.lateSince = undefined;
    this.windows = [window];
    const lostSamples = Math.round((riseMs * this.rateHz) / 1000);
    return { ...wrong, lost: { sinceRigSample: lateSince, lostSamples } };
  }

  /** A single loss or stall shows in one step; another rate shows in all of them, and to the same side. */
  private measuredWrongRate(): number | undefined {
    const { rateWindows: windows, rateHz } = this;
    const [first] = windows;
    const last = windows.at(-1);
    if (windows.length <= WRONG_WINDOWS || first === undefined || last === undefined) return undefined;
    const offsets = windows.slice(1).map((to, i) => {
      const from = windows[i] ?? first;
      return ((to.position - from.position) * 1000) / (to.hostAtMs - from.hostAtMs) / rateHz - 1;
    });
    const isSlow = offsets.every((offset) => offset < -WRONG_RATE);
    const isFast = offsets.every((offset) => offset > WRONG_RATE);
    if (!isSlow && !isFast) return undefined;
    return ((last.position - first.position) * 1000) / (last.hostAtMs - first.hostAtMs);
  }
}
