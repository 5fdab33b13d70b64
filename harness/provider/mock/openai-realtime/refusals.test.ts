/** Every row of reference/providers.md 2.2 and 2.11 that is not marked unverified. */
import { connect } from 'node:net';
import { once } from 'node:events';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { at, LIGHT_TOOL, WireClient } from '../../__fixtures__/wire-client';
import { systemClock } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { createMockProvider } from './mock-provider';

const corpus = smallCorpus();
let provider: MockProvider;
let client: WireClient;

beforeAll(async () => {
  provider = await createMockProvider({
    scenario,
    corpus,
    clock: systemClock,
    apiKey: 'sk-test',
    maxSessions: 3,
  });
});
afterAll(() => provider.close());

describe('admission', () => {
  const base = () => provider.url.replace(/\?.*/, '');
  it.each([
    [
      'a wrong key',
      '?model=gpt-realtime',
      { authorization: 'Bearer sk-wrong' },
      [],
      'invalid_api_key',
      3000,
      '.invalid_api_key',
    ],
    ['no key', '?model=gpt-realtime', { authorization: '' }, [], null, 3000, ''],
    ['an unknown model', '?model=gpt-2', {}, [], 'invalid_model', 4000, '.invalid_model'],
    ['no model', '', {}, [], 'missing_model', 4000, '.missing_model'],
    [
      'the beta header',
      '?model=gpt-realtime',
      { 'openai-beta': 'realtime=v1' },
      [],
      'beta_api_shape_disabled',
      4000,
      '.beta_api_shape_disabled',
    ],
    [
      'the beta subprotocol',
      '?model=gpt-realtime',
      {},
      ['realtime', 'openai-beta.realtime-v1'],
      'beta_api_shape_disabled',
      4000,
      '.beta_api_shape_disabled',
    ],
  ])(
    'upgrades, says why and closes on %s',
    async (_name, query, headers, protocols, code, closeCode, suffix) => {
      const refused = await WireClient.open(base() + query, { headers: headers }, [...protocols]);
      await expect(refused.closed).resolves.toEqual({
        code: closeCode,
        reason: `invalid_request_error${suffix}`,
      });
      expect(refused.types()).toEqual(['error']);
      expect(at(refused.events[0], 'error', 'code')).toBe(code);
    },
  );

  it('lets a browser in by its subprotocols and echoes realtime', async () => {
    const protocols = ['realtime', 'openai-insecure-api-key.sk-test'];
    const browser = await WireClient.open(provider.url, { headers: { authorization: '' } }, protocols);
    await browser.next('session.created');
    expect(browser.socket.protocol).toBe('realtime');
    await browser.close();
  });

  it('refuses one session too many', async () => {
    const open = await Promise.all([1, 2, 3].map(() => WireClient.open(provider.url)));
    const refused = await WireClient.open(provider.url);
    await expect(refused.closed).resolves.toMatchObject({ code: 1013 });
    await Promise.all(open.map((one) => one.close()));
  });

  it('answers other paths with 404 and an exact length', async () => {
    const response = await fetch(base().replace(/^ws/, 'http').replace('realtime', 'models'));
    expect(response.status).toBe(404);
    expect(response.headers.get('content-length')).toBe(String((await response.text()).length));
    await expect(WireClient.open(base().replace('/v1/realtime', '/v2'))).rejects.toThrow('404');
  });
});

describe('errors of a session', () => {
  beforeEach(async () => {
    client = await WireClient.open(provider.url);
    await client.next('session.created');
  });
  afterEach(() => client.close());

  const update = (session: unknown) => ({ type: 'session.update', event_id: 'e1', session });
  const beta = { modalities: ['audio'] };
  it.each([
    ['an unknown type', { type: 'no.such' }, 'invalid_value', 'type'],
    [
      'an unknown field',
      update({ type: 'realtime', bogus_field: 1 }),
      'unknown_parameter',
      'session.bogus_field',
    ],
    ['a beta field', update({ type: 'realtime', ...beta }), 'unknown_parameter', 'session.modalities'],
    [
      'a beta response',
      { type: 'response.create', response: beta },
      'unknown_parameter',
      'response.modalities',
    ],
    [
      'a rate of 16 kHz',
      update({ type: 'realtime', audio: { input: { format: { type: 'audio/pcm', rate: 16_000 } } } }),
      'integer_below_min_value',
      'session.audio.input.format.rate',
    ],
    [
      'a value that is not of the list',
      update({ type: 'realtime', output_modalities: ['smell'] }),
      'invalid_value',
      'session.output_modalities[0]',
    ],
    ['cancelling nothing', { type: 'response.cancel' }, 'response_cancel_not_active', null],
    ['committing nothing', { type: 'input_audio_buffer.commit' }, 'input_audio_buffer_commit_empty', null],
  ])('names the field for %s', async (_name, event, code, param) => {
    client.send(event);
    const error = await client.next('error');
    expect(error.error).toMatchObject({ type: 'invalid_request_error', code, param });
    expect(at(error, 'error', 'event_id')).toBe('event_id' in event ? 'e1' : null);
  });

  it('stays alive through garbage, binary frames and arrays', async () => {
    client.socket.send('{"type":');
    client.socket.send(Buffer.from([1, 2, 3]));
    client.socket.send('[]');
    client.socket.send('null');
    const codes: unknown[] = [];
    for (let index = 0; index < 4; index++) codes.push(at(await client.next('error'), 'error', 'code'));
    expect(codes).toEqual(['invalid_json', 'invalid_event', 'invalid_type', 'invalid_type']);
    client.send(update({ type: 'realtime' }));
    await client.next('session.updated');
  });

  it('lists the accepted types to who sends an unknown one', async () => {
    client.send({ type: 'no.such' });
    expect(at(await client.next('error'), 'error', 'message')).toContain("'input_audio_buffer.append'");
  });

  it('discards an update with one bad field whole', async () => {
    client.send(update({ type: 'realtime', instructions: 'changed', voice: 'alloy' }));
    await client.next('error');
    client.send(update({ type: 'realtime', tools: [LIGHT_TOOL] }));
    const { session } = await client.next('session.updated');
    expect(at(session, 'instructions')).not.toBe('changed');
    expect(at(session, 'tools')).toEqual([LIGHT_TOOL]);
  });

  it('names the active response when a second one is asked for', async () => {
    const slow = { ...scenario, timing: { ...scenario.timing, firstAudioMs: 60_000 } };
    const other = await createMockProvider({ scenario: slow, corpus, clock: systemClock });
    const busy = await WireClient.open(other.url);
    busy.send({ type: 'response.create' });
    const created = await busy.next('response.created');
    busy.send({ type: 'response.create' });
    const error = await busy.next('error');
    expect(error.error).toMatchObject({ code: 'conversation_already_has_active_response', param: null });
    expect(at(error, 'error', 'message')).toContain(at(created, 'response', 'id'));
    busy.send({ type: 'response.create', response: { conversation: 'none' } });
    expect(at(await busy.next('response.created'), 'response', 'conversation_id')).toBeNull();
    busy.send({ type: 'response.cancel' });
    expect(at(await busy.next('response.done'), 'response', 'status_details')).toEqual({
      type: 'cancelled',
      reason: 'client_cancelled',
    });
    await other.close();
  });

  it('refuses an append of more than 15 MiB and closes on more than a message may hold', async () => {
    client.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(15 * 1024 * 1024 + 4) });
    expect(at(await client.next('error'), 'error', 'param')).toBe('audio');
    const other = await WireClient.open(provider.url);
    other.send({ type: 'input_audio_buffer.append', audio: 'A'.repeat(17 * 1024 * 1024) });
    await expect(other.closed).resolves.toMatchObject({ code: 1009 });
  });

  it('survives a peer that speaks no WebSocket', async () => {
    const socket = connect(Number(new URL(provider.url).port), '127.0.0.1');
    socket.end('\x16\x03\x01 nonsense\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    client.send(update({ type: 'realtime' }));
    await client.next('session.updated');
  });
});

describe('a session that grows too old', () => {
  it('is told so and closed with 1001', async () => {
    const other = await createMockProvider({
      scenario,
      corpus,
      clock: systemClock,
      sessionMaxMs: 20,
      pingIntervalMs: 5,
    });
    const old = await WireClient.open(other.url);
    const [payload] = (await once(old.socket, 'ping')) as [Buffer];
    expect(payload).toHaveLength(4);
    await expect(old.closed).resolves.toMatchObject({ code: 1001 });
    expect(at(old.events.at(-1), 'error', 'code')).toBe('session_expired');
    await other.close();
  });
});
