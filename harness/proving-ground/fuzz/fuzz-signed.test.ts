/** Spoiled messages to the mocks that check a signature: the counts of continuous integration, `npm run test:long` sends more. */
import { systemClock } from '../../ports';
import { openMock } from '../../provider';
import { scenario, smallCorpus } from '../../provider/__fixtures__/small-corpus';
import { fuzzHttp } from './fuzz-http';
import type { FuzzReport } from './fuzz-report';
import { fuzzSpark } from './fuzz-spark';
import { fuzzCredentials, signedSamples } from './signed-samples';

/** A busy machine takes longer than Jest's 5 s; what hangs is told by the report. */
jest.setTimeout(60_000);

const corpus = smallCorpus();
const thinking = { ...scenario, text: { ...scenario.text, reasoning: 'Hm.' } };
const options = { scenario: thinking, corpus, clock: systemClock };

function expectAllEnded(report: FuzzReport): void {
  const { messages, answered, closed } = report;
  expect(report).toMatchObject({
    messages: 300,
    hung: 0,
    failed: 0,
    unmeasured: 0,
    unserved: 0,
    unhandledRejections: 0,
  });
  expect(Object.values(answered).reduce((sum, count) => sum + count, 0) + closed).toBe(messages);
}

it.each(['hunyuan', 'pangu'] as const)('%s answers or cuts 300 spoiled messages', async (protocol) => {
  const provider = await openMock(protocol, { ...options, credentials: fuzzCredentials[protocol] });
  try {
    const samples = signedSamples(protocol, provider);
    const report = await fuzzHttp({ provider, samples, messages: 300, seed: 1, clock: systemClock });
    expectAllEnded(report);
    const codes = provider.events.flatMap((event) => (event.type === 'error' ? [event.code] : []));
    // Spoiled enough to be refused for many a reason, and not so much that nothing gets through.
    expect(new Set(codes).size).toBeGreaterThan(5);
    expect(provider.events.filter(({ type }) => type === 'text-out').length).toBeGreaterThan(15);
  } finally {
    await provider.close();
  }
});

it('spark answers or cuts 300 spoiled conversations', async () => {
  const provider = await openMock('spark', options);
  try {
    const report = await fuzzSpark({ provider, messages: 300, seed: 1, clock: systemClock });
    expectAllEnded(report);
    for (const outcome of ['0', '10003', '10004', '10005', 'HTTP 101', 'HTTP 401'])
      expect(report.answered[outcome]).toBeGreaterThan(0);
    const opened = provider.events.filter(({ type }) => type === 'session-open').length;
    expect(provider.events.filter(({ type }) => type === 'session-closed').length).toBeGreaterThan(
      opened - 20,
    );
  } finally {
    await provider.close();
  }
});
