/** The beta dialect of reference/providers.md 2.1: by a bare client, and by the client that OpenAI published for it. */
import OpenAI from 'openai';
import { OpenAIRealtimeWS } from 'openai/beta/realtime/ws';
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { at, LIGHT_TOOL, WireClient } from '../../__fixtures__/wire-client';
import { systemClock } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { createMockProvider } from './mock-provider';

const corpus = smallCorpus();
const BETA = { headers: { 'openai-beta': 'realtime=v1' } };
const PREVIEW = 'gpt-4o-mini-realtime-preview-2024-12-17';
let provider: MockProvider;
let client: WireClient;

beforeAll(async () => {
  provider = await createMockProvider({ scenario, corpus, clock: systemClock, dialect: 'auto', tls: true });
});
afterAll(() => provider.close());

const base = (): string => provider.url.replace(/\?.*/, '');
async function start(): Promise<void> {
  client = await WireClient.open(`${base()}?model=${PREVIEW}`, BETA);
}
afterEach(() => client.close());

describe('a session', () => {
  it('is shown flat, with what only the beta has', async () => {
    await start();
    const { session } = await client.next('session.created');
    expect(session).toMatchObject({
      object: 'realtime.session',
      model: PREVIEW,
      modalities: ['text', 'audio'],
      voice: 'alloy',
      input_audio_format: 'pcm16',
      output_audio_format: 'pcm16',
      input_audio_transcription: null,
      turn_detection: { type: 'server_vad', silence_duration_ms: 200, create_response: true },
      temperature: 0.8,
      max_response_output_tokens: 'inf',
      client_secret: null,
    });
    expect(session).not.toHaveProperty('audio');
    expect(session).not.toHaveProperty('output_modalities');
    expect(at(session, 'turn_detection')).not.toHaveProperty('idle_timeout_ms');
  });

  it('takes flat fields and keeps the others', async () => {
    await start();
    const turn_detection = { type: 'semantic_vad', eagerness: 'high' };
    const session = {
      modalities: ['text'],
      temperature: 0.6,
      turn_detection,
      output_audio_format: 'g711_alaw',
    };
    client.send({ type: 'session.update', session });
    const updated = await client.next('session.updated');
    expect(updated.session).toMatchObject({
      ...session,
      turn_detection: { ...turn_detection, create_response: true, interrupt_response: true },
      voice: 'alloy',
      input_audio_format: 'pcm16',
    });
  });

  it.each([
    ['a GA field', { audio: {} }, 'unknown_parameter', 'session.audio'],
    ['the type of a GA session', { type: 'realtime' }, 'unknown_parameter', 'session.type'],
    [
      'a format of GA',
      { input_audio_format: { type: 'audio/pcm' } },
      'invalid_type',
      'session.input_audio_format',
    ],
    ['another temperature', { temperature: 2 }, 'decimal_above_max_value', 'session.temperature'],
  ])('names the field for %s', async (_name, session, code, param) => {
    await start();
    client.send({ type: 'session.update', session });
    expect((await client.next('error')).error).toMatchObject({ code, param });
  });
});

describe('a tool turn by voice', () => {
  it('has the names and order of providers.md 2.9, beta', async () => {
    await start();
    client.send({ type: 'session.update', session: { tools: [LIGHT_TOOL] } });
    client.say(spoken(corpus, 'en-light-on-a'));
    const call = await client.next('response.function_call_arguments.done');
    await client.next('response.done');
    const item = { type: 'function_call_output', call_id: call.call_id, output: '{"ok":true}' };
    client.send({ type: 'conversation.item.create', previous_item_id: null, item });
    client.send({ type: 'response.create', response: { modalities: ['audio', 'text'] } });
    const done = await client.next('response.done');
    await client.next('rate_limits.updated');
    expect(done.response).toMatchObject({
      modalities: ['text', 'audio'],
      voice: 'alloy',
      output_audio_format: 'pcm16',
      temperature: 0.8,
      output: [
        {
          role: 'assistant',
          content: [{ type: 'audio', transcript: corpus.replies.get('en-light-is-on-a')?.transcript }],
        },
      ],
    });
    expect(done.response).not.toHaveProperty('audio');
    const order = client.types().filter((type, index, all) => type !== all[index - 1]);
    const deltas = new Set(['response.audio.delta', 'response.audio_transcript.delta']);
    expect(order.filter((type, index) => !deltas.has(type) || !deltas.has(order[index - 1] ?? ''))).toEqual([
      'session.created',
      'session.updated',
      'input_audio_buffer.speech_started',
      'input_audio_buffer.speech_stopped',
      'input_audio_buffer.committed',
      'conversation.item.created',
      'response.created',
      'response.output_item.added',
      'conversation.item.created',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
      'conversation.item.created',
      'response.created',
      'response.output_item.added',
      'conversation.item.created',
      'response.content_part.added',
      'response.audio_transcript.delta',
      'response.audio.done',
      'response.audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
      'rate_limits.updated',
    ]);
  });

  it('is answered in writing where the session asks for text', async () => {
    await start();
    client.send({ type: 'response.create', response: { modalities: ['text'] } });
    const done = await client.next('response.text.done');
    expect(done.text).toBe(corpus.replies.get('en-greeting-a')?.transcript);
    const { response } = await client.next('response.done');
    expect(response).toMatchObject({ modalities: ['text'], output: [{ content: [{ type: 'text' }] }] });
  });

  it("takes back what the assistant said in the beta's words", async () => {
    await start();
    const content = [{ type: 'text', text: 'Hello.' }];
    client.send({
      type: 'conversation.item.create',
      item: { id: 'a', type: 'message', role: 'assistant', content },
    });
    await client.next('conversation.item.created');
    client.send({ type: 'conversation.item.retrieve', item_id: 'a' });
    expect(at(await client.next('conversation.item.retrieved'), 'item', 'content')).toEqual(content);
  });
});

describe('who speaks which dialect', () => {
  it('is the choice of each client of a service that speaks both', async () => {
    client = await WireClient.open(provider.url);
    expect(await client.next('session.created')).toMatchObject({ session: { type: 'realtime' } });
    const old = await WireClient.open(`${base()}?model=${PREVIEW}`);
    await expect(old.closed).resolves.toMatchObject({ reason: 'invalid_request_error.invalid_model' });
  });

  it('is not asked by a service that speaks the beta only', async () => {
    const beta = await createMockProvider({ scenario, corpus, clock: systemClock, dialect: 'beta' });
    client = await WireClient.open(beta.url);
    const created = await client.next('session.created');
    expect(created.session).toHaveProperty('modalities');
    const expiresAtUnixS = at(created, 'session', 'expires_at') as number;
    expect(expiresAtUnixS * 1000 - new Date().getTime()).toBeLessThanOrEqual(1_800_000);
    await beta.close();
  });
});

it('is spoken by the openai package of that time, unmodified', async () => {
  const baseURL = provider.tlsUrl?.replace(/^wss(.*)\/realtime.*$/, 'https$1');
  const sdk = new OpenAI({ apiKey: 'sk-test', baseURL });
  const realtime = new OpenAIRealtimeWS({ model: PREVIEW, options: { ca: provider.tlsCertificate } }, sdk);
  const transcript = await new Promise<string>((resolve, reject) => {
    realtime.on('error', reject);
    realtime.on('session.created', () => {
      const audio = Buffer.from(spoken(corpus, 'en-joke-a').buffer).toString('base64');
      realtime.send({ type: 'input_audio_buffer.append', audio });
    });
    realtime.on('response.audio_transcript.done', (event) => resolve(event.transcript));
  });
  expect(transcript).toBe(corpus.replies.get('en-joke-a')?.transcript);
  realtime.close();
  await start();
});
