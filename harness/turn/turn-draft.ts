import type { TurnRecord } from '../ports';
import type { SpeakerWatch } from './speaker-watch';
import type { TurnBench, TurnTiming } from './turn-bench';

/** What a turn needs to be measured, on a machine that has nothing else to do: so long before its end it is taken to be over. */
const MEASURED_WITHIN_MS = 250;
/** A pause within a word is shorter. */
const SHORTEST_QUIET_MS = 150;

/**
 * How a turn waits whose record is wanted before it is over, in the midst of the quiet behind its reply. Undefined: that quiet is too
 * short to be worth it.
 */
export function draftTiming(timing: TurnTiming): TurnTiming | undefined {
  const quietMs = Math.max(SHORTEST_QUIET_MS, timing.quietMs - MEASURED_WITHIN_MS);
  return quietMs < timing.quietMs ? { ...timing, quietMs } : undefined;
}

/** Where the logs of a turn begin. */
export interface TurnBegin {
  readonly firstEvent: number;
  readonly firstLine: number;
  readonly firstSeq: number;
}

/** The record of a turn that is most likely over, which it is once the quiet behind its reply has lasted and nothing came on top. */
export class TurnDraft {
  constructor(
    readonly record: TurnRecord,
    /** Sound of the speaker when the capture ended. */
    private readonly soundMs: number,
    private readonly begin: TurnBegin,
  ) {}

  /** Nothing is wrong with it, and it does not hang on where the sound ends. */
  get isSound(): boolean {
    return this.record.faults.length === 0 && this.record.replyAudio !== 'unknown';
  }

  /** Neither sound nor a line nor an event has come that it does not hold. */
  isWhole({ board, provider }: Pick<TurnBench, 'board' | 'provider'>, watch: SpeakerWatch): boolean {
    const { firstEvent, firstLine, firstSeq } = this.begin;
    const { consoleLines, boardEvents, providerEvents } = this.record;
    return (
      watch.soundMs === this.soundMs &&
      board.events.length === firstEvent + boardEvents.length &&
      provider.events.length === firstSeq + providerEvents.length &&
      board.console.lines.filter(({ index }) => index >= firstLine).length === consoleLines.length
    );
  }
}
