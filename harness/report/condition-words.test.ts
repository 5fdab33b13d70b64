import { conditionsInWords, playedInWords } from './condition-words';

describe('conditions in words', () => {
  it.each([
    [{ gainDb: -20, snrDb: 10, rt60Ms: 400 }, '-20 dB, noise at 10 dB SNR, room of 400 ms'],
    [{ gainDb: 4 }, '+4 dB'],
    [{}, undefined],
  ])('of %j', (conditions, words) => expect(conditionsInWords(conditions)).toBe(words));

  it('of a prompt that was played have the levels at the output', () => {
    const played = { snrDb: 10, seed: 1, speechLevelDbFs: -30.04, noiseLevelDbFs: -40.04 };
    expect(playedInWords(played)).toBe('noise at 10 dB SNR; speech -30.0 dBFS; noise -40.0 dBFS');
    expect(playedInWords({ seed: 1 })).toBe('as it is');
  });
});
