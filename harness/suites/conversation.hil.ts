/** A voice board understands questions in both languages and answers aloud, whole. */
import { describe, expect, test } from 'earshot';

describe('conversation', () => {
  for (const language of ['en', 'zh']) {
    for (const question of ['weather', 'time']) {
      test(
        `answers a question about the ${question} (${language})`,
        { watched: true, needs: ['audio'] },
        async ({ turn }) => {
          const answer = await turn(`${language}-${question}`);
          expect(answer).toHaveBeenHeardAs(`${language}-${question}`);
          expect(answer).toHaveCalledNothing();
          expect(answer).toPlayCompletely();
        },
      );
    }
  }
});
