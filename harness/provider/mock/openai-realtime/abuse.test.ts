/** Clients that mean no good, or are broken: they lose their session at most, and nobody else does. */
import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { at, WireClient } from '../../__fixtures__/wire-client';
import { systemClock, type ProviderEvent } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { createMockProvider, type MockProviderOptions } from './mock-provider';

const corpus = smallCorpus();
let provider: MockProvider;
let client: WireClient;

const open = (change: Partial<MockProviderOptions> = {}): Promise<MockProvider> =>
  createMockProvider({ scenario, corpus, clock: systemClock, ...change });
const eventOf = (from: MockProvider, type: ProviderEvent['type']): Promise<ProviderEvent> =>
  new Promise((resolve) => from.onEvent((event) => event.type === type && resolve(event)));
async function upgrade(url: string, target: string, header = 'X: y'): Promise<Socket> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  const head = `GET ${target} HTTP/1.1\r\nHost: x\r\n${header}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`;
  socket.write(`${head}Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`);
  socket.on('error', () => undefined);
  await once(socket, 'data');
  return socket;
}

beforeAll(async () => {
  provider = await open();
});
afterAll(() => provider.close());
beforeEach(async () => {
  client = await WireClient.open(provider.url);
  await client.next('session.created');
});
afterEach(async () => {
  // Whatever the test did, this session or the next one is served.
  if (client.socket.readyState !== client.socket.OPEN) client = await WireClient.open(provider.url);
  client.send({ type: 'session.update', session: { type: 'realtime' } });
  await client.next('session.updated');
  await client.close();
});

describe('sound that is none', () => {
  it.each([
    ['letters that base64 has not', 'AA*A'],
    ['the alphabet of URLs', 'AA-_'],
    ['white space', 'AAAA\nAAA'],
    ['a length that base64 cannot have', 'AAAAA'],
    ['an odd number of bytes', 'AAAA'],
    ['something behind the padding', 'AA==AAAA'],
  ])('is refused for %s and moves nothing', async (_name, audio) => {
    client.send({ type: 'input_audio_buffer.append', audio });
    expect((await client.next('error')).error).toMatchObject({ code: 'invalid_value', param: 'audio' });
    client.send({ type: 'input_audio_buffer.commit' });
    expect(at(await client.next('error'), 'error', 'message')).toContain('only has 0.00ms');
  });
});

describe('floods', () => {
  it('of the largest appends are heard, with no more memory than two minutes of sound take', async () => {
    const audio = Buffer.alloc(11 * 1024 * 1024).toString('base64');
    for (let round = 0; round < 3; round++) client.send({ type: 'input_audio_buffer.append', audio });
    client.say(spoken(corpus, 'en-joke-a'));
    await client.next('response.done');
    expect(provider.events.filter((event) => event.type === 'heard').at(-1)).toMatchObject({
      utterance: 'en-joke',
    });
  }, 60_000);

  it('of unread answers end the session and say why', async () => {
    const other = await open({ maxUnsentBytes: 1024 * 1024 });
    const deaf = await WireClient.open(other.url);
    const closed = eventOf(other, 'session-closed');
    deaf.socket.pause();
    const session = { type: 'realtime', instructions: 'x'.repeat(1024 * 1024) };
    for (let round = 0; round < 30; round++) deaf.send({ type: 'session.update', session });
    await expect(closed).resolves.toMatchObject({ closeCode: 1006, reason: 'client_does_not_read' });
    const errors = other.events.filter((event) => event.type === 'error');
    expect(errors).toEqual([expect.objectContaining({ code: 'client_does_not_read' })]);
    deaf.socket.terminate();
    await other.close();
  });

  it('of errors are answered, but logged only until it is clear what is wrong', async () => {
    for (let round = 0; round < 1500; round++) client.send({ type: 'no.such' });
    for (let round = 0; round < 1500; round++) await client.next('error');
    const sessionId = provider.events.at(-1)?.sessionId;
    const errors = provider.events.filter((event) => event.type === 'error' && event.sessionId === sessionId);
    expect(errors).toHaveLength(1000);
  });

  it('of items push the oldest ones out', async () => {
    const text = 'x'.repeat(6 * 1024 * 1024);
    for (const id of ['a', 'b', 'c']) {
      const item = { id, type: 'message', role: 'system', content: [{ type: 'input_text', text }] };
      client.send({ type: 'conversation.item.create', item });
      await client.next('conversation.item.done');
    }
    client.send({ type: 'conversation.item.delete', item_id: 'c' });
    await client.next('conversation.item.deleted');
    client.send({ type: 'conversation.item.delete', item_id: 'a' });
    expect((await client.next('error')).error).toMatchObject({ code: 'item_not_found' });
  });

  it('of sessions that do not answer their CLOSE are let go', async () => {
    const clock = new ManualClock();
    const full = await open({ maxSessions: 0, clock });
    const refused = await upgrade(full.url, '/v1/realtime?model=gpt-realtime', 'Authorization: Bearer k');
    const ended = once(refused, 'end');
    refused.resume();
    clock.advance(2_000);
    await ended;
    refused.destroy();
    await full.close();
  });
});

describe('messages', () => {
  const deep = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  it('that are nested deeply are refused, wherever anything may stand', async () => {
    const levels = deep(20_000);
    client.socket.send(`{"type":"session.update","session":{"type":"realtime","tracing":${levels}}}`);
    client.socket.send(`{"type":"response.create","response":{"metadata":${levels}}}`);
    client.socket.send('['.repeat(100_000) + ']'.repeat(100_000));
    for (let round = 0; round < 3; round++)
      expect(at(await client.next('error'), 'error', 'message')).toContain('nested deeper');
  });

  it('that name __proto__ change nothing but a field of that name', async () => {
    client.socket.send('{"type":"session.update","session":{"type":"realtime","tracing":{"a":{}}}}');
    await client.next('session.updated');
    client.socket.send(
      '{"type":"session.update","session":{"type":"realtime","tracing":{"__proto__":{"b":1}}}}',
    );
    const tracing = at(await client.next('session.updated'), 'session', 'tracing');
    expect(JSON.stringify(tracing)).toBe('{"a":{},"__proto__":{"b":1}}');
  });

  it('are not sent back in full when they are wrong', async () => {
    const long = 'x'.repeat(1024 * 1024);
    client.send({ type: 'response.create', event_id: long, [long]: 1 });
    const error = await client.next('error');
    expect(JSON.stringify(error).length).toBeLessThan(10_000);
  });

  it('of many words are compared with no prompt', async () => {
    const content = [{ type: 'input_text', text: 'a, '.repeat(2 * 1024 * 1024) }];
    client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    const startedAt = performance.now();
    await client.next('conversation.item.done');
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });

  it('do not get their audio back', async () => {
    const content = [{ type: 'input_audio', audio: 'AAAAAAAA', transcript: null }];
    client.send({ type: 'conversation.item.create', item: { type: 'message', role: 'user', content } });
    const { item } = await client.next('conversation.item.added');
    expect(at(item, 'content')).toEqual([{ type: 'input_audio', transcript: null }]);
  });
});

describe('connections', () => {
  it('that ask for what is no URL get 404', async () => {
    for (const target of ['//', '/v1/realtime%', 'http://[', '/v1/realtime/..//?model=%%']) {
      const socket = await upgrade(provider.url, target);
      socket.destroy();
    }
  });

  it('that stay half open, or never say a word, do not keep the provider from closing', async () => {
    const other = await open({ tls: true });
    const halfOpen = await upgrade(other.url, '/v2');
    const silent = connect(Number(new URL(other.tlsUrl!).port), '127.0.0.1');
    silent.on('error', () => undefined);
    await once(silent, 'connect');
    // Its handshake would have time for two minutes.
    const startedAt = performance.now();
    await other.close();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    halfOpen.destroy();
    silent.destroy();
  });
});

describe('a reply of very many packets', () => {
  it('is sent whole', async () => {
    const other = await open({
      scenario: { ...scenario, pacing: { chunkMs: 0.1, realTimeFactor: 0 } },
      maxUnsentBytes: 64 * 1024 * 1024,
    });
    const busy = await WireClient.open(other.url);
    busy.send({ type: 'response.create' });
    expect(at(await busy.next('response.done'), 'response', 'status')).toBe('completed');
    await other.close();
  });
});

describe('a provider whose recogniser dies', () => {
  it('says that it is lost, ends its sessions and lets nobody in', async () => {
    const workerPath = join(mkdtempSync(join(tmpdir(), 'earshot-')), 'dies.js');
    writeFileSync(
      workerPath,
      `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', () => { throw new Error('a bug'); });
      parentPort.postMessage('ready');`,
    );
    const other = await open({ workerPath });
    const lost = new Promise((resolve) => other.onLost(resolve));
    const speaker = await WireClient.open(other.url);
    speaker.say(spoken(corpus, 'en-joke-a'));
    await expect(speaker.closed).resolves.toEqual({ code: 1011, reason: 'server_error' });
    await expect(lost).resolves.toMatchObject({ code: 'HIL_PROVIDER_DIED' });
    expect(at(speaker.events.at(-1), 'error', 'type')).toBe('server_error');
    expect(other.events.map((event) => event.type)).not.toContain('heard');
    const late = await WireClient.open(other.url);
    await expect(late.closed).resolves.toMatchObject({ code: 1011 });
    await other.close();
  });
});
