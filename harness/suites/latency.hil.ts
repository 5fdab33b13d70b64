/** A voice board answers soon: turns over several sessions, timed by their sound. The budgets judge the distribution. */
import { benchDescription, describe, expect, test } from 'earshot';

/** Sessions differ from each other; fewer would show only one of them. */
const FEWEST_SESSIONS = 3;
/** A gate takes the session as the unit: forty turns have five of them. */
const TURNS_PER_SESSION = 8;

/** Steps through the corpus so that few turns mix languages, voices and kinds; a prime that divides no likely corpus. */
const STRIDE = 17;

describe('latency', () => {
  const { dialect, turns, prompts, unwatched } = benchDescription();
  const { capabilities, unadvertised = [] } = dialect;
  // Calls are answered aloud only where the firmware returns their results.
  const answersCalls = capabilities.includes('call-results');
  // What this firmware is known not to do, the function calls tell; here it would only spoil the turns.
  const works = (name: string): boolean => answersCalls && !unadvertised.some((lost) => lost === name);
  const spoken = prompts.filter(({ recognisable, calls }) => recognisable && calls.every(works));
  const sessions = Math.max(FEWEST_SESSIONS, Math.ceil(turns / TURNS_PER_SESSION));
  const perSession = Math.ceil(turns / sessions);
  for (let session = 0; session < sessions; session += 1) {
    const count = Math.min(perSession, turns - session * perSession);
    if (count <= 0) break;
    test(
      `session ${session + 1}: ${count} turns`,
      { needs: ['audio'], timeoutMs: 60_000 + count * 30_000 },
      async ({ board, turn }) => {
        await board.newSession();
        for (let index = 0; index < count; index += 1) {
          const prompt = spoken[((session * perSession + index) * STRIDE) % spoken.length];
          if (prompt === undefined) throw new Error('The corpus holds no prompt that the provider knows.');
          const answer = await turn(prompt.id);
          // What a provider heard that the board reaches by itself nobody knows.
          if (unwatched !== true) expect(answer).toHaveBeenHeardAs(prompt.utterance);
          expect(answer).toHaveMeasured('voiceToVoice');
        }
      },
    );
  }
});
