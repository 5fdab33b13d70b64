/** The rest of reference/providers.md 2.7 and 2.9: push-to-talk, barge-in, items, greeting, text, transcription. */
import { scenario, smallCorpus, spoken } from '../../__fixtures__/small-corpus';
import { at, LIGHT_TOOL, WireClient } from '../../__fixtures__/wire-client';
import { systemClock } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { createMockProvider } from './mock-provider';

const corpus = smallCorpus();
let provider: MockProvider;
let client: WireClient;

async function start(change: Partial<typeof scenario> = {}): Promise<void> {
  provider = await createMockProvider({ scenario: { ...scenario, ...change }, corpus, clock: systemClock });
  client = await WireClient.open(provider.url);
  await client.next('session.created');
}
afterEach(() => provider.close());

const transcriptOf = (id: string) => corpus.replies.get(id)?.transcript;
const said = (done: unknown) => at(done, 'response', 'output', 0, 'content', 0, 'transcript');

describe('a response that nobody spoke for', () => {
  it('greets before anything was heard', async () => {
    await start();
    client.send({ type: 'response.create' });
    expect(said(await client.next('response.done'))).toBe(transcriptOf('en-greeting-a'));
  });

  it('is written where the session asks for text', async () => {
    await start();
    client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
    const text = await client.next('response.output_text.done');
    expect(text.text).toBe(transcriptOf('en-greeting-a'));
    expect(client.types()).not.toContain('response.output_audio.delta');
  });

  it('answers typed words like spoken ones', async () => {
    await start();
    const content = [{ type: 'input_text', text: 'please turn on the kitchen light!' }];
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
    client.send({
      type: 'conversation.item.create',
      previous_item_id: null,
      item: { type: 'message', role: 'user', content },
    });
    client.send({ type: 'response.create' });
    expect((await client.next('response.function_call_arguments.done')).name).toBe('SetLightState');
  });

  it('says nothing while a call has no output', async () => {
    await start();
    client.send({ type: 'session.update', session: { type: 'realtime', tools: [LIGHT_TOOL] } });
    client.say(spoken(corpus, 'en-light-on-a'));
    await client.next('response.done');
    client.send({ type: 'response.create' });
    expect(at(await client.next('response.done'), 'response', 'output')).toEqual([]);
  });
});

describe('what was heard', () => {
  it('speaks at once when the board does not advertise the tool', async () => {
    await start();
    client.say(spoken(corpus, 'en-light-on-a'));
    expect(said(await client.next('response.done'))).toBe(transcriptOf('en-light-is-on-a'));
  });

  it("is unknown for speech that is none of the corpus, and gets the scenario's words", async () => {
    await start();
    client.say(spoken(corpus, 'en-weather-a'));
    expect(said(await client.next('response.done'))).toBe(transcriptOf('en-sorry-a'));
    const heard = provider.events.find((event) => event.type === 'heard');
    expect(heard).not.toHaveProperty('utterance');
  });

  it('says at which decision it was said', async () => {
    await start();
    client.say(spoken(corpus, 'en-light-on-a'));
    await client.next('response.done');
    const [endpoint, heard] = ['endpoint', 'heard'].map((type) =>
      provider.events.find((event) => event.type === type),
    );
    const { offsetAtStreamSample } = endpoint as { readonly offsetAtStreamSample: number };
    expect(heard).toMatchObject({ utterance: 'en-light-on', offsetAtStreamSample });
  });

  it.each([
    ['whisper-1', { type: 'duration', seconds: expect.any(Number) }],
    [
      'gpt-4o-mini-transcribe',
      {
        type: 'tokens',
        total_tokens: expect.any(Number),
        input_tokens: expect.any(Number),
        input_token_details: { text_tokens: 0, audio_tokens: expect.any(Number) },
        output_tokens: expect.any(Number),
      },
    ],
  ])('is transcribed where the session asks for it, charged as %s is', async (model, usage) => {
    await start();
    const input = { transcription: { model } };
    client.send({ type: 'session.update', session: { type: 'realtime', audio: { input } } });
    client.say(spoken(corpus, 'en-joke-a'));
    const done = await client.next('conversation.item.input_audio_transcription.completed');
    const transcript = corpus.prompts.get('en-joke-a')?.transcript;
    expect(done).toMatchObject({ transcript, usage });
    client.send({ type: 'conversation.item.retrieve', item_id: done.item_id });
    const { item } = await client.next('conversation.item.retrieved');
    expect(item).toMatchObject({ content: [{ type: 'input_audio', transcript }] });
  });

  it('is nothing in silence, however long', async () => {
    await start();
    client.say(new Int16Array(24_000 * 5));
    client.send({ type: 'input_audio_buffer.clear' });
    await client.next('input_audio_buffer.cleared');
    expect(client.types()).toEqual(['session.created', 'input_audio_buffer.cleared']);
  });

  it('is heard through clipped peaks', async () => {
    await start();
    client.say(spoken(corpus, 'en-joke-a').map((sample) => Math.max(-32768, Math.min(32767, sample * 1.6))));
    expect(said(await client.next('response.done'))).toBe(transcriptOf('en-joke-a'));
  });
});

describe('turn detection', () => {
  it('counts audio_start_ms with the prefix and audio_end_ms with the silence window, in stream time', async () => {
    await start();
    const clip = corpus.prompts.get('en-joke-a')!;
    client.say(spoken(corpus, 'en-joke-a', 700));
    const started = await client.next('input_audio_buffer.speech_started');
    const stopped = await client.next('input_audio_buffer.speech_stopped');
    const onsetMs = 700 + clip.onsetSample / 24;
    const offsetMs = 700 + clip.offsetSample / 24;
    expect(Math.abs((started.audio_start_ms as number) + 300 - onsetMs)).toBeLessThanOrEqual(60);
    expect(Math.abs((stopped.audio_end_ms as number) - 200 - offsetMs)).toBeLessThanOrEqual(60);
    expect(started.item_id).toBe(stopped.item_id);
    expect((await client.next('input_audio_buffer.committed')).previous_item_id).toBeNull();
  });

  it('leaves the decision to who pushes to talk', async () => {
    await start();
    const audio = { input: { turn_detection: null } };
    client.send({ type: 'session.update', session: { type: 'realtime', audio } });
    client.send({ type: 'input_audio_buffer.clear' });
    client.say(spoken(corpus, 'en-joke-a', 200, 0));
    client.send({ type: 'input_audio_buffer.commit' });
    await client.next('conversation.item.done');
    expect(client.types()).not.toContain('input_audio_buffer.speech_started');
    expect(client.types()).not.toContain('response.created');
    client.send({ type: 'response.create' });
    expect(said(await client.next('response.done'))).toBe(transcriptOf('en-joke-a'));
  });

  it('commits and waits where create_response is off', async () => {
    await start();
    const audio = { input: { turn_detection: { type: 'server_vad', create_response: false } } };
    client.send({ type: 'session.update', session: { type: 'realtime', audio } });
    const updated = await client.next('session.updated');
    expect(at(updated, 'session', 'audio', 'input', 'turn_detection')).toMatchObject({
      silence_duration_ms: 200,
    });
    client.say(spoken(corpus, 'en-joke-a'));
    await client.next('conversation.item.done');
    client.send({ type: 'response.create' });
    await client.next('response.created');
  });
});

describe('barge-in', () => {
  const slow = { pacing: { chunkMs: 100, realTimeFactor: 1 } };

  it('ends what is being said as incomplete, then answers the interrupter', async () => {
    await start(slow);
    client.send({ type: 'response.create' });
    const first = await client.next('response.output_audio.delta');
    client.say(spoken(corpus, 'en-joke-a'));
    const done = await client.next('response.done');
    expect(done.response).toMatchObject({
      status: 'cancelled',
      status_details: { type: 'cancelled', reason: 'turn_detected' },
      output: [{ id: first.item_id, status: 'incomplete' }],
    });
    const types = client.types();
    const from = types.indexOf('input_audio_buffer.speech_started');
    expect(types.slice(from, from + 6)).toEqual([
      'input_audio_buffer.speech_started',
      'response.output_audio.done',
      'response.output_audio_transcript.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.done',
    ]);
    await client.next('response.created');
    client.send({
      type: 'conversation.item.truncate',
      item_id: first.item_id,
      content_index: 0,
      audio_end_ms: 50,
    });
    expect(await client.next('conversation.item.truncated')).toMatchObject({
      item_id: first.item_id,
      audio_end_ms: 50,
    });
    client.send({
      type: 'conversation.item.truncate',
      item_id: first.item_id,
      content_index: 0,
      audio_end_ms: 60_000,
    });
    expect((await client.next('error')).error).toMatchObject({
      code: 'invalid_value',
      param: 'audio_end_ms',
    });
  });

  it('lets the reply go on where interrupt_response is off', async () => {
    await start({ pacing: { chunkMs: 200, realTimeFactor: 20 } });
    const audio = {
      input: { turn_detection: { type: 'server_vad', interrupt_response: false, create_response: false } },
    };
    client.send({ type: 'session.update', session: { type: 'realtime', audio } });
    client.send({ type: 'response.create' });
    await client.next('response.output_audio.delta');
    client.say(spoken(corpus, 'en-joke-a'));
    expect(at(await client.next('response.done'), 'response', 'status')).toBe('completed');
  });
});

describe('items', () => {
  it('are created in place, retrieved and deleted, and are missed once gone', async () => {
    await start();
    const message = (id: string) => ({
      id,
      type: 'message',
      role: 'system',
      content: [{ type: 'input_text', text: id }],
    });
    client.send({ type: 'conversation.item.create', item: message('one') });
    client.send({ type: 'conversation.item.create', item: message('zero'), previous_item_id: 'root' });
    client.send({ type: 'conversation.item.create', item: message('half'), previous_item_id: 'zero' });
    const places: unknown[] = [];
    for (let index = 0; index < 3; index++)
      places.push((await client.next('conversation.item.added')).previous_item_id);
    expect(places).toEqual([null, null, 'zero']);
    client.send({ type: 'conversation.item.retrieve', item_id: 'half' });
    expect(at(await client.next('conversation.item.retrieved'), 'item', 'content', 0, 'text')).toBe('half');
    client.send({ type: 'conversation.item.delete', item_id: 'half' });
    expect((await client.next('conversation.item.deleted')).item_id).toBe('half');
    client.send({ type: 'conversation.item.retrieve', item_id: 'half' });
    expect((await client.next('error')).error).toMatchObject({ param: 'item_id' });
  });
});
