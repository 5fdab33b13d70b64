/** How loud somebody has to speak: from a whisper to a raised voice, what is heard and how soon it is answered. Judged at the usual level only. */
import { benchDescription, describe, expect, test } from 'earshot';

/**
 * Over the bench's level, which is that of conversation. A raised voice is 6 dB over it, a shout 12 and more, a whisper 20 under it, and a
 * talker four metres away another 12.
 */
const LOUDER_DB = [12, 6];
const SOFTER_DB = [0, -10, -20, -30, -40];
/** Of the turns that `--turns` asks for at each level, half: 12 are 6. */
const SHARE = 0.5;
/** Steps through the prompts so that few turns mix languages and voices; a prime that divides no likely corpus. */
const STRIDE = 17;

describe('prompt level', () => {
  const { turns, prompts, playbackGainDb } = benchDescription();
  // A clip may go up to full scale: louder than that is the loudspeaker's, by its knob, and `turn.playbackGainDb` makes room for it.
  const gainsDb = [...LOUDER_DB.filter((gainDb) => gainDb + playbackGainDb <= 0), ...SOFTER_DB];
  // One kind of turn: a call takes longer than an answer.
  const plain = prompts.filter(({ recognisable, calls }) => recognisable && calls.length === 0);
  const perLevel = Math.max(2, Math.round(turns * SHARE));

  test('hears the usual level', { watched: true, needs: ['audio'] }, async ({ turn }) => {
    const [prompt] = plain;
    if (prompt === undefined) throw new Error('The corpus holds no prompt that is answered without a call.');
    const answer = await turn(prompt.id);
    expect(answer).toHaveBeenHeardAs(prompt.utterance);
    expect(answer).toHaveMeasured('voiceToVoice');
  });

  // Level by level within each round, so that what drifts over the run drifts through all of them.
  for (let round = 0; round < perLevel; round += 1) {
    test(
      `round ${round + 1}: ${gainsDb.map((gainDb) => `${gainDb} dB`).join(', ')}`,
      { watched: true, needs: ['audio'], timeoutMs: 60_000 + gainsDb.length * 30_000 },
      async ({ turn }) => {
        const prompt = plain[(round * STRIDE) % plain.length];
        if (prompt === undefined)
          throw new Error('The corpus holds no prompt that is answered without a call.');
        for (const gainDb of gainsDb) await turn(prompt.id, { conditions: { gainDb }, survey: true });
      },
    );
  }
});
