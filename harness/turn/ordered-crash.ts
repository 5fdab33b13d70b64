import type { OrderedCrash as OrderedCrashRecord } from '../ports';
import { toWireError, type WireError } from '../errors';
import type { ConversationState } from './conversation-state';
import { InterruptionDue } from './interruption-due';
import type { SpeakerWatch } from './speaker-watch';
import type { TurnBench } from './turn-bench';

/** A crash prints for a second, and has ended after three seconds of silence (device.md section 3.2). */
const LATEST_CRASH_MS = 5_000;

/** Has the firmware crash in the middle of its reply, by its own command, and knows that crash from any other. */
export class OrderedCrash {
  private readonly due: InterruptionDue;
  private sentAtHostMs: number | undefined;
  private failure: WireError | undefined;

  constructor(
    private readonly bench: TurnBench,
    watch: SpeakerWatch,
    private readonly afterMs: number,
  ) {
    this.due = new InterruptionDue(bench, watch, afterMs);
  }

  /** Asked at every block, from the prompt's end on: sends the command once the reply has been audible for long enough. */
  sendWhenDue(state: ConversationState): void {
    if (this.sentAtHostMs !== undefined || !this.due.isDue(state)) return;
    this.sentAtHostMs = this.bench.clock.nowMs();
    this.bench.board.crash().catch((cause: unknown) => {
      this.failure = toWireError(cause);
    });
  }

  /** The command is out and may still bring a crash: the turn is not over. */
  get isAwaited(): boolean {
    const { sentAtHostMs, failure } = this;
    if (sentAtHostMs === undefined || failure !== undefined) return false;
    return this.bench.clock.nowMs() < sentAtHostMs + LATEST_CRASH_MS;
  }

  /** What became of it; the crash is taken out of the turn's faults, and a command that could not be sent is put in. */
  outcome(faults: WireError[]): OrderedCrashRecord {
    const { afterMs, sentAtHostMs, failure } = this;
    const place =
      sentAtHostMs === undefined ? -1 : faults.findIndex(({ code }) => code === 'HIL_BOARD_PANIC');
    const [crash] = place < 0 ? [] : faults.splice(place, 1);
    // One that took its own echo along came all the same.
    if (failure !== undefined && crash === undefined) faults.push(failure);
    return {
      afterMs,
      ...(sentAtHostMs === undefined ? {} : { sentAtHostMs }),
      ...(crash === undefined ? {} : { crash }),
    };
  }
}
