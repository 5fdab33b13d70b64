import { WebSocket } from 'ws';
import { systemClock } from '../../ports';
import { scenario, smallCorpus } from '../__fixtures__/small-corpus';
import type { MockProvider } from './mock-options';
import { openMock } from './open-mock';

let mock: MockProvider;
afterEach(() => mock.close());

/** Connects, and tells how it went. */
const connectAndSee = (url: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = new WebSocket(url, { headers: { authorization: 'Bearer sk-any' } });
    socket.once('error', () => resolve('broke'));
    socket.once('message', () => {
      resolve('spoke');
      socket.terminate();
    });
  });

it('is reached over its link, which is as the turn says', async () => {
  const options = { scenario, corpus: smallCorpus(), clock: systemClock, tls: true, network: {} };
  mock = await openMock('openai-realtime', options);
  expect(await connectAndSee(mock.url)).toBe('spoke');
  expect(mock.tlsUrl).toMatch(/^wss:\/\/localhost:\d+\/v1\/realtime/);
  expect(new URL(mock.tlsUrl ?? '').port).not.toBe(new URL(mock.url).port);
  await mock.expectTurn({ turnId: 't1', network: { cut: { afterBytes: 0, how: 'reset' } } });
  expect(await connectAndSee(mock.url)).toBe('broke');
  await mock.expectTurn({ turnId: 't2' });
  expect(await connectAndSee(mock.url)).toBe('spoke');
});
