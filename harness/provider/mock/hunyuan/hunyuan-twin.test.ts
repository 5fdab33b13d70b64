/** The official `openai` client, unmodified, against the twin; and who is let in by which of the two ways. */
import OpenAI from 'openai';
import { systemClock, type ProviderFault } from '../../../ports';
import { responseDone } from '../../__fixtures__/event-of';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { signTc3 } from '../../auth/tc3';
import type { MockProvider } from '../mock-options';
import { openHunyuanMock, type HunyuanMockOptions } from './hunyuan-mock';

const corpus = smallCorpus();
const transcript = (id: string): string => corpus.replies.get(id)!.transcript;
const joke = corpus.prompts.get('en-joke-a')!.transcript;
const model = 'hunyuan-turbos-latest';
const light = {
  type: 'function',
  function: { name: 'SetLightState', parameters: { type: 'object' } },
} as const;
const asked = (content = joke) => [{ role: 'user', content }] as const;

const opened: MockProvider[] = [];
afterEach(() => Promise.all(opened.splice(0).map((mock) => mock.close())));

async function open(change: Partial<HunyuanMockOptions> = {}) {
  const mock = await openHunyuanMock({ scenario, corpus, clock: systemClock, ...change });
  opened.push(mock);
  const apiKey = mock.credentials?.apiKey ?? 'sk-none';
  return { mock, client: new OpenAI({ baseURL: `${mock.url}v1`, apiKey, maxRetries: 0 }) };
}

const types = ({ events }: MockProvider): readonly string[] => events.map(({ type }) => type);

/** The code with which a signed request for the same answer is refused; undefined when it is answered. */
async function signedRefusal({ url }: MockProvider, secretId: string, secretKey: string) {
  const headers = { 'content-type': 'application/json', host: new URL(url).host };
  const body = JSON.stringify({ Model: 'hunyuan-lite', Messages: [{ Role: 'user', Content: joke }] });
  const timestamp = Math.floor(new Date().getTime() / 1000);
  const request = { method: 'POST', headers, signedHeaders: ['content-type', 'host'], body };
  const authorization = signTc3(request, { secretId, secretKey }, { timestamp, service: 'hunyuan' });
  const tc = {
    'x-tc-action': 'ChatCompletions',
    'x-tc-version': '2023-09-01',
    'x-tc-timestamp': String(timestamp),
  };
  const answer = await fetch(url, { method: 'POST', headers: { ...headers, ...tc, authorization }, body });
  const { Response: inner } = (await answer.json()) as { Response: { Error?: { Code: string } } };
  return inner.Error?.Code;
}

describe('the openai client', () => {
  it('gets a whole answer, with the parameter that only Hunyuan has', async () => {
    const { mock, client } = await open();
    const extra = { enable_enhancement: true };
    const completion = await client.chat.completions.create({ model, messages: [...asked()], ...extra });
    expect(completion).toMatchObject({
      object: 'chat.completion',
      model,
      choices: [{ index: 0, finish_reason: 'stop', message: { content: transcript('en-joke-a') } }],
    });
    await responseDone(mock);
    expect(types(mock)).toEqual(['request', 'heard', 'text-out', 'response-done']);
    expect(mock.events.at(0)).toMatchObject({ prompt: joke, model, stream: false });
  });

  it('gets a stream, and usage in its last chunk when it asks for it', async () => {
    const { client } = await open();
    const stream = await client.chat.completions.create({
      model,
      messages: [...asked()],
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(
      transcript('en-joke-a'),
    );
    expect(chunks.flatMap(({ choices }) => choices[0]?.finish_reason ?? [])).toEqual(['stop']);
    expect(chunks.findIndex(({ usage }) => usage != null)).toBe(chunks.length - 1);
  });

  it('calls a function and has its result confirmed', async () => {
    const { mock, client } = await open();
    const messages = [...asked(corpus.prompts.get('en-light-on-a')!.transcript)];
    const called = await client.chat.completions.create({ model, messages, tools: [light] });
    const { message } = called.choices[0]!;
    const [call] = message.tool_calls ?? [];
    expect(call).toMatchObject({ function: { name: 'SetLightState' } });
    const confirmed = await client.chat.completions.create({
      model,
      messages: [...messages, message, { role: 'tool', tool_call_id: call!.id, content: '{"ok":true}' }],
      tools: [light],
    });
    expect(confirmed.choices[0]!.message.content).toBe(transcript('en-light-is-on-a'));
    expect(types(mock)).toContain('tool-output');
  });

  it('ends behind the word that it is to stop at, where OpenAI ends before it', async () => {
    const { client } = await open();
    const [first, second = ''] = transcript('en-joke-a').split(' ');
    const { choices } = await client.chat.completions.create({
      model,
      messages: [...asked()],
      stop: [second],
    });
    expect(choices[0]!.message.content).toBe(`${first} ${second}`);
  });

  it.each<[ProviderFault, number]>([
    ['bad-key', 401],
    ['rate-limit', 429],
  ])('is refused by status, not inside a 200, with the fault %s', async (fault, status) => {
    const { mock, client } = await open();
    await mock.expectTurn({ turnId: 't1', fault });
    const refused = client.chat.completions.create({ model, messages: [...asked()] });
    await expect(refused).rejects.toMatchObject({ status });
    expect(mock.events.find(({ type }) => type === 'error')).toMatchObject({ httpStatus: status });
  });

  it('is refused for what TC3 would refuse too: roles out of turn, and an unknown model', async () => {
    const { client } = await open();
    const twice = client.chat.completions.create({ model, messages: [...asked(), ...asked()] });
    await expect(twice).rejects.toMatchObject({ status: 400, code: '1001', type: 'invalid_request_error' });
    const long = Array.from(
      { length: 41 },
      (_, at) => ({ role: at % 2 ? 'assistant' : 'user', content: 'a' }) as const,
    );
    await expect(client.chat.completions.create({ model, messages: long })).rejects.toMatchObject({
      status: 400,
    });
    const other = client.chat.completions.create({ model: 'gpt-4o', messages: [...asked()] });
    await expect(other).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('hears of a path that there is not in OpenAI’s shape', async () => {
    const { client } = await open();
    await expect(client.models.list()).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('takes what is not documented from the mock’s options', async () => {
    const { client } = await open({
      twin: {
        modelPaths: ['/v1/models'],
        streamedUsage: 'last-chunk',
        headers: () => ({ 'x-tc-requestid': 'r' }),
      },
    });
    const ids = [];
    for await (const { id } of client.models.list()) ids.push(id);
    expect(ids).toContain(model);
    const asking = client.chat.completions.create({ model, messages: [...asked()], stream: true });
    const { data: stream, response } = await asking.withResponse();
    expect(response.headers.get('x-tc-requestid')).toBe('r');
    let usages = 0;
    for await (const { usage } of stream) usages += usage == null ? 0 : 1;
    expect(usages).toBe(1);
  });
});

describe('who is let in', () => {
  it('is, where nobody is named, who signs with the default keys, and any key, as with OpenAI’s mock', async () => {
    const { mock, client } = await open();
    // A board of metal or a simulated one has no place for more than it signs with.
    expect(mock.credentials).toEqual({ secretId: 'AKIDEARSHOT', secretKey: 'earshot-secret-key' });
    await expect(signedRefusal(mock, 'AKIDEARSHOT', 'earshot-secret-key')).resolves.toBeUndefined();
    await client.chat.completions.create({ model, messages: [...asked()] });
    const none = await fetch(`${mock.url}v1/chat/completions`, { method: 'POST', body: '{}' });
    expect(none.status).toBe(401);
  });

  it('is who has the key that was named, and nobody by a signature', async () => {
    const { mock, client } = await open({ credentials: { apiKey: 'sk-mine' } });
    expect(mock.credentials).toEqual({ apiKey: 'sk-mine' });
    await client.chat.completions.create({ model, messages: [...asked()] });
    for (const [id, key] of [
      ['AKIDEARSHOT', 'earshot-secret-key'],
      ['', ''],
    ] as const)
      await expect(signedRefusal(mock, id, key)).resolves.toMatch(/^AuthFailure\./);
    const wrong = client
      .withOptions({ apiKey: 'sk-other' })
      .chat.completions.create({ model, messages: [...asked()] });
    await expect(wrong).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  });

  it.each([
    ['signs with the keys that were named', { secretId: 'AKIDMINE', secretKey: 'mine' }],
    ['has the token that was named beside the default keys', { token: 'session-token' }],
  ])('is who %s, and nobody by a key', async (_, credentials) => {
    const { mock, client } = await open({ credentials });
    expect(mock.credentials).toMatchObject(credentials);
    expect(mock.credentials).not.toHaveProperty('apiKey');
    const asking = client.chat.completions.create({ model, messages: [...asked()] });
    await expect(asking).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    if (!('secretId' in credentials)) return;
    await expect(signedRefusal(mock, 'AKIDMINE', 'mine')).resolves.toBeUndefined();
  });

  it('is whoever is named by either way where both are', async () => {
    const credentials = { secretId: 'AKIDMINE', secretKey: 'mine', apiKey: 'sk-mine' };
    const { mock, client } = await open({ credentials });
    await client.chat.completions.create({ model, messages: [...asked()] });
    await expect(signedRefusal(mock, 'AKIDMINE', 'mine')).resolves.toBeUndefined();
  });
});
