/** How noisy it may be: from a quiet room to more noise than speech, what is heard and how soon it is answered. Judged without added noise only. */
import { benchDescription, describe, expect, test } from 'earshot';

/** Speech over noise: a quiet living room has 30 dB and more, a car 10 dB, a street or a party 0 to 5 dB. */
const SNRS_DB = [30, 20, 15, 10, 5, 0];
/** Of the turns that `--turns` asks for at each level, a third: 12 are 4. A turn in noise takes 13 s. */
const SHARE = 1 / 3;
/** Steps through the prompts so that few turns mix languages and voices; a prime that divides no likely corpus. */
const STRIDE = 17;

describe('background noise', () => {
  const { turns, prompts } = benchDescription();
  // One kind of turn: a call takes longer than an answer.
  const plain = prompts.filter(({ recognisable, calls }) => recognisable && calls.length === 0);
  const perLevel = Math.max(2, Math.round(turns * SHARE));

  test('hears a prompt without added noise', { watched: true, needs: ['audio'] }, async ({ turn }) => {
    const [prompt] = plain;
    if (prompt === undefined) throw new Error('The corpus holds no prompt that is answered without a call.');
    const answer = await turn(prompt.id);
    expect(answer).toHaveBeenHeardAs(prompt.utterance);
    expect(answer).toHaveMeasured('voiceToVoice');
  });

  // Level by level within each round, so that what drifts over the run drifts through all of them.
  for (let round = 0; round < perLevel; round += 1) {
    test(
      `round ${round + 1}: ${SNRS_DB.map((snrDb) => `${snrDb} dB`).join(', ')}`,
      { watched: true, needs: ['audio'], timeoutMs: 60_000 + SNRS_DB.length * 40_000 },
      async ({ turn }) => {
        const prompt = plain[(round * STRIDE) % plain.length];
        if (prompt === undefined)
          throw new Error('The corpus holds no prompt that is answered without a call.');
        for (const snrDb of SNRS_DB) await turn(prompt.id, { conditions: { snrDb }, survey: true });
      },
    );
  }
});
