/** The first column of reference/providers.md 9, each fault by turn script, some by scenario or all the time. */
import { once } from 'node:events';
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { eventOf } from '../../__fixtures__/event-of';
import { RawClient, rawRequest } from '../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { at, LIGHT_TOOL, WireClient } from '../../__fixtures__/wire-client';
import type { ProviderFault } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { createMockProvider, type MockProviderOptions } from './mock-provider';

const corpus = smallCorpus();
let clock: ManualClock;
let provider: MockProvider;

beforeEach(() => {
  clock = new ManualClock();
});
afterEach(() => provider.close());

async function start(change: Partial<MockProviderOptions> = {}): Promise<void> {
  provider = await createMockProvider({ scenario, corpus, clock, ...change });
}
async function greeted(fault: ProviderFault): Promise<WireClient> {
  await start();
  await provider.expectTurn({ turnId: 't1', fault });
  const client = await WireClient.open(provider.url);
  await client.next('session.created');
  client.send({ type: 'response.create' });
  return client;
}
const transcript = (done: unknown): string =>
  at(done, 'response', 'output', 0, 'content', 0, 'transcript') as string;
const greeting = corpus.replies.get('en-greeting-a')!.transcript;

describe('bad-key', () => {
  it('closes 3000 behind the upgrade, and answers 401 to who wants a key', async () => {
    await start({ faults: ['bad-key'] });
    const client = await WireClient.open(provider.url);
    await expect(client.closed).resolves.toEqual({
      code: 3000,
      reason: 'invalid_request_error.invalid_api_key',
    });
    const raw = await RawClient.open(provider.url);
    raw.write(rawRequest('/v1/realtime/client_secrets', '{}', { authorization: 'Bearer sk-test' }));
    expect(await raw.answer()).toMatchObject({
      status: 401,
      body: expect.stringContaining('invalid_api_key'),
    });
    raw.close();
  });
});

describe('expired-credential', () => {
  it('makes every ephemeral key too old, and no other', async () => {
    await start();
    await provider.expectTurn({ turnId: 't1', fault: 'expired-credential' });
    const old = await WireClient.open(provider.url, { headers: { authorization: 'Bearer ek_0123' } });
    await old.closed;
    expect(at(old.events[0], 'error', 'message')).toContain('has expired');
    const client = await WireClient.open(provider.url);
    await client.next('session.created');
    await client.close();
  });
});

describe('rate-limit', () => {
  it('fails the response, and the next turn is answered', async () => {
    const client = await greeted('rate-limit');
    const done = await client.next('response.done');
    expect(done.response).toMatchObject({
      status: 'failed',
      status_details: { type: 'failed', error: { code: 'rate_limit_exceeded' } },
      output: [],
    });
    expect(provider.events).toContainEqual(
      expect.objectContaining({
        type: 'error',
        code: 'rate_limit_exceeded',
        responseId: at(done, 'response', 'id'),
      }),
    );
    await provider.expectTurn({ turnId: 't2' });
    client.send({ type: 'response.create' });
    expect(transcript(await client.next('response.done'))).toBe(greeting);
  });
});

describe('content-blocked', () => {
  it('stops half-way, with what was said so far', async () => {
    const client = await greeted('content-blocked');
    const done = await client.next('response.done');
    expect(done.response).toMatchObject({
      status: 'incomplete',
      status_details: { type: 'incomplete', reason: 'content_filter' },
      output: [{ status: 'incomplete' }],
    });
    expect(greeting.startsWith(transcript(done))).toBe(true);
    expect(transcript(done).length).toBeLessThan(greeting.length);
    expect(provider.events.at(-1)).toMatchObject({ type: 'response-done', status: 'incomplete' });
  });

  it('is what a scenario says of one prompt', async () => {
    const turns = [
      { heard: ['en-joke'], calls: [], say: { en: 'en-joke' }, fault: 'content-blocked' as const },
    ];
    await start({ scenario: { ...scenario, turns } });
    const client = await WireClient.open(provider.url);
    client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
    expect(at(await client.next('response.done'), 'response', 'status')).toBe('completed');
    const content = [{ type: 'input_text', text: corpus.prompts.get('en-joke-a')!.transcript }];
    client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
    expect(at(await client.next('response.done'), 'response', 'status')).toBe('incomplete');
  });
});

describe('too-long', () => {
  it('is not noticed unless the session says that nothing is to be left out', async () => {
    const client = await greeted('too-long');
    expect(transcript(await client.next('response.done'))).toBe(greeting);
    client.send({ type: 'session.update', session: { type: 'realtime', truncation: 'disabled' } });
    client.send({ type: 'response.create' });
    const done = await client.next('response.done');
    expect(at(done, 'response', 'status_details', 'error', 'code')).toBe('context_length_exceeded');
  });
});

describe('slow-first-token', () => {
  it('keeps the first delta back', async () => {
    const client = await greeted('slow-first-token');
    await client.next('response.created');
    clock.advance(29_999);
    client.send({ type: 'no.such' });
    await client.next('error');
    expect(client.types()).not.toContain('response.output_audio.delta');
    clock.advance(1);
    expect(transcript(await client.next('response.done'))).toBe(greeting);
  });
});

describe('mid-stream-death', () => {
  it('cuts the connection after half of the reply', async () => {
    const client = await greeted('mid-stream-death');
    await expect(client.closed).resolves.toMatchObject({ code: 1006 });
    const whole = Math.ceil(corpus.replies.get('en-greeting-a')!.lengthSamples / 4800);
    const deltas = client.types().filter((type) => type === 'response.output_audio.delta');
    expect(deltas).toHaveLength(Math.ceil(whole / 2));
    expect(client.types()).not.toContain('response.done');
    const closed = await eventOf(provider, ({ type }) => type === 'session-closed');
    expect(closed).toMatchObject({ closeCode: 1006, closedBy: 'provider' });
    expect(provider.events).toContainEqual(
      expect.objectContaining({ type: 'response-done', status: 'failed' }),
    );
  });

  it('cuts a call in the middle of its arguments', async () => {
    await start();
    const call = { name: 'SetLightState', arguments: { LightState: true, LightColor: { red: 1 } } };
    await provider.expectTurn({ turnId: 't1', answer: { calls: [call], fault: 'mid-stream-death' } });
    const client = await WireClient.open(provider.url);
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
    const content = [{ type: 'input_text', text: 'turn on the kitchen light' }];
    client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    client.send({ type: 'response.create' });
    await expect(client.closed).resolves.toMatchObject({ code: 1006 });
    expect(client.types()).toContain('response.function_call_arguments.delta');
    expect(client.types()).not.toContain('response.function_call_arguments.done');
  });
});

describe('mid-stream-stall', () => {
  it('sends half of the reply and nothing more, and the session goes on', async () => {
    const client = await greeted('mid-stream-stall');
    const whole = Math.ceil(corpus.replies.get('en-greeting-a')!.lengthSamples / 4800);
    const sent = (): number => client.types().filter((type) => type === 'response.output_audio.delta').length;
    clock.advance(1_000);
    // What comes behind all that was sent.
    client.send({ type: 'no.such' });
    await client.next('error');
    expect(sent()).toBe(Math.ceil(whole / 2));
    expect(client.types()).not.toContain('response.done');
    expect(provider.events.map(({ type }) => type)).not.toContain('response-done');
    expect(provider.events.map(({ type }) => type)).not.toContain('session-closed');
  });
});

describe('unavailable', () => {
  it('refuses who connects with 503', async () => {
    await start({ faults: ['unavailable'] });
    const client = await WireClient.open(provider.url).catch((cause: unknown) => String(cause));
    expect(client).toMatch(/503/);
    expect([...provider.events]).toMatchObject([
      { type: 'error', code: 'service_unavailable', httpStatus: 503 },
    ]);
  });
});

describe('wrong-framing', () => {
  it('sends what a response says as binary messages', async () => {
    const client = await greeted('wrong-framing');
    const [, isBinary] = (await once(client.socket, 'message')) as [Buffer, boolean];
    expect(isBinary).toBe(true);
    expect(provider.events).toContainEqual(
      expect.objectContaining({ type: 'deviation', code: 'binary-message' }),
    );
  });

  it('answers who wants a key in chunks', async () => {
    await start({ faults: ['wrong-framing'] });
    const raw = await RawClient.open(provider.url);
    raw.write(rawRequest('/v1/realtime/client_secrets', '{}', { authorization: 'Bearer k' }));
    const text = await raw.until((received) => received.endsWith('0\r\n\r\n'));
    expect(text).toMatch(/transfer-encoding: chunked/i);
    expect(text).not.toMatch(/content-length/i);
    raw.close();
  });
});

describe('session-end', () => {
  it('ends the session in place of an answer', async () => {
    const client = await greeted('session-end');
    await expect(client.closed).resolves.toMatchObject({ code: 1001 });
    expect(at(client.events.at(-1), 'error', 'code')).toBe('session_expired');
    const closed = await eventOf(provider, ({ type }) => type === 'session-closed');
    expect(closed).toMatchObject({ closedBy: 'provider' });
  });
});

describe('duplicate', () => {
  it('asks twice for the same call', async () => {
    await start();
    const call = { name: 'SetLightState', arguments: {} };
    await provider.expectTurn({ turnId: 't1', answer: { calls: [call] }, fault: 'duplicate' });
    const client = await WireClient.open(provider.url);
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
    const content = [{ type: 'input_text', text: 'turn on the kitchen light' }];
    client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    client.send({ type: 'response.create' });
    await client.next('response.done');
    const made = client.events.filter((event) => event.type === 'response.function_call_arguments.done');
    expect(made.map((event) => event.call_id)).toEqual([made[0]?.call_id, made[0]?.call_id]);
    expect(provider.events.filter((event) => event.type === 'tool-call')).toHaveLength(1);
  });
});
