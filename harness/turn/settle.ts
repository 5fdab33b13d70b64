import { HilError } from '../errors';
import { Conversation } from './conversation-state';
import type { SpeakerWatch } from './speaker-watch';
import type { TurnBench, TurnTiming } from './turn-bench';
import { waitForBench } from './await-bench';

/** A reply may take this long to come out of the speaker after it was sent, on top of its own length. */
const PLAYOUT_ALLOWANCE_MS = 300;
/** No greeting or reply of a voice board is longer; one that talks on is broken. */
const LONGEST_TALK_MS = 30_000;

/**
 * Resolves once the board has nothing more to say: the provider is idle, all it sent had time to be played, and the speaker
 * has been quiet for `quietMs`. With `greetingDue` it first waits for the greeting to have been sent.
 * @throws HilError of the part that broke; `HIL_TURN_NEVER_QUIET` when the board talks on.
 */
export async function settle(
  bench: TurnBench,
  watch: SpeakerWatch,
  timing: TurnTiming,
  options: { readonly greetingDue?: boolean; readonly fromSeq?: number } = {},
): Promise<void> {
  const conversation = new Conversation(bench.provider.events, options.fromSeq ?? 0);
  const greetingDueUntilMs = bench.clock.nowMs() + 5_000;
  const end = await waitForBench(
    bench,
    () => {
      const { state } = conversation;
      const nowMs = bench.clock.nowMs();
      if (options.greetingDue === true && state.responses === 0 && nowMs < greetingDueUntilMs)
        return undefined;
      if (state.responding || nowMs < state.playoutEndsAtMs + PLAYOUT_ALLOWANCE_MS) return undefined;
      return watch.quietMs >= timing.quietMs ? true : undefined;
    },
    LONGEST_TALK_MS,
  );
  if (end.state === 'broken') throw end.error;
  if (end.state === 'late') {
    throw new HilError(
      'HIL_TURN_NEVER_QUIET',
      `Board ${bench.board.name} was not quiet for ${timing.quietMs} ms within ${LONGEST_TALK_MS} ms.`,
      { quietMs: watch.quietMs, conversation: conversation.state },
    );
  }
}
