/** The official client, unmodified, against the mock of Ollama. */
import { Ollama } from 'ollama';
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { systemClock } from '../../../ports';
import { eventOf, responseDone } from '../../__fixtures__/event-of';
import { RawClient, rawRequest } from '../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import type { MockProvider } from '../mock-options';
import { openOllamaMock, type OllamaMockOptions } from './ollama-mock';

const corpus = smallCorpus();
const transcript = (id: string): string => corpus.replies.get(id)!.transcript;
const ON = corpus.prompts.get('en-light-on-a')!.transcript;
const JOKE = corpus.prompts.get('en-joke-a')!.transcript;
const light = {
  type: 'function',
  function: { name: 'SetLightState', description: 'Switches the light.', parameters: { type: 'object' } },
};
const model = 'llama3.2';
const thinking = { ...scenario, text: { ...scenario.text, charsPerToken: 3, reasoning: 'Hm, 一个 joke.' } };

const opened: MockProvider[] = [];
const raws: RawClient[] = [];
afterEach(async () => {
  for (const raw of raws.splice(0)) raw.close();
  await Promise.all(opened.splice(0).map((mock) => mock.close()));
});

async function open(
  change: Partial<OllamaMockOptions> = {},
): Promise<{ mock: MockProvider; client: Ollama; ask: (body: object) => Promise<RawClient> }> {
  const mock = await openOllamaMock({ scenario, corpus, clock: systemClock, ...change });
  opened.push(mock);
  return {
    mock,
    client: new Ollama({ host: new URL(mock.url).origin }),
    ask: async (body) => {
      const raw = await RawClient.open(mock.url);
      raws.push(raw);
      raw.write(rawRequest('/api/generate', JSON.stringify({ model, prompt: JOKE, ...body })));
      return raw;
    },
  };
}

const types = ({ events }: MockProvider): readonly string[] => events.map(({ type }) => type);

it('generates in one piece, with durations in nanoseconds that add up', async () => {
  const { mock, client } = await open();
  const answer = await client.generate({ model, prompt: JOKE });
  expect(answer).toMatchObject({
    model,
    response: transcript('en-joke-a'),
    done: true,
    done_reason: 'stop',
    eval_count: Math.ceil(transcript('en-joke-a').length / 4),
    prompt_eval_count: Math.ceil(JOKE.length / 4),
    load_duration: 0,
  });
  expect(Number.isInteger(answer.total_duration)).toBe(true);
  expect(answer.total_duration).toBe(answer.prompt_eval_duration + answer.eval_duration);
  await responseDone(mock);
  expect([...mock.events]).toMatchObject([
    { type: 'request', prompt: JOKE, model, stream: false },
    { type: 'heard', promptId: 'en-joke-a' },
    { type: 'text-out', text: transcript('en-joke-a'), tokens: answer.eval_count },
    { type: 'response-done', status: 'completed' },
  ]);
});

it('generates as lines, thought first', async () => {
  const { mock, client } = await open({ scenario: thinking });
  const pieces = [];
  for await (const piece of await client.generate({ model: 'qwen3', prompt: JOKE, stream: true }))
    pieces.push(piece);
  expect(pieces.map(({ response }) => response).join('')).toBe(transcript('en-joke-a'));
  expect(pieces.map((piece) => piece.thinking ?? '').join('')).toBe('Hm, 一个 joke.');
  expect(pieces.map(({ done }) => done).lastIndexOf(false)).toBe(pieces.length - 2);
  expect(pieces.at(-1)).toMatchObject({ done: true, response: '', eval_count: pieces.length - 1 });
  await responseDone(mock);
  expect(types(mock)).toEqual([
    'request',
    'heard',
    'first-token',
    'first-token',
    'text-out',
    'response-done',
  ]);
});

it('does not think when it is told not to, and refuses where a model cannot', async () => {
  const { client } = await open({ scenario: thinking });
  const quiet = await client.generate({ model: 'qwen3', prompt: JOKE, think: false });
  expect(quiet.thinking).toBeUndefined();
  await expect(client.generate({ model, prompt: JOKE, think: true })).rejects.toMatchObject({
    status_code: 400,
    error: `"${model}" does not support thinking`,
  });
});

it('calls a function in a chat, and confirms once its result is there', async () => {
  const { mock, client } = await open();
  const messages = [{ role: 'user', content: ON }];
  const called = await client.chat({ model, messages, tools: [light] });
  expect(called.message.tool_calls).toEqual([
    { function: { name: 'SetLightState', arguments: { LightState: true } } },
  ]);
  const answer = await client.chat({
    model,
    messages: [...messages, called.message, { role: 'tool', content: 'ok', tool_name: 'SetLightState' }],
    tools: [light],
    stream: true,
  });
  let text = '';
  for await (const { message } of answer) text += message.content;
  expect(text).toBe(transcript('en-light-is-on-a'));
  await eventOf(mock, ({ type }) => type === 'text-out');
  expect(types(mock).slice(0, 8)).toEqual([
    'request',
    'heard',
    'tool-call',
    'response-done',
    'request',
    'heard',
    'tool-output',
    'first-token',
  ]);
});

it('loads and unloads a model for a request without a prompt', async () => {
  const { client } = await open();
  const loaded = await client.generate({ model, prompt: '' });
  expect(loaded).toMatchObject({ response: '', done: true, done_reason: 'load' });
  const gone = await client.generate({ model, prompt: '', keep_alive: 0 });
  expect(gone.done_reason).toBe('unload');
});

it('stops at num_predict, and counts no more of the prompt than the context holds', async () => {
  const { client } = await open({ faults: ['too-long'] });
  const cut = await client.generate({ model, prompt: JOKE, options: { num_predict: 2, num_ctx: 64 } });
  expect(cut).toMatchObject({ done_reason: 'length', eval_count: 2, prompt_eval_count: 64 });
  expect(cut.response).toBe(transcript('en-joke-a').slice(0, 8));
});

it('lists models and tells its version', async () => {
  const { client } = await open({ models: ['own:latest'] });
  await expect(client.list()).resolves.toMatchObject({ models: [{ name: 'own:latest' }] });
  await expect(client.ps()).resolves.toEqual({ models: [] });
  expect((await client.version()).version).toMatch(/^\d+\.\d+\.\d+$/);
});

it('refuses what is not there and what is no request', async () => {
  const { mock, client } = await open({ models: ['own:latest'] });
  await expect(client.generate({ model, prompt: JOKE })).rejects.toMatchObject({
    status_code: 404,
    error: "model 'llama3.2' not found",
  });
  const raw = await RawClient.open(mock.url);
  raws.push(raw);
  raw.write(rawRequest('/api/generate'));
  expect(await raw.answer()).toMatchObject({ status: 400, body: '{"error":"missing request body"}' });
  raw.write(rawRequest('/api/chat', '{"model":'));
  expect(await raw.answer()).toMatchObject({ status: 400 });
  raw.write(rawRequest('/api/generate', '', {}, 'GET'));
  expect(await raw.answer()).toMatchObject({ status: 405, body: '405 method not allowed' });
  raw.write(rawRequest('/', '', {}, 'GET'));
  expect(await raw.answer()).toMatchObject({ status: 200, body: 'Ollama is running' });
});

it('asks for a key only when it was given one', async () => {
  const { mock, client } = await open({ credentials: { apiKey: 'right' } });
  await expect(client.generate({ model, prompt: JOKE })).rejects.toMatchObject({ status_code: 401 });
  const known = new Ollama({ host: new URL(mock.url).origin, headers: { Authorization: 'Bearer right' } });
  await expect(known.generate({ model, prompt: JOKE })).resolves.toMatchObject({ done: true });
});

describe('faults', () => {
  it('rate-limit: the queue is full', async () => {
    const { client } = await open({ faults: ['rate-limit'] });
    await expect(client.generate({ model, prompt: JOKE })).rejects.toMatchObject({
      status_code: 503,
      error: 'server busy, please try again.  maximum pending requests exceeded',
    });
  });

  it('mid-stream-death: a line with an error, status 200', async () => {
    const { mock, client } = await open({ faults: ['mid-stream-death'] });
    let text = '';
    await expect(
      (async () => {
        for await (const { response } of await client.generate({ model, prompt: JOKE, stream: true }))
          text += response ?? '';
      })(),
    ).rejects.toThrow('unexpected EOF');
    expect(text.length).toBeGreaterThan(0);
    await expect(responseDone(mock)).resolves.toMatchObject({ status: 'failed' });
    await expect(client.generate({ model, prompt: JOKE })).rejects.toMatchObject({ status_code: 500 });
  });

  it('wrong-framing: no final line, and a chunked body', async () => {
    const { ask } = await open({ faults: ['wrong-framing'] });
    const lines = await ask({});
    const text = await lines.until((seen) => seen.endsWith('0\r\n\r\n'));
    expect(text).toContain('"done":false');
    expect(text).not.toContain('"done":true');
    const whole = await ask({ stream: false });
    expect(await whole.until((seen) => seen.endsWith('0\r\n\r\n'))).toContain('Transfer-Encoding: chunked');
  });

  it('slow-first-token: the model is being loaded, and the answer says for how long', async () => {
    const clock = new ManualClock();
    const { mock, ask } = await open({
      clock,
      parallel: 2,
      faults: ['slow-first-token'],
      slowFirstTokenMs: 7000,
    });
    const [lines, whole] = [await ask({}), await ask({ stream: false })];
    await eventOf(mock, ({ type, seq }) => type === 'heard' && seq > 2);
    clock.advance(7000);
    const text = await lines.until((seen) => seen.endsWith('0\r\n\r\n'));
    expect(text).toContain('"load_duration":7000000000');
    const { load_duration: loadNs } = JSON.parse((await whole.answer()).body) as { load_duration: number };
    expect(loadNs).toBe(7e9);
  });
});

it('answers one after the other, and not at all beyond the queue; who leaves makes room', async () => {
  const endless = { ...scenario, text: { ...scenario.text, betweenTokensMs: 60_000 } };
  const { mock, ask } = await open({ scenario: endless, queue: 1 });
  const first = await ask({});
  await first.until((text) => text.includes('"done":false'));
  const second = await ask({});
  await eventOf(mock, ({ type, seq }) => type === 'heard' && seq > 2);
  const third = await ask({});
  expect(await third.answer()).toMatchObject({ status: 503 });
  expect(second.text).toBe('');
  first.close();
  await second.until((text) => text.includes('"done":false'));
});
