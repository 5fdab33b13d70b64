/** A board that calls over WebRTC, and a provider that the bridge calls in its turn: the mock stands for the real one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav, toPcm16 } from '../../../audio';
import { systemClock, type EventSequence, type ProviderEvent } from '../../../ports';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { LIGHT_TOOL } from '../../__fixtures__/wire-client';
import type { MockProvider } from '../../mock/mock-options';
import { createMockProvider } from '../../mock/openai-realtime/mock-provider';
import { CallClient } from '../../mock/openai-realtime/webrtc/__fixtures__/call-client';
import { openProxy, type ProviderProxy } from '../open-proxy';

// Replies are spoken in real time.
jest.setTimeout(30_000);

const KEY = 'sk-of-the-bench';
const corpus = smallCorpus();
let folder: string;
let mock: MockProvider;
let proxy: ProviderProxy;
let client: CallClient;
const url = (path: string): string => new URL(path, proxy.url.replace('ws:', 'http:')).href;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-bridge-'));
  mock = await createMockProvider({ scenario, corpus, clock: systemClock, apiKey: KEY });
});
afterEach(async () => {
  await client.close();
  await proxy.close();
  await mock.close();
  rmSync(folder, { recursive: true });
});

const open = async (apiKey = KEY): Promise<void> => {
  proxy = await openProxy({
    protocol: 'openai-realtime',
    upstreamTransport: 'webrtc',
    clock: systemClock,
    upstreamUrl: mock.url,
    prompts: [...corpus.prompts.values()],
    cassettePath: join(folder, 'call.jsonl'),
    credentials: { apiKey },
  });
};
const call = async (options: ConstructorParameters<typeof CallClient>[0] = {}): Promise<void> => {
  client = new CallClient(options);
  const answered = await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
  expect(answered.status).toBe(201);
  await client.next('session.created');
};
const types = (events: EventSequence<ProviderEvent>): string[] =>
  events.map(({ type }) => type).filter((type) => !['heard', 'audio-out'].includes(type));
const packetsOf = ({ events }: Pick<MockProvider, 'events'>) =>
  events.filter((event) => event.type === 'audio-out');

it('carries a tool turn between two calls, packet by packet, and keeps the very sound that the board decodes', async () => {
  await open();
  await call();
  client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
  await client.next('session.updated');
  await client.say(spoken(corpus, 'en-light-on-a'));
  const called = await client.next('response.function_call_arguments.done');
  await client.next('response.done');
  const item = { type: 'function_call_output', call_id: called.call_id, output: '{"ok":true}' };
  client.send({ type: 'conversation.item.create', item });
  client.send({ type: 'response.create' });
  await client.next('output_audio_buffer.stopped');
  expect(client.types()).not.toContain('response.output_audio.delta');

  expect(types(proxy.events)).toEqual(types(mock.events));
  expect(proxy.events.find(({ type }) => type === 'heard')).toMatchObject({ promptId: 'en-light-on-a' });
  const said = packetsOf(mock);
  const passed = packetsOf(proxy);
  const received = await client.packets(passed.length);
  // The last packet of the mock's has what the codec lets out late, so it is of no sample of the clip.
  expect(passed).toHaveLength(said.length + 1);
  expect(received.map(({ header }) => header.timestamp)[0]).toBe(said[0]?.rtp?.timestamp);
  expect(passed[0]?.rtp).toMatchObject({ timestamp: said[0]?.rtp?.timestamp, codecDelayMs: 0 });
  expect(passed[0]?.rtp?.ssrc).toBe(received[0]?.header.ssrc);

  const path = join(folder, 'reply.wav');
  const clip = await proxy.saveReply?.({ itemId: passed[0]?.itemId ?? '', path });
  const kept = toPcm16(readWav(readFileSync(path)).channels[0] ?? new Float32Array()).pcm;
  expect(Buffer.from(kept.buffer)).toEqual(Buffer.from(client.heard().buffer));
  expect(clip).toMatchObject({
    lengthSamples: 480 * passed.length,
    transcript: 'The kitchen light is on now',
  });

  await proxy.close();
  const cassette = readFileSync(join(folder, 'call.jsonl'), 'utf8');
  expect(cassette).toContain('response.output_audio.delta');
  // A replay is asked over WebSocket, which has none of these.
  expect(cassette).not.toContain('output_audio_buffer.');
});

it('leaves it to the provider to stop a reply that is spoken to, and passes what was lost on the way to it as lost', async () => {
  await open();
  await call({ codec: 'PCMA' });
  await client.say(spoken(corpus, 'en-joke-a'));
  await client.next('output_audio_buffer.started');
  await client.packets(10);
  const lostPairs = (packet: number): boolean => packet > 30 && packet % 25 < 2;
  await client.say(spoken(corpus, 'en-light-off-a'), lostPairs);
  const truncated = await client.next('conversation.item.truncated');
  expect(proxy.events.find(({ type }) => type === 'truncated')).toMatchObject({
    audioEndMs: truncated.audio_end_ms,
  });
  await client.next('response.done');
  const heard = ({ events }: Pick<MockProvider, 'events'>) =>
    events.flatMap((event) => (event.type === 'heard' ? [event.promptId] : []));
  const lost = ({ events }: Pick<MockProvider, 'events'>) =>
    events.reduce((sum, event) => sum + (event.type === 'media' ? event.lost : 0), 0);
  expect(heard(proxy)).toEqual(['en-joke-a', 'en-light-off-a']);
  expect(heard(mock)).toEqual(heard(proxy));
  expect(lost(mock)).toBeGreaterThan(4);
  expect(lost(proxy)).toBeGreaterThan(4);
});

it.each([
  ['whose key the provider refuses', 'sk-wrong', 401, 'invalid_api_key'],
  ['that the provider has no model for', KEY, 400, 'missing_model'],
])('refuses the call of a board %s, in its words', async (_, key, status, code) => {
  await open(key);
  client = new CallClient();
  const answered = await client.call(url('/v1/realtime/calls'));
  expect(answered.status).toBe(status);
  expect(await answered.json()).toMatchObject({ error: { code } });
  expect([...proxy.events]).toMatchObject([{ type: 'error', code, httpStatus: status }]);
});
