/** A board that calls over WebRTC, and a provider that is asked over WebSocket: the mock stands for the real one. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWav } from '../../../audio';
import { systemClock, type EventSequence, type ProviderEvent } from '../../../ports';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { LIGHT_TOOL } from '../../__fixtures__/wire-client';
import type { MockProvider } from '../../mock/mock-options';
import { createMockProvider } from '../../mock/openai-realtime/mock-provider';
import { CallClient } from '../../mock/openai-realtime/webrtc/__fixtures__/call-client';
import { openProxy, type ProviderProxy } from '../open-proxy';

// Replies are spoken in real time.
jest.setTimeout(30_000);

const corpus = smallCorpus();
let folder: string;
let mock: MockProvider;
let proxy: ProviderProxy;
let client: CallClient;
const url = (path: string): string => new URL(path, proxy.url.replace('ws:', 'http:')).href;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-bridge-'));
  mock = await createMockProvider({ scenario, corpus, clock: systemClock, apiKey: 'sk-of-the-bench' });
});
afterEach(async () => {
  await client.close();
  await proxy.close();
  await mock.close();
  rmSync(folder, { recursive: true });
});

const open = async (apiKey: string): Promise<void> => {
  proxy = await openProxy({
    protocol: 'openai-realtime',
    clock: systemClock,
    upstreamUrl: mock.url,
    prompts: [...corpus.prompts.values()],
    credentials: { apiKey },
  });
};

const types = (events: EventSequence<ProviderEvent>): string[] =>
  events.map(({ type }) => type).filter((type) => !['heard', 'audio-out', 'media'].includes(type));

/** Correlation of a sound with a reference that begins `delaySamples` into it; 1: the same. */
function likeness(sound: Int16Array, reference: Float32Array, delaySamples: number): number {
  let [product, own, other] = [0, 0, 0];
  for (const [at, sample] of reference.entries()) {
    const heard = (sound[at + delaySamples] ?? 0) / 32_768;
    product += heard * sample;
    own += heard * heard;
    other += sample * sample;
  }
  return product / Math.sqrt(own * other);
}

it('carries a tool turn between a call and a WebSocket, paces the reply and knows it', async () => {
  await open('sk-of-the-bench');
  client = new CallClient();
  const answered = await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
  expect(answered.status).toBe(201);
  expect(answered.headers.get('content-length')).not.toBeNull();
  await client.next('session.created');
  client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
  await client.next('session.updated');
  await client.say(spoken(corpus, 'en-light-on-a'));
  const called = await client.next('response.function_call_arguments.done');
  await client.next('response.done');
  const item = { type: 'function_call_output', call_id: called.call_id, output: '{"ok":true}' };
  client.send({ type: 'conversation.item.create', item });
  client.send({ type: 'response.create' });
  await client.next('output_audio_buffer.started');
  await client.next('output_audio_buffer.stopped');
  expect(client.types()).not.toContain('response.output_audio.delta');

  expect(types(proxy.events)).toEqual(types(mock.events));
  expect(proxy.events.find(({ type }) => type === 'heard')).toMatchObject({ promptId: 'en-light-on-a' });
  const sent = proxy.events.filter((event) => event.type === 'audio-out');
  const received = await client.packets(sent.length);
  expect(received[0]?.header.marker).toBe(true);
  expect(received[0]?.header.timestamp).toBe(sent[0]?.rtp?.timestamp);

  const { replyId = '' } = mock.events.find((event) => event.type === 'audio-out') ?? {};
  const known = corpus.replies.get(replyId);
  const path = join(folder, 'reply.wav');
  const clip = await proxy.saveReply?.({ itemId: sent[0]?.itemId ?? '', path });
  expect(clip).toMatchObject({ onsetSample: known?.onsetSample, lengthSamples: known?.lengthSamples });
  const reply = readWav(readFileSync(path)).channels[0] ?? new Float32Array();
  const delay = Math.round(24 * (sent[0]?.rtp?.codecDelayMs ?? 0));
  expect(likeness(client.heard(), reply, delay)).toBeGreaterThan(0.85);
  expect(sent.reduce((sum, { lengthSamples }) => sum + lengthSamples, 0)).toBe(clip?.lengthSamples);
});

it('stops the reply when the board is spoken to, and tells both sides how much of it was played', async () => {
  await open('sk-of-the-bench');
  client = new CallClient();
  await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
  await client.next('session.created');
  await client.say(spoken(corpus, 'en-joke-a'));
  await client.next('output_audio_buffer.started');
  await client.packets(10);
  await client.say(spoken(corpus, 'en-light-off-a', 0));
  await client.next('output_audio_buffer.cleared');
  const truncated = await client.next('conversation.item.truncated');
  expect(truncated.audio_end_ms).toBeGreaterThanOrEqual(180);
  expect(truncated.audio_end_ms).toBeLessThan(3000);
  expect(proxy.events.find(({ type }) => type === 'truncated')).toMatchObject({
    audioEndMs: truncated.audio_end_ms,
  });
});

it('hears a prompt of a board whose packets get lost, as it knows what was made up for them', async () => {
  await open('sk-of-the-bench');
  client = new CallClient({ codec: 'PCMA' });
  await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
  await client.next('session.created');
  const lostPairs = (packet: number): boolean => packet > 30 && packet % 25 < 2;
  await client.say(spoken(corpus, 'en-light-off-a'), lostPairs);
  await client.next('response.done');
  const heard = (of: Pick<MockProvider, 'events'>) => of.events.find(({ type }) => type === 'heard');
  expect(heard(proxy)).toMatchObject({ promptId: 'en-light-off-a' });
  // Who gets the sound over a WebSocket cannot be told what of it was lost.
  expect(heard(mock)).not.toHaveProperty('promptId');
});

it('refuses the call of a board whose key the provider refuses', async () => {
  await open('sk-wrong');
  client = new CallClient();
  const answered = await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
  expect(answered.status).toBe(401);
  expect(await answered.json()).toMatchObject({ error: { code: 'invalid_api_key' } });
});
