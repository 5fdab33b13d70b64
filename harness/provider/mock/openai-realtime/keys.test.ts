/** Ephemeral keys (reference/providers.md 2.3), on a wall clock that the test moves. */
import OpenAI from 'openai';
import { RawClient, rawRequest } from '../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { at, WireClient } from '../../__fixtures__/wire-client';
import { systemClock } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { KeyRing } from './key-ring';
import { createMockProvider } from './mock-provider';

const corpus = smallCorpus();
const KEY = { authorization: 'Bearer sk-test' };
let unixMs = 1_800_000_000_000;
let provider: MockProvider;
let raw: RawClient;

beforeAll(async () => {
  provider = await createMockProvider({
    scenario,
    corpus,
    clock: systemClock,
    unixNowMs: () => unixMs,
    apiKey: 'sk-test',
    dialect: 'auto',
  });
});
afterAll(() => provider.close());
beforeEach(async () => {
  raw = await RawClient.open(provider.url);
});
afterEach(() => raw.close());

async function post(path: string, body: string, headers: Readonly<Record<string, string>> = KEY) {
  raw.write(rawRequest(path, body, headers));
  const answer = await raw.answer();
  return { ...answer, json: JSON.parse(answer.body) as unknown };
}
const base = (): string => provider.url.replace(/\?.*/, '');
const connect = (key: unknown, query = '?model=gpt-realtime'): Promise<WireClient> =>
  WireClient.open(base() + query, { headers: { authorization: `Bearer ${String(key)}` } });

describe('POST /v1/realtime/client_secrets', () => {
  // As the Espressif demo sends it: providers.md 1.1.
  const espressif =
    '{"session":{"type":"realtime","model":"gpt-realtime-2","audio":{"output":{"voice":"marin"}}}}';

  it('answers with a key of ten minutes and the session, in a body of stated length', async () => {
    const { status, headers, json } = await post('/v1/realtime/client_secrets', espressif);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(json).toMatchObject({
      value: expect.stringMatching(/^ek_[0-9a-f]{32}$/),
      expires_at: unixMs / 1000 + 600,
      session: {
        type: 'realtime',
        model: 'gpt-realtime-2',
        expires_at: 0,
        audio: { output: { voice: 'marin' } },
      },
    });
  });

  it('lets sessions in that begin as the key says, several of them, and without a model of their own', async () => {
    const { json } = await post('/v1/realtime/client_secrets', espressif);
    for (const query of ['?model=gpt-realtime', '']) {
      const client = await connect(at(json, 'value'), query);
      const { session } = await client.next('session.created');
      expect(at(session, 'audio', 'output', 'voice')).toBe('marin');
      expect(at(session, 'model')).toBe(query === '' ? 'gpt-realtime-2' : 'gpt-realtime');
      await client.close();
    }
  });

  it('gives keys that end on time, and sessions that outlive them', async () => {
    const asked = '{"expires_after":{"anchor":"created_at","seconds":10}}';
    const { json } = await post('/v1/realtime/client_secrets', asked);
    const key = at(json, 'value');
    unixMs += 9_999;
    const early = await connect(key);
    await early.next('session.created');
    unixMs += 1;
    const late = await connect(key);
    await expect(late.closed).resolves.toEqual({
      code: 3000,
      reason: 'invalid_request_error.invalid_api_key',
    });
    expect(at(late.events[0], 'error', 'message')).toContain('has expired');
    early.send({ type: 'input_audio_buffer.clear' });
    await early.next('input_audio_buffer.cleared');
    await early.close();
  });

  it.each([
    ['no key', '{}', {}, 401, null],
    ['a wrong key', '{}', { authorization: 'Bearer sk-wrong' }, 401, 'invalid_api_key'],
    ['no JSON', '{"session":', KEY, 400, 'invalid_json'],
    ['a life that is too short', '{"expires_after":{"seconds":9}}', KEY, 400, 'integer_below_min_value'],
    ['a strange field', '{"session":{"type":"realtime","voice":"alloy"}}', KEY, 400, 'unknown_parameter'],
  ])('refuses %s', async (_name, body, headers, status, code) => {
    const answer = await post('/v1/realtime/client_secrets', body, headers);
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ error: { type: 'invalid_request_error', code } });
  });

  it('gives no key for a key that is short-lived itself', async () => {
    const { json } = await post('/v1/realtime/client_secrets', '');
    const again = { authorization: `Bearer ${String(at(json, 'value'))}` };
    expect((await post('/v1/realtime/client_secrets', '', again)).status).toBe(401);
  });

  it('serves the openai package', async () => {
    const sdk = new OpenAI({ apiKey: 'sk-test', baseURL: base().replace(/^ws(.*)\/realtime$/, 'http$1') });
    const secret = await sdk.realtime.clientSecrets.create({
      session: { type: 'realtime', model: 'gpt-realtime' },
    });
    expect(secret.value).toMatch(/^ek_/);
    expect((await sdk.beta.realtime.sessions.create({ voice: 'verse' })).client_secret.value).toMatch(/^ek_/);
  });
});

describe('POST /v1/realtime/sessions', () => {
  // As the M5Stack demo sends it: pretty-printed, providers.md 1.1.
  const m5 =
    '{\n\t"model":\t"gpt-4o-mini-realtime-preview-2024-12-17",\n\t"modalities":\t["text", "audio"],\n\t"voice":\t"alloy"\n}';

  it('answers so that a board finds the key by searching text, and that it lives for a minute', async () => {
    const { status, body, json } = await post('/v1/realtime/sessions', m5);
    expect(status).toBe(200);
    const behind = body.slice(body.indexOf('"client_secret"'));
    const found = /"value"[^"]*"([^"]*)"/.exec(behind)?.[1];
    expect(found).toBe(at(json, 'client_secret', 'value'));
    expect(json).toMatchObject({
      object: 'realtime.session',
      modalities: ['text', 'audio'],
      input_audio_format: 'pcm16',
      temperature: 0.8,
      client_secret: { expires_at: Math.floor(unixMs / 1000) + 60 },
    });
    const client = await WireClient.open(`${base()}?model=gpt-4o-mini-realtime-preview-2024-12-17`, {
      headers: { authorization: `Bearer ${found}`, 'openai-beta': 'realtime=v1' },
    });
    await client.next('session.created');
    await client.close();
  });

  it('is what a GA service has no longer', async () => {
    const ga = await createMockProvider({ scenario, corpus, clock: systemClock });
    const board = await RawClient.open(ga.url);
    board.write(rawRequest('/v1/realtime/sessions', m5, KEY));
    const { status, body } = await board.answer();
    expect(status).toBe(400);
    expect(body).toContain('beta_api_shape_disabled');
    board.close();
    await ga.close();
  });
});

it('knows its last 10 000 keys', () => {
  const keys = new KeyRing('sk-test', () => 0);
  const first = keys.mint({}, 60).value;
  expect(keys.judge(first)).toBe('good');
  for (let count = 0; count < 10_000; count++) keys.mint({}, 60);
  expect(keys.judge(first)).toBe('wrong');
});
