import { samplesIn } from '../units';
import type { ConversationState } from './conversation-state';
import type { SpeakerWatch } from './speaker-watch';
import type { TurnBench } from './turn-bench';

/** This much sound is a reply and not a click. */
const AUDIBLE_MS = 30;

/** Knows when a reply is to be interrupted: some time after it became audible, counted on the rig's clock. */
export class InterruptionDue {
  /** Sound on the speaker channel before the provider sent any. */
  private soundBeforeMs: number | undefined;
  private audibleFrom: number | undefined;

  constructor(
    private readonly bench: TurnBench,
    private readonly watch: SpeakerWatch,
    private readonly afterMs: number,
  ) {}

  /** Asked at every block, from the prompt's end on. False for ever when the reply is over by then. */
  isDue(state: ConversationState): boolean {
    const { rig, clock } = this.bench;
    if (!state.spoke) return false;
    this.soundBeforeMs ??= this.watch.soundMs;
    if (this.audibleFrom === undefined && this.watch.soundMs >= this.soundBeforeMs + AUDIBLE_MS)
      this.audibleFrom = rig.position - samplesIn(AUDIBLE_MS, rig.rateHz);
    if (this.audibleFrom === undefined) return false;
    const over = !state.responding && clock.nowMs() >= state.playoutEndsAtMs;
    return !over && rig.position >= this.audibleFrom + samplesIn(this.afterMs, rig.rateHz);
  }
}
