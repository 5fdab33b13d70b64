/** The official client, unmodified, against the mocks of the chat completions family. */
import OpenAI from 'openai';
import { systemClock, type ProviderFault } from '../../../ports';
import { eventOf, responseDone } from '../../__fixtures__/event-of';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import type { MockProvider } from '../mock-options';
import { openChatMock, type ChatMockOptions } from './chat-mock';

const corpus = smallCorpus();
const transcript = (id: string): string => corpus.replies.get(id)!.transcript;
const light = {
  type: 'function',
  function: { name: 'SetLightState', description: 'Switches the light.', parameters: { type: 'object' } },
} as const;
const ask = (content: string) => [{ role: 'user', content }] as const;
const ON = corpus.prompts.get('en-light-on-a')!.transcript;
const JOKE = corpus.prompts.get('en-joke-a')!.transcript;

const opened: MockProvider[] = [];
afterEach(() => Promise.all(opened.splice(0).map((mock) => mock.close())));

const models = {
  openai: 'gpt-4o-mini',
  siliconflow: 'deepseek-ai/DeepSeek-R1',
  deepseek: 'deepseek-reasoner',
};
type Name = keyof typeof models;

async function open(
  name: Name,
  change: Partial<ChatMockOptions> = {},
): Promise<{ mock: MockProvider; client: OpenAI; model: string }> {
  const mock = await openChatMock(name, { scenario, corpus, clock: systemClock, ...change });
  opened.push(mock);
  const baseURL = mock.url.replace('/chat/completions', '');
  return { mock, client: new OpenAI({ baseURL, apiKey: 'sk-test', maxRetries: 0 }), model: models[name] };
}

const types = ({ events }: MockProvider): readonly string[] => events.map(({ type }) => type);

describe.each(['openai', 'siliconflow', 'deepseek'] as const)('%s', (name) => {
  it('answers a prompt in one piece', async () => {
    const { mock, client, model } = await open(name);
    const completion = await client.chat.completions.create({ model, messages: [...ask(JOKE)] });
    expect(completion).toMatchObject({ object: 'chat.completion', model });
    expect(completion.choices[0]).toMatchObject({
      index: 0,
      finish_reason: 'stop',
      message: { role: 'assistant', content: transcript('en-joke-a') },
    });
    const { prompt_tokens, completion_tokens, total_tokens } = completion.usage!;
    expect(completion_tokens).toBe(Math.ceil(transcript('en-joke-a').length / 4));
    expect(total_tokens).toBe(prompt_tokens + completion_tokens);
    await responseDone(mock);
    expect(types(mock)).toEqual(['request', 'heard', 'text-out', 'response-done']);
    expect([...mock.events]).toMatchObject([
      { type: 'request', prompt: JOKE, model, stream: false, tools: [] },
      { type: 'heard', promptId: 'en-joke-a', confidence: 1 },
      { type: 'text-out', text: transcript('en-joke-a'), tokens: completion_tokens },
      { type: 'response-done', status: 'completed', responseId: completion.id },
    ]);
  });

  it('answers a prompt as a stream, thought first where the service shows it', async () => {
    const thinking = {
      ...scenario,
      text: { ...scenario.text, charsPerToken: 3, reasoning: 'Hm, 一个 joke.' },
    };
    const { mock, client, model } = await open(name, { scenario: thinking });
    const stream = await client.chat.completions.create({ model, messages: [...ask(JOKE)], stream: true });
    const deltas: { content?: string | null; role?: string; reasoning_content?: string }[] = [];
    const chunks = [];
    for await (const chunk of stream) {
      expect(chunk).toMatchObject({ object: 'chat.completion.chunk', model });
      deltas.push(chunk.choices[0]!.delta);
      chunks.push(chunk);
    }
    expect(deltas[0]).toEqual({ role: 'assistant', content: '' });
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(transcript('en-joke-a'));
    const thought = deltas.map((delta) => delta.reasoning_content ?? '').join('');
    expect(thought).toBe(name === 'openai' ? '' : 'Hm, 一个 joke.');
    expect(chunks.at(-1)!.choices[0]!.finish_reason).toBe('stop');
    expect(chunks.at(-1)!.usage?.total_tokens === undefined).toBe(name === 'openai');
    await responseDone(mock);
    const tokens = name === 'openai' ? ['first-token'] : ['first-token', 'first-token'];
    expect(types(mock)).toEqual(['request', 'heard', ...tokens, 'text-out', 'response-done']);
    expect(mock.events.filter(({ type }) => type === 'first-token')).toMatchObject(
      name === 'openai' ? [{ kind: 'answer' }] : [{ kind: 'reasoning' }, { kind: 'answer' }],
    );
    expect(mock.events.map(({ hostAtMs }) => hostAtMs)).toEqual(
      mock.events.map(({ hostAtMs }) => hostAtMs).sort((left, right) => left - right),
    );
  });

  it('calls a function that is offered, in pieces, and confirms once its result is there', async () => {
    const { mock, client, model } = await open(name);
    const stream = await client.chat.completions.create({
      model,
      messages: [...ask(ON)],
      tools: [light],
      stream: true,
    });
    let id = '';
    let given = '';
    let pieces = 0;
    for await (const { choices } of stream) {
      const call = choices[0]!.delta.tool_calls?.[0];
      if (call === undefined) continue;
      id ||= call.id!;
      given += call.function!.arguments!;
      pieces++;
    }
    expect(JSON.parse(given)).toEqual({ LightState: true });
    expect(pieces).toBe(1 + Math.ceil(given.length / 4));
    const call = { id, type: 'function', function: { name: 'SetLightState', arguments: given } } as const;
    const second = await client.chat.completions.create({
      model,
      tools: [light],
      messages: [
        ...ask(ON),
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: id, content: '{"ok":true}' },
      ],
    });
    expect(second.choices[0]!.message.content).toBe(transcript('en-light-is-on-a'));
    await eventOf(mock, (event) => event.type === 'response-done' && event.responseId === second.id);
    expect(types(mock)).toEqual([
      'request',
      'heard',
      'tool-call',
      'response-done',
      'request',
      'heard',
      'tool-output',
      'text-out',
      'response-done',
    ]);
    expect(mock.events.find(({ type }) => type === 'tool-call')).toMatchObject({
      callId: id,
      name: 'SetLightState',
      arguments: { LightState: true },
    });
  });

  it('calls in one piece too, and never what is not offered', async () => {
    const { client, model } = await open(name);
    const called = await client.chat.completions.create({ model, messages: [...ask(ON)], tools: [light] });
    expect(called.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { content: null, tool_calls: [{ type: 'function', function: { name: 'SetLightState' } }] },
    });
    for (const rest of [{}, { tools: [light], tool_choice: 'none' as const }]) {
      const said = await client.chat.completions.create({ model, messages: [...ask(ON)], ...rest });
      expect(said.choices[0]!.message).toMatchObject({ content: transcript('en-light-is-on-a') });
    }
  });

  it('answers what it does not know as the scenario says, in the language that it is asked in', async () => {
    const { client, model } = await open(name);
    const said = async (...asked: string[]): Promise<string | null> => {
      const messages = asked.map((content) => ({ role: 'user', content }) as const);
      const { choices } = await client.chat.completions.create({ model, messages });
      return choices[0]!.message.content;
    };
    await expect(said('What is a transistor?')).resolves.toBe(transcript('en-sorry-a'));
    await expect(said('什么是晶体管？')).resolves.toBe(transcript('zh-sorry-a'));
    await expect(said(corpus.prompts.get('zh-light-on-a')!.transcript, 'OK?')).resolves.toBe(
      transcript('zh-sorry-a'),
    );
  });

  it('stops at as many tokens as it may write', async () => {
    const { mock, client, model } = await open(name);
    const messages = [...ask(JOKE)];
    const cut = await client.chat.completions.create({ model, messages, max_completion_tokens: 2 });
    expect(cut.choices[0]).toMatchObject({
      finish_reason: 'length',
      message: { content: transcript('en-joke-a').slice(0, 8) },
    });
    await expect(responseDone(mock)).resolves.toMatchObject({ status: 'incomplete' });
    const stopped = await client.chat.completions.create({ model, messages, stop: [' '] });
    expect(stopped.choices[0]!.message.content).toBe(transcript('en-joke-a').split(' ')[0]);
  });

  it.each<[ProviderFault, number]>([
    ['bad-key', 401],
    ['rate-limit', 429],
    ['too-long', 400],
  ])('refuses with the fault %s', async (fault, status) => {
    const { mock, client, model } = await open(name);
    await mock.expectTurn({ turnId: 't1', fault });
    const refused = client.chat.completions.create({ model, messages: [...ask(JOKE)] });
    await expect(refused).rejects.toMatchObject({ status });
    await responseDone(mock);
    expect(types(mock)).toEqual(['request', 'error', 'response-done']);
    expect(mock.events.at(1)).toMatchObject({ type: 'error', httpStatus: status });
    expect(mock.events.at(2)).toMatchObject({ status: 'failed' });
    await mock.expectTurn({ turnId: 't2' });
    await client.chat.completions.create({ model, messages: [...ask(JOKE)] });
  });

  it('ends an answer at the filter', async () => {
    const { mock, client, model } = await open(name, { faults: ['content-blocked'] });
    const blocked = await client.chat.completions.create({ model, messages: [...ask(JOKE)] });
    const { content } = blocked.choices[0]!.message;
    expect(blocked.choices[0]!.finish_reason).toBe('content_filter');
    expect(transcript('en-joke-a').startsWith(content!)).toBe(true);
    expect(content!.length).toBeLessThan(transcript('en-joke-a').length);
    await expect(responseDone(mock)).resolves.toMatchObject({ status: 'incomplete' });
  });

  it('dies in the middle of a stream, and of a body', async () => {
    const { mock, client, model } = await open(name, { faults: ['mid-stream-death'] });
    const messages = [...ask(JOKE)];
    const stream = await client.chat.completions.create({ model, messages, stream: true });
    let text = '';
    await expect(
      (async () => {
        for await (const { choices } of stream) text += choices[0]!.delta.content ?? '';
      })(),
    ).rejects.toThrow('terminated');
    expect(text.length).toBeGreaterThan(0);
    expect(transcript('en-joke-a').startsWith(text)).toBe(true);
    await expect(responseDone(mock)).resolves.toMatchObject({ status: 'failed' });
    await expect(client.chat.completions.create({ model, messages })).rejects.toThrow();
  });

  it('lists its models', async () => {
    const { client } = await open(name);
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids.length).toBeGreaterThan(1);
  });

  it('stops for a client that aborts, and says so', async () => {
    const endless = { ...scenario, text: { ...scenario.text, betweenTokensMs: 60_000 } };
    const { mock, client, model } = await open(name, { scenario: endless });
    const stream = await client.chat.completions.create({ model, messages: [...ask(JOKE)], stream: true });
    await eventOf(mock, ({ type }) => type === 'first-token');
    stream.controller.abort();
    await expect(responseDone(mock)).resolves.toMatchObject({ status: 'cancelled' });
    expect(types(mock)).not.toContain('text-out');
  });
});

it('tells a wrong key, an unknown model and a wrong parameter apart as OpenAI does', async () => {
  const { mock, client } = await open('openai', { credentials: { apiKey: 'sk-right-key-1234' } });
  expect(mock.credentials).toEqual({ apiKey: 'sk-right-key-1234' });
  const asked = { model: 'gpt-4o-mini', messages: [...ask(JOKE)] };
  await expect(client.chat.completions.create(asked)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  const right = client.withOptions({ apiKey: 'sk-right-key-1234' });
  await expect(right.chat.completions.create({ ...asked, model: 'llama' })).rejects.toMatchObject({
    constructor: OpenAI.NotFoundError,
    code: 'model_not_found',
  });
  await expect(right.chat.completions.create({ ...asked, temperature: 3 })).rejects.toMatchObject({
    constructor: OpenAI.BadRequestError,
    code: 'decimal_above_max_value',
    param: 'temperature',
  });
  await expect(right.chat.completions.create({ ...asked, messages: [] })).rejects.toMatchObject({
    status: 400,
    param: 'messages',
  });
  expect(JSON.stringify(mock.events)).not.toContain('right-key');
});

it('sends usage in a frame of its own when OpenAI is asked for it', async () => {
  const { client, model } = await open('openai');
  const stream = await client.chat.completions.create({
    model,
    messages: [...ask(JOKE)],
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const last = chunks.pop()!;
  expect(last).toMatchObject({ choices: [], usage: { completion_tokens_details: { reasoning_tokens: 0 } } });
  expect(chunks.every(({ usage }) => usage === null)).toBe(true);
});
