import type { HostMessage } from '../host';
import type { SoakPlan, WallClock } from '../ports';

/** Where no line can be replaced, one says so often how far the soak is. */
const TOLD_EVERY_MS = 300_000;
const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/** `8 h 5 min`, `12 min`, `40 s`. */
export function durationInWords(ms: number): string {
  if (ms < MINUTE_MS) return `${Math.round(ms / 1_000)} s`;
  const minutes = Math.round(ms / MINUTE_MS);
  const hours = Math.floor(minutes / HOUR_MINUTES);
  const rest = minutes % HOUR_MINUTES;
  return [hours > 0 ? `${hours} h` : '', rest > 0 || hours === 0 ? `${rest} min` : '']
    .filter(Boolean)
    .join(' ');
}

/** What to show of a soak as it goes. */
export class SoakProgress {
  private turns = 0;
  private toldAtMs = -Infinity;

  constructor(
    private readonly plan: SoakPlan,
    private readonly wallClock: WallClock,
  ) {}

  /** @returns A line whenever it changes: how much is over, and when it ends. `isDue`: long enough after the last that was. */
  take(
    message: HostMessage,
    hostNowMs: number,
  ): { readonly text: string; readonly isDue: boolean } | undefined {
    if (message.type === 'turn') this.turns += 1;
    if (message.type !== 'rested' || message.leftMs === undefined) return undefined;
    const { elapsedMs, leftMs } = message;
    const ends = new Date(this.wallClock() + leftMs).toTimeString().slice(0, 5);
    const share = Math.min(100, Math.floor((100 * elapsedMs) / this.plan.forMs));
    const turns = `${this.turns} ${this.turns === 1 ? 'turn' : 'turns'}`;
    const text = `soak: ${durationInWords(elapsedMs)} of ${durationInWords(this.plan.forMs)} (${share} %), ${turns}, ends at ${ends}`;
    const isDue = hostNowMs - this.toldAtMs >= TOLD_EVERY_MS;
    if (isDue) this.toldAtMs = hostNowMs;
    return { text, isDue };
  }
}
