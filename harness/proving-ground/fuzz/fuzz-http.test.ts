/** Spoiled messages to every mock that needs no signature: the counts of continuous integration, `npm run test:long` sends more. */
import { systemClock } from '../../ports';
import { openMock } from '../../provider';
import { scenario, smallCorpus } from '../../provider/__fixtures__/small-corpus';
import { seededUniform } from '../../units';
import { fuzzHttp } from './fuzz-http';
import { mutatedBytes, mutatedJson } from './mutate';
import { httpSamples } from './samples';

const corpus = smallCorpus();
const thinking = { ...scenario, text: { ...scenario.text, reasoning: 'Hm.' } };

it.each(Object.entries(httpSamples))('%s answers or cuts 300 spoiled messages', async (protocol, samples) => {
  const provider = await openMock(protocol as 'openai', { scenario: thinking, corpus, clock: systemClock });
  try {
    const report = await fuzzHttp({ provider, samples, messages: 300, seed: 1, clock: systemClock });
    expect(report).toMatchObject({
      messages: 300,
      hung: 0,
      failed: 0,
      unmeasured: 0,
      unserved: 0,
      unhandledRejections: 0,
    });
    const total = Object.values(report.answered).reduce((sum, count) => sum + count, 0);
    expect(total + report.closed).toBe(300);
    // Spoiled enough to be refused, and not so much that nothing gets through.
    expect(report.answered['200']).toBeGreaterThan(15);
    expect(report.answered['400']).toBeGreaterThan(30);
  } finally {
    await provider.close();
  }
});

it('spoils the same way for the same seed, and leaves the sample alone', () => {
  const sample = { a: [1, { b: 'two' }], c: null };
  const first = seededUniform(7);
  const again = seededUniform(7);
  for (let round = 0; round < 200; round++) {
    expect(mutatedJson(first, sample)).toEqual(mutatedJson(again, sample));
    const bytes = Buffer.from('POST / HTTP/1.1\r\n\r\n{"a":1}');
    expect(mutatedBytes(first, bytes).equals(mutatedBytes(again, bytes))).toBe(true);
    expect(bytes.toString()).toBe('POST / HTTP/1.1\r\n\r\n{"a":1}');
  }
  expect(sample).toEqual({ a: [1, { b: 'two' }], c: null });
});
