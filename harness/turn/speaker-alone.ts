import type { SpeakerWatch } from './speaker-watch';
import type { TurnTiming } from './turn-bench';

/** This much sound is a reply and not a click. */
const AUDIBLE_MS = 100;
/** Speech does not pause for longer; a call between two sentences may. */
const LONGEST_PAUSE_MS = 1_500;

/** How long the speaker has to be quiet before a board whose provider nobody watches has nothing more to say. */
export const quietWithoutProviderMs = ({ quietMs }: TurnTiming): number =>
  Math.max(quietMs, LONGEST_PAUSE_MS);

/** Knows by the speaker alone when a turn is over: where nobody sees what the provider does. */
export class SpeakerAlone {
  private soundBeforeMs: number | undefined;

  constructor(
    private readonly watch: SpeakerWatch,
    private readonly timing: TurnTiming,
  ) {}

  /** Asked at every block. */
  stop(nowMs: number, promptEndsAtMs: number): 'answered' | 'deadline' | undefined {
    if (nowMs < promptEndsAtMs) return undefined;
    const { watch, timing } = this;
    this.soundBeforeMs ??= watch.soundMs;
    if (watch.soundMs - this.soundBeforeMs >= AUDIBLE_MS)
      return watch.quietMs >= quietWithoutProviderMs(timing) ? 'answered' : undefined;
    return nowMs > promptEndsAtMs + timing.deadlineMs ? 'deadline' : undefined;
  }
}
