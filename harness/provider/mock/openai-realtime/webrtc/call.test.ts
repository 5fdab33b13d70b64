import { readFileSync } from 'node:fs';
import { readWav } from '../../../../audio';
import { systemClock, type Corpus } from '../../../../ports';
import { scenario, smallCorpus, spoken } from '../../../__fixtures__/small-corpus';
import { LIGHT_TOOL, at } from '../../../__fixtures__/wire-client';
import type { MockProvider } from '../../mock-options';
import { createMockProvider } from '../mock-provider';
import { CallClient } from './__fixtures__/call-client';

// Replies are spoken in real time.
jest.setTimeout(20_000);

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

describe('a call over WebRTC', () => {
  let provider: MockProvider;
  let client: CallClient;
  let corpus: Corpus;
  const url = (path: string): string => new URL(path, provider.url.replace('ws:', 'http:')).href;

  beforeEach(async () => {
    corpus = smallCorpus();
    provider = await createMockProvider({ scenario, corpus, clock: systemClock });
  });
  afterEach(async () => {
    await client.close();
    await provider.close();
  });

  it('hears a prompt that is sent as Opus, calls a function, and says the reply on the track', async () => {
    client = new CallClient({ label: 'esp_channel' });
    const response = await client.call(url('/v1/realtime/calls?model=gpt-realtime'));
    expect(response.status).toBe(201);
    await client.next('session.created');
    expect(client.types()[0]).toBe('session.created');
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
    await client.next('session.updated');
    await client.say(spoken(corpus, 'en-light-on-a'));
    const called = await client.next('response.function_call_arguments.done');
    expect(called.name).toBe('SetLightState');
    await client.next('response.done');
    expect(client.types()).not.toContain('output_audio_buffer.started');
    const item = { type: 'function_call_output', call_id: called.call_id, output: '{"ok":true}' };
    client.send({ type: 'conversation.item.create', item });
    client.send({ type: 'response.create' });
    const started = await client.next('output_audio_buffer.started');
    const done = await client.next('response.done');
    expect(at(done, 'response', 'id')).toBe(started.response_id);
    expect(client.types()).not.toContain('response.output_audio.delta');
    const stopped = await client.next('output_audio_buffer.stopped');
    expect(stopped.response_id).toBe(started.response_id);

    const sent = provider.events.filter((event) => event.type === 'audio-out');
    const received = await client.packets(sent.length);
    const [first] = received;
    expect(first?.header.marker).toBe(true);
    expect(first?.header.timestamp).toBe(sent[0]?.rtp?.timestamp);
    expect(received.slice(1).some(({ header }) => header.marker)).toBe(false);
    for (const [index, { header }] of received.entries())
      expect((header.timestamp - (first?.header.timestamp ?? 0) + 2 ** 32) % 2 ** 32).toBe(960 * index);

    const said = corpus.replies.get(sent[0]?.replyId ?? '');
    const reply = readWav(readFileSync(said?.path ?? '')).channels[0] ?? new Float32Array();
    const delay = Math.round(24 * (sent[0]?.rtp?.codecDelayMs ?? 0));
    expect(likeness(client.heard(), reply, delay)).toBeGreaterThan(0.85);
    expect(likeness(client.heard(), reply, delay + 24)).toBeLessThan(0.7);
  });
});
