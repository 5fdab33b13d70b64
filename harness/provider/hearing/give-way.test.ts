import { smallCorpus, spoken } from '../__fixtures__/small-corpus';
import { giveWay } from './give-way';
import { loadListener } from './load-listener';

describe('giveWay', () => {
  it('sleeps after each millisecond of work, however many steps that was', () => {
    let nowMs = 0;
    const sleptAtMs: number[] = [];
    const step = giveWay(
      () => nowMs,
      () => void sleptAtMs.push(nowMs),
    );
    for (const atMs of [0.4, 0.9, 1.1, 1.2, 2.05, 2.1, 7, 7.9, 8]) {
      nowMs = atMs;
      step();
    }
    expect(sleptAtMs).toEqual([1.1, 2.1, 7, 8]);
  });

  it('wakes by itself where nobody else would wake it', () => {
    const step = giveWay(() => process.uptime() * 1e6);
    for (let time = 0; time < 20; time++) step();
  });

  it('is asked between all steps of a recognition, which comes to the same', () => {
    const corpus = smallCorpus();
    const prompts = [...corpus.prompts.values()];
    let steps = 0;
    const question = [spoken(corpus, 'en-joke-a', 300, 80), 24 * 400] as const;
    const answer = loadListener(prompts, () => (steps += 1))(...question);
    expect(answer).toEqual(loadListener(prompts)(...question));
    expect(answer.promptId).toBe('en-joke-a');
    // A recognition takes some 50 ms.
    expect(steps).toBeGreaterThan(50);
  });
});
