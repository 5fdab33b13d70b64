/** A board that is asked in writing prints the whole answer, in both languages, and soon. */
import { benchDescription, describe, expect, test } from 'earshot';

/** Steps through the corpus so that few turns mix languages and questions; a prime that divides no likely corpus. */
const STRIDE = 17;

describe('text chat', () => {
  const { dialect, turns, prompts, unwatched } = benchDescription();
  const asksAtBoot = dialect.capabilities.includes('asks-at-boot');

  for (const language of ['en', 'zh']) {
    for (const question of ['weather', 'joke']) {
      test(
        `answers a question about the ${question} (${language})`,
        { needs: ['text', 'console-input'] },
        async ({ ask }) => {
          const answer = await ask(`${language}-${question}`);
          expect(answer).toHaveAnswered();
          // When its first token left, a provider that the board reaches by itself does not say.
          if (unwatched !== true) expect(answer).toHaveMeasured('timeToFirstToken');
        },
      );
    }
  }

  const known = prompts.filter(({ recognisable }) => recognisable);
  test(`answers ${turns} times`, { needs: ['text'], timeoutMs: 60_000 + turns * 60_000 }, async ({ ask }) => {
    for (let index = 0; index < turns; index += 1) {
      const prompt = known[(index * STRIDE) % known.length];
      const answer = await ask(asksAtBoot ? undefined : prompt?.id);
      expect(answer).toHaveAnswered();
      expect(answer).toHaveMeasured('questionToAnswer');
    }
  });
});
