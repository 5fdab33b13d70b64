import { HilError } from '../errors';
import { Conversation } from './conversation-state';
import { PLAYOUT_ALLOWANCE_MS, SELF_TRIGGERS, SelfTriggers, talksToItself } from './self-triggers';
import { quietWithoutProviderMs } from './speaker-alone';
import type { SpeakerWatch } from './speaker-watch';
import type { TurnBench, TurnTiming } from './turn-bench';
import { waitForBench } from './await-bench';

/** No greeting or reply of a voice board is longer; one that talks on is broken. */
const LONGEST_TALK_MS = 30_000;

/**
 * Resolves once the board has nothing more to say: the provider is idle, all it sent had time to be played, and the speaker
 * has been quiet for `quietMs`. With `greetingDue` it first waits for the greeting to have been sent.
 * @throws HilError of the part that broke; `HIL_TURN_SELF_TRIGGERED` when the board answers itself; `HIL_TURN_NEVER_QUIET`
 * when it talks on; `HIL_TURN_PROVIDER_FAILED` when it is quiet, and a response that the provider began never ends.
 */
export async function settle(
  bench: TurnBench,
  watch: SpeakerWatch,
  timing: TurnTiming,
  options: { readonly greetingDue?: boolean; readonly fromSeq?: number } = {},
): Promise<void> {
  const conversation = new Conversation(bench.provider.events, options.fromSeq ?? 0);
  const selfTriggers = new SelfTriggers(bench.provider.events);
  const quietMs = bench.provider.unwatched === true ? quietWithoutProviderMs(timing) : timing.quietMs;
  const greetingDueUntilMs = bench.clock.nowMs() + 5_000;
  const end = await waitForBench<'quiet' | 'answers-itself'>(
    bench,
    () => {
      const { state } = conversation;
      const nowMs = bench.clock.nowMs();
      if (selfTriggers.update(state.playoutEndsAtMs) >= SELF_TRIGGERS) return 'answers-itself';
      if (options.greetingDue === true && state.responses === 0 && nowMs < greetingDueUntilMs)
        return undefined;
      if (state.responding || nowMs < state.playoutEndsAtMs + PLAYOUT_ALLOWANCE_MS) return undefined;
      return watch.quietMs >= quietMs ? 'quiet' : undefined;
    },
    LONGEST_TALK_MS,
  );
  if (end.state === 'broken') throw end.error;
  if (end.state === 'held' && end.value === 'answers-itself') {
    throw talksToItself(bench.board.name, selfTriggers.count);
  }
  if (end.state === 'late' && conversation.state.responding && watch.quietMs >= quietMs) {
    throw new HilError(
      'HIL_TURN_PROVIDER_FAILED',
      `The provider began a response and was not done with it within ${LONGEST_TALK_MS} ms, and board ${bench.board.name} has been quiet meanwhile.`,
      { quietMs: watch.quietMs, conversation: conversation.state },
    );
  }
  if (end.state === 'late') {
    throw new HilError(
      'HIL_TURN_NEVER_QUIET',
      `Board ${bench.board.name} was not quiet for ${quietMs} ms within ${LONGEST_TALK_MS} ms.`,
      { quietMs: watch.quietMs, conversation: conversation.state },
    );
  }
}
