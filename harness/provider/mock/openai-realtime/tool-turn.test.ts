import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/realtime/ws';
import { committedCorpus, scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { at, LIGHT_TOOL, WireClient } from '../../__fixtures__/wire-client';
import { systemClock } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { createMockProvider } from './mock-provider';

const corpus = smallCorpus();
let provider: MockProvider;

beforeAll(async () => {
  provider = await createMockProvider({ scenario, corpus, clock: systemClock, tls: true });
});
afterAll(() => provider.close());

const outputOf = (callId: string) => ({
  type: 'function_call_output',
  call_id: callId,
  output: '{"ok":true}',
});

describe('a tool turn by voice', () => {
  it('is completed by a bare ws client in the order of providers.md 2.9 (b) and (a)', async () => {
    const client = await WireClient.open(provider.url);
    await client.next('session.created');
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
    await client.next('session.updated');
    client.say(spoken(corpus, 'en-light-on-a'));
    const call = await client.next('response.function_call_arguments.done');
    expect(call).toMatchObject({ name: 'SetLightState', arguments: '{"LightState":true}' });
    const done = await client.next('response.done');
    expect(at(done, 'response', 'output', 0)).toMatchObject({ type: 'function_call', call_id: call.call_id });
    client.send({ type: 'conversation.item.create', item: outputOf(call.call_id as string) });
    client.send({ type: 'response.create' });
    const reply = await client.next('response.done');
    await client.next('rate_limits.updated');
    expect(at(reply, 'response', 'output', 0, 'content', 0, 'transcript')).toBe(
      committedCorpus().replies.get('en-light-is-on-a')?.transcript,
    );
    const collapsed = client.types().filter((type, index, all) => type !== all[index - 1]);
    const deltas = new Set(['response.output_audio.delta', 'response.output_audio_transcript.delta']);
    expect(
      collapsed.filter((type, index) => !deltas.has(type) || !deltas.has(collapsed[index - 1] ?? '')),
    ).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
      'conversation.item.added',
      'conversation.item.done',
      'response.created',
      'response.output_item.added',
      'conversation.item.added',
      'response.content_part.added',
      'response.output_audio_transcript.delta',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'conversation.item.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
    await client.close();
  });

  it('is completed by the openai package over TLS', async () => {
    const client = new OpenAI({
      apiKey: 'sk-test',
      baseURL: provider.tlsUrl?.replace(/^wss(.*)\/realtime.*$/, 'https$1'),
    });
    const realtime = new OpenAIRealtimeWS(
      { model: 'gpt-realtime', options: { ca: provider.tlsCertificate } },
      client,
    );
    const transcript = await new Promise<string>((resolve, reject) => {
      realtime.on('error', reject);
      realtime.on('session.created', () =>
        realtime.send({
          type: 'session.update',
          session: { type: 'realtime', tools: [{ ...LIGHT_TOOL, type: 'function' }] },
        }),
      );
      realtime.on('session.updated', () => {
        const pcm = spoken(corpus, 'zh-light-on-a');
        const audio = Buffer.from(pcm.buffer).toString('base64');
        realtime.send({ type: 'input_audio_buffer.append', audio });
      });
      realtime.on('response.function_call_arguments.done', (event) => {
        const item = { type: 'function_call_output' as const, call_id: event.call_id, output: '{"ok":true}' };
        realtime.send({ type: 'conversation.item.create', item });
        realtime.send({ type: 'response.create' });
      });
      realtime.on('response.output_audio_transcript.done', (event) => resolve(event.transcript));
    });
    expect(transcript).toBe(committedCorpus().replies.get('zh-light-is-on-a')?.transcript);
    realtime.close();
  });
});
