/** Spoiled messages to the mock of OpenAI Realtime. */
import WebSocket from 'ws';
import { systemClock } from '../../ports';
import { openMock } from '../../provider';
import { scenario, smallCorpus } from '../../provider/__fixtures__/small-corpus';
import { fuzzWebSocket } from './fuzz-websocket';
import { gaEvents } from './realtime-samples';

it('openai-realtime answers or closes on 1 000 spoiled messages', async () => {
  const provider = await openMock('openai-realtime', { scenario, corpus: smallCorpus(), clock: systemClock });
  try {
    const connect = (): WebSocket =>
      new WebSocket(provider.url, { headers: { authorization: 'Bearer sk-test' } });
    const report = await fuzzWebSocket({
      provider,
      connect,
      samples: gaEvents,
      messages: 1000,
      seed: 1,
      clock: systemClock,
    });
    expect(report).toMatchObject({ hung: 0, failed: 0, unserved: 0, unhandledRejections: 0 });
    expect(report.answered.alive! + report.closed).toBe(1000);
    expect(report.answered.alive).toBeGreaterThan(500);
  } finally {
    await provider.close();
  }
});
