/** Spoiled messages to what of OpenAI Realtime `fuzz-websocket.test.ts` does not reach: the beta, G.711, ephemeral keys. */
import WebSocket from 'ws';
import { systemClock } from '../../ports';
import { createMockProvider } from '../../provider';
import { scenario, smallCorpus } from '../../provider/__fixtures__/small-corpus';
import { fuzzHttp, type HttpSample } from './fuzz-http';
import { fuzzWebSocket } from './fuzz-websocket';

const KEY = { authorization: 'Bearer sk-test' };
const nothingBroke = { hung: 0, failed: 0, unserved: 0, unmeasured: 0, unhandledRejections: 0 };
const message = (role: string, content: object): object => ({ type: 'message', role, content: [content] });
const samples = [
  {
    type: 'session.update',
    session: {
      modalities: ['text', 'audio'],
      input_audio_format: 'g711_ulaw',
      output_audio_format: 'g711_alaw',
      turn_detection: { type: 'semantic_vad', eagerness: 'low' },
      temperature: 0.8,
    },
  },
  { type: 'input_audio_buffer.append', audio: Buffer.alloc(160).toString('base64') },
  { type: 'input_audio_buffer.commit' },
  { type: 'conversation.item.create', item: message('assistant', { type: 'text', text: '打开灯' }) },
  { type: 'conversation.item.create', item: message('user', { type: 'input_text', text: '打开灯' }) },
  { type: 'response.create', response: { modalities: ['text'], voice: 'alloy', temperature: 0.8 } },
];

let mock: Awaited<ReturnType<typeof createMockProvider>>;
beforeEach(async () => {
  mock = await createMockProvider({ scenario, corpus: smallCorpus(), clock: systemClock, dialect: 'auto' });
});
afterEach(() => mock.close());

it('1 000 events in the beta are answered; only text that is no UTF-8 costs the session', async () => {
  const headers = { ...KEY, 'openai-beta': 'realtime=v1' };
  const connect = (): WebSocket => new WebSocket(mock.url, { headers });
  const options = { provider: mock, connect, samples, messages: 1000, seed: 1, clock: systemClock };
  const report = await fuzzWebSocket(options);
  expect(report).toMatchObject(nothingBroke);
  const alive = report.answered.alive ?? 0;
  expect(alive + report.closed).toBe(1000);
  expect(alive).toBeGreaterThan(800);
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
  const post = (target: string, body: object): HttpSample => ({
    method: 'POST',
    target,
    headers: () => ({ ...KEY, 'content-type': 'application/json' }),
    body,
  });
  const session = { type: 'realtime', model: 'gpt-realtime', audio: { output: { voice: 'alloy' } } };
  const requests = [
    post('/v1/realtime/client_secrets', { expires_after: { anchor: 'created_at', seconds: 60 }, session }),
    post('/v1/realtime/sessions', { model: 'gpt-4o-realtime-preview', modalities: ['audio', 'text'] }),
  ] as const;
  const options = { provider: mock, samples: requests, messages: 200, seed: 1, clock: systemClock };
  const report = await fuzzHttp(options);
  expect(report).toMatchObject({ messages: 200, ...nothingBroke });
  expect(report.answered['400']).toBeGreaterThan(20);
});
