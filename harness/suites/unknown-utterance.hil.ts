/** A voice board that hears what nobody taught it does nothing and says so. */
import { describe, expect, test } from 'earshot';

describe('unknown utterance', () => {
  for (const language of ['en', 'zh']) {
    test(`does nothing (${language})`, { watched: true, needs: ['audio'] }, async ({ turn }) => {
      const answer = await turn(`${language}-off-topic`);
      expect(answer).toHaveBeenHeardAsUnknown();
      expect(answer).toHaveCalledNothing();
      expect(answer).toPlayCompletely();
      expect(answer).toHaveSaid(/sorry|对不起/i);
    });
  }
});
