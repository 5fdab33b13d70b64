/** Spoiled messages to what of OpenAI Realtime `fuzz-websocket.test.ts` does not reach: the beta, G.711, keys, calls. */
import WebSocket from 'ws';
import { systemClock } from '../../ports';
import { createMockProvider } from '../../provider';
import { scenario, smallCorpus } from '../../provider/__fixtures__/small-corpus';
import { fuzzCalls } from './fuzz-calls';
import { fuzzChannel } from './fuzz-channel';
import { fuzzHttp } from './fuzz-http';
import { fuzzWebSocket } from './fuzz-websocket';
import { betaEvents, gaEvents, keyRequests } from './realtime-samples';

const KEY = { authorization: 'Bearer sk-test' };
const nothingBroke = { hung: 0, failed: 0, unserved: 0, unmeasured: 0, unhandledRejections: 0 };
// A call takes longer to make than a socket.
jest.setTimeout(30_000);

let mock: Awaited<ReturnType<typeof createMockProvider>>;
beforeEach(async () => {
  mock = await createMockProvider({ scenario, corpus: smallCorpus(), clock: systemClock, dialect: 'auto' });
});
afterEach(() => mock.close());

it('500 events in the beta are answered; only text that is no UTF-8 costs the session', async () => {
  const headers = { ...KEY, 'openai-beta': 'realtime=v1' };
  const connect = (): WebSocket => new WebSocket(mock.url, { headers });
  const options = {
    provider: mock,
    connect,
    samples: betaEvents,
    messages: 500,
    seed: 1,
    clock: systemClock,
  };
  const report = await fuzzWebSocket(options);
  expect(report).toMatchObject(nothingBroke);
  const alive = report.answered.alive ?? 0;
  expect(alive + report.closed).toBe(500);
  expect(alive).toBeGreaterThan(400);
  // RFC 6455 section 8.1, which ws keeps.
  const closed = mock.events.filter(({ type }) => type === 'session-closed').slice(0, report.closed);
  expect(closed.every((event) => event.type === 'session-closed' && event.closedBy === 'provider')).toBe(
    true,
  );
  const codes = new Set(mock.events.flatMap((event) => (event.type === 'error' ? [event.code] : [])));
  // Spoiled enough to be refused for many a reason, and not so much that nothing gets through.
  expect([...codes]).toEqual(
    expect.arrayContaining([
      'invalid_type',
      'invalid_value',
      'invalid_json',
      'invalid_event',
      'unknown_parameter',
    ]),
  );
  expect(mock.events.filter(({ type }) => type === 'session-updated').length).toBeGreaterThan(5);
});

it('200 requests for ephemeral keys are answered', async () => {
  const options = { provider: mock, samples: keyRequests, messages: 200, seed: 1, clock: systemClock };
  const report = await fuzzHttp(options);
  expect(report).toMatchObject({ messages: 200, ...nothingBroke });
  expect(report.answered['400']).toBeGreaterThan(20);
});

it('300 offers of calls are answered, and those that are taken can be hung up', async () => {
  const report = await fuzzCalls({ provider: mock, messages: 300, seed: 1, clock: systemClock });
  expect(report).toMatchObject({ messages: 300, ...nothingBroke });
  expect(report.answered['201']).toBeGreaterThan(30);
  expect(report.answered['400']).toBeGreaterThan(30);
});

it('300 events on the data channel of a call are answered', async () => {
  const options = { provider: mock, samples: gaEvents, messages: 300, seed: 1, clock: systemClock };
  const report = await fuzzChannel(options);
  expect(report).toMatchObject(nothingBroke);
  expect((report.answered.alive ?? 0) + report.closed).toBe(300);
  expect(report.answered.alive).toBeGreaterThan(270);
});
