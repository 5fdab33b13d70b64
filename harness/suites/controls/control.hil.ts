/**
 * What every healthy board passes: it hears plain questions and answers them, whole. Played by boards that have their like beside them
 * before they get any work; one that fails here where its like passes is broken itself, and not its firmware.
 */
import { benchDescription, describe, expect, test } from 'earshot';

const QUESTIONS = 2;

describe('control', () => {
  const { prompts, dialect } = benchDescription();
  const asksAtBoot = dialect.capabilities.includes('asks-at-boot');
  const plain = prompts.filter(({ recognisable, calls }) => recognisable && calls.length === 0);
  const questions = plain
    .filter(({ utterance }, index) => plain.findIndex((other) => other.utterance === utterance) === index)
    .slice(0, QUESTIONS);

  test(
    'hears plain questions and answers them aloud',
    { needs: ['audio'], watched: true },
    async ({ board, turn }) => {
      if (questions.length === 0) throw new Error('The corpus holds no question that calls no function.');
      await board.newSession();
      for (const { id, utterance } of questions) {
        const answer = await turn(id);
        expect(answer).toHaveBeenHeardAs(utterance);
        expect(answer).toPlayCompletely();
      }
    },
  );

  test('answers a plain question in writing', { needs: ['text'] }, async ({ ask }) => {
    expect(await ask(asksAtBoot ? undefined : questions[0]?.id)).toHaveAnswered();
  });
});
