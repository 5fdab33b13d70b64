/** A voice board does for hours what it does for minutes: turns with rests between them, on one boot as long as the board lets it. */
import { benchDescription, describe, expect, test } from 'earshot';

/** A stretch is a test: what goes wrong in one is told with it. */
const STRETCH_MS = 10 * 60_000;
/** The last turn of a stretch may have begun at its end, behind the longest rest. */
const STRETCH_SLACK_MS = 65 * 60_000;
/** A board that fails so many turns in a row is not going to come back by itself. */
const HOPELESS_AFTER = 10;
/** Steps through the corpus so that few turns mix languages, voices and kinds; a prime that divides no likely corpus. */
const STRIDE = 17;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;

/** How long the board is left alone after so many turns, by pattern. */
const rests = {
  /** As somebody who has one question after the other. */
  steady: () => SECOND_MS,
  /** Conversations of six turns; a minute between them, and ten behind each fifth. */
  bursts: (turns: number) => {
    if (turns % 6 !== 0) return SECOND_MS;
    return turns % 30 === 0 ? 10 * MINUTE_MS : MINUTE_MS;
  },
  /** A question now and then: five minutes, and half an hour behind each sixth. */
  idle: (turns: number) => (turns % 6 === 0 ? 30 * MINUTE_MS : 5 * MINUTE_MS),
} as const;

const inMinutes = (ms: number): string => String(Number((ms / MINUTE_MS).toFixed(1)));

describe('soak', () => {
  const { soak, prompts, dialect, unwatched } = benchDescription();
  if (soak === undefined) {
    test('is played by `earshot soak`', () => {
      throw new Error('This suite needs to know for how long: start it with `earshot soak --hours N`.');
    });
    return;
  }
  const { forMs, playedMs, pattern } = soak;
  const { capabilities, unadvertised = [] } = dialect;
  const isText = capabilities.includes('text');
  const answersCalls = capabilities.includes('call-results');
  const works = (name: string): boolean => answersCalls && !unadvertised.some((lost) => lost === name);
  const known = prompts.filter(({ recognisable, calls }) => recognisable && (isText || calls.every(works)));
  // A soak of minutes has the shape of one of hours.
  const longestRestMs = Math.min(30 * MINUTE_MS, Math.max(SECOND_MS, forMs / 10));
  let turns = 0;
  let failedInARow = 0;

  for (let fromMs = playedMs; fromMs < forMs; fromMs += STRETCH_MS) {
    const untilMs = Math.min(forMs, fromMs + STRETCH_MS);
    test(
      `minutes ${inMinutes(fromMs)} to ${inMinutes(untilMs)}`,
      { timeoutMs: untilMs - fromMs + STRETCH_SLACK_MS },
      async ({ board, turn, ask }) => {
        const failures: unknown[] = [];
        while (failedInARow < HOPELESS_AFTER) {
          try {
            const { elapsedMs } = await board.rest(
              Math.min(longestRestMs, turns === 0 ? 0 : rests[pattern](turns)),
            );
            if (elapsedMs >= untilMs) break;
            const prompt = known[(turns * STRIDE) % known.length];
            if (prompt === undefined) throw new Error('The corpus holds no prompt that the provider knows.');
            turns += 1;
            if (isText) {
              const answer = await ask(capabilities.includes('asks-at-boot') ? undefined : prompt.id);
              expect(answer).toHaveAnswered();
            } else {
              const answer = await turn(prompt.id);
              if (unwatched !== true) expect(answer).toHaveBeenHeardAs(prompt.utterance);
              expect(answer).toHaveMeasured('voiceToVoice');
            }
            failedInARow = 0;
          } catch (error) {
            // It has its finding; the board may come back in the next turn.
            failedInARow += 1;
            if (failures.length === 0) failures.push(error);
          }
        }
        if (failures.length > 0) throw failures[0];
      },
    );
  }
});
