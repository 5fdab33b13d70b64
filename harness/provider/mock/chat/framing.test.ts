/** What chat completions look like on the wire, byte by byte, and what each service says when it refuses. */
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { systemClock } from '../../../ports';
import { eventOf, responseDone } from '../../__fixtures__/event-of';
import { RawClient, headOf, rawRequest, type RawAnswer } from '../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import type { MockProvider } from '../mock-options';
import { openChatMock, type ChatMockOptions } from './chat-mock';

const corpus = smallCorpus();
const JOKE = corpus.prompts.get('en-joke-a')!.transcript;
const TOLD = corpus.replies.get('en-joke-a')!.transcript;
const models = { openai: 'gpt-4o-mini', siliconflow: 'Qwen/Qwen3-8B', deepseek: 'deepseek-chat' } as const;
const key = { authorization: 'Bearer sk-test' };

const opened: MockProvider[] = [];
const clients: RawClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(opened.splice(0).map((mock) => mock.close()));
});

interface Opened {
  readonly mock: MockProvider;
  readonly raw: RawClient;
  /** Asks for a completion. */
  readonly ask: (change?: object) => void;
}

async function open(name: keyof typeof models, change: Partial<ChatMockOptions> = {}): Promise<Opened> {
  const mock = await openChatMock(name, { scenario, corpus, clock: systemClock, ...change });
  opened.push(mock);
  const raw = await RawClient.open(mock.url);
  clients.push(raw);
  const target = new URL(mock.url).pathname;
  return {
    mock,
    raw,
    ask: (more = {}) => {
      const body = { model: models[name], messages: [{ role: 'user', content: JOKE }], ...more };
      raw.write(rawRequest(target, JSON.stringify(body), key));
    },
  };
}

/** The body of a chunked answer, without the chunk sizes. */
const dechunked = (text: string): string =>
  text
    .slice(text.indexOf('\r\n\r\n') + 4)
    .replace(/(?:^|\r\n)[0-9a-f]+\r\n/g, '')
    .replace(/\r\n$/, '');

const toEnd = async (raw: RawClient): Promise<string> =>
  dechunked(await raw.until((text) => text.endsWith('0\r\n\r\n')));

const paced = (firstTokenMs: number, betweenTokensMs: number) => ({
  ...scenario,
  text: { ...scenario.text, firstTokenMs, betweenTokensMs },
});

describe('a stream', () => {
  it('is data, a space, one line of JSON and a blank line, and ends with [DONE]', async () => {
    const { raw, ask } = await open('siliconflow');
    ask({ stream: true });
    const text = await raw.until((seen) => seen.endsWith('0\r\n\r\n'));
    expect(headOf(text)).toMatchObject({ status: 200, headers: { 'content-type': 'text/event-stream' } });
    const frames = dechunked(text).split('\n\n');
    expect(frames.pop()).toBe('');
    expect(frames.pop()).toBe('data: [DONE]');
    const deltas = frames.map((frame) => {
      expect(frame).toMatch(/^data: \{[^\n]*\}$/);
      return (JSON.parse(frame.slice(6)) as { choices: { delta: { content?: string } }[] }).choices[0]!.delta;
    });
    expect(deltas.map(({ content }) => content ?? '').join('')).toBe(TOLD);
  });

  it('pads every chunk of OpenAI unless it is asked not to', async () => {
    const { raw, ask } = await open('openai');
    ask({ stream: true });
    const padded = await toEnd(raw);
    expect(padded.match(/"obfuscation":"[\w-]+"/g)?.length).toBe(padded.match(/^data: \{/gm)?.length);
    raw.received = Buffer.alloc(0);
    ask({ stream: true, stream_options: { include_obfuscation: false } });
    expect(await toEnd(raw)).not.toContain('obfuscation');
  });

  it('of DeepSeek shows signs of life while its client waits', async () => {
    const clock = new ManualClock();
    const { mock, raw, ask } = await open('deepseek', { clock, scenario: paced(3500, 0) });
    ask({ stream: true });
    await eventOf(mock, ({ type }) => type === 'heard');
    clock.advance(3500);
    const text = await toEnd(raw);
    expect(text.startsWith(': keep-alive\n\n'.repeat(3) + 'data: {')).toBe(true);
    expect(text.match(/keep-alive/g)).toHaveLength(3);
    expect(text).toMatch(/"finish_reason":"stop"\}\],"usage":\{"prompt_tokens":/);
  });

  it('is stamped when each part of it leaves', async () => {
    const clock = new ManualClock();
    const { mock, ask } = await open('siliconflow', { clock, scenario: paced(150, 20) });
    ask({ stream: true });
    const heard = await eventOf(mock, ({ type }) => type === 'heard');
    clock.advance(150);
    const first = await eventOf(mock, ({ type }) => type === 'first-token');
    const tokens = Math.ceil(TOLD.length / 4);
    for (let token = 1; token < tokens; token++) clock.advance(20);
    const done = await responseDone(mock);
    expect(first.hostAtMs - heard.hostAtMs).toBeCloseTo(150, 6);
    expect(done.hostAtMs - first.hostAtMs).toBeCloseTo(20 * (tokens - 1), 6);
  });

  it('has faults: no space behind data, and the role twice', async () => {
    const { mock, raw, ask } = await open('openai', { faults: ['wrong-framing'] });
    await mock.expectTurn({ turnId: 't1', fault: 'duplicate' });
    ask({ stream: true });
    const text = await toEnd(raw);
    expect(text).toMatch(/^data:\{/);
    expect(text).toMatch(/data:\[DONE\]\n\n$/);
    expect(text.match(/"role":"assistant"/g)).toHaveLength(2);
  });

  it('has the fault of what was asked, and of nothing else', async () => {
    const turns = [{ heard: ['en-joke'], calls: [], say: { en: 'en-joke' }, fault: 'rate-limit' as const }];
    const { raw, ask } = await open('openai', { scenario: { ...scenario, turns } });
    ask();
    expect(await raw.answer()).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
    ask({ messages: [{ role: 'user', content: 'What else?' }] });
    expect((await raw.answer()).status).toBe(200);
  });
});

describe('a body in one piece', () => {
  it('is measured to the byte, Chinese characters and blank lines of DeepSeek included', async () => {
    const clock = new ManualClock();
    const { mock, raw, ask } = await open('deepseek', { clock, scenario: paced(2500, 0) });
    ask({ messages: [{ role: 'user', content: '什么是晶体管？' }] });
    await eventOf(mock, ({ type }) => type === 'heard');
    clock.advance(2500);
    const { status, headers, body } = await raw.answer();
    expect(status).toBe(200);
    expect(Number(headers['content-length'])).toBe(Buffer.byteLength(body));
    expect(body.startsWith('\n\n{')).toBe(true);
    const { choices } = JSON.parse(body) as { choices: { message: { content: string } }[] };
    expect(choices[0]!.message.content).toBe(corpus.replies.get('zh-sorry-a')!.transcript);
  });

  it('has faults: half of it, and no length', async () => {
    const { mock, raw, ask } = await open('openai');
    await mock.expectTurn({ turnId: 't1', fault: 'wrong-framing' });
    ask();
    const text = await raw.until((seen) => seen.endsWith('0\r\n\r\n'));
    expect(headOf(text).headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    await mock.expectTurn({ turnId: 't2', fault: 'mid-stream-death' });
    raw.received = Buffer.alloc(0);
    ask();
    await raw.closed;
    const { headers } = headOf(raw.text);
    const body = raw.text.slice(raw.text.indexOf('\r\n\r\n') + 4);
    expect(Buffer.byteLength(body)).toBe(Math.floor(Number(headers['content-length']) / 2));
  });

  it('waits 30 s for its first token with the fault slow-first-token', async () => {
    const clock = new ManualClock();
    const { mock, raw, ask } = await open('openai', { clock, faults: ['slow-first-token'] });
    ask();
    await eventOf(mock, ({ type }) => type === 'heard');
    clock.advance(29_999);
    expect(raw.text).toBe('');
    clock.advance(1);
    expect((await raw.answer()).status).toBe(200);
  });
});

describe('a refusal', () => {
  const target = '/v1/chat/completions';
  const asked = (name: keyof typeof models, change: object = {}): string =>
    JSON.stringify({ model: models[name], messages: [{ role: 'user', content: JOKE }], ...change });

  it.each<[string, keyof typeof models, string, number, unknown]>([
    [
      'a key without Bearer',
      'siliconflow',
      rawRequest(target, '{}', { authorization: 'sk-test' }),
      401,
      'Invalid token',
    ],
    ['a path that is not there', 'siliconflow', rawRequest('/v2', '{}', key), 404, '404 page not found'],
    [
      'a model that is not there',
      'siliconflow',
      rawRequest(target, asked('siliconflow', { model: 'gpt-4o' }), key),
      400,
      { code: 20012, message: 'Model does not exist. Please check it carefully.', data: null },
    ],
    [
      'a parameter of another type',
      'siliconflow',
      rawRequest(target, asked('siliconflow', { stream: 'yes' }), key),
      400,
      {
        code: 20015,
        message: "Invalid type for 'stream': expected a boolean, but got a string instead.",
        data: null,
      },
    ],
    [
      'no key',
      'deepseek',
      rawRequest(target, asked('deepseek')),
      401,
      {
        error: {
          message: 'Authentication Fails (auth header format should be Bearer sk-...)',
          type: 'authentication_error',
          param: null,
          code: 'invalid_request_error',
        },
      },
    ],
    [
      'a model that is not there',
      'deepseek',
      rawRequest('/chat/completions', asked('deepseek', { model: 'gpt-4o' }), key),
      400,
      {
        error: {
          message: 'Model Not Exist',
          type: 'invalid_request_error',
          param: null,
          code: 'invalid_request_error',
        },
      },
    ],
  ])('for %s is in the words of %s', async (_what, name, request, status, body) => {
    const { raw } = await open(name);
    raw.write(request);
    const answer = await raw.answer();
    expect({ status: answer.status, body: JSON.parse(answer.body) as unknown }).toEqual({ status, body });
  });

  it.each([
    ['comments', '{"model":"gpt-4o-mini", // the model\n"messages":[]}'],
    ["Python's False", '{"model":"gpt-4o-mini","stream":False}'],
    ['half of it', '{"model":"gpt-4o-mini","messages":[{"ro'],
    ['a byte that is no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['a list', '[]'],
    ['nothing', ''],
    ['levels beyond counting', `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`],
  ])('of JSON with %s is a 400, and the next request is served', async (_what, body) => {
    const { mock, raw, ask } = await open('openai');
    const bytes = Buffer.from(body);
    raw.write(
      rawRequest(target, bytes.toString('latin1'), {
        ...key,
        'content-length': String(bytes.length),
      }).replace(bytes.toString('latin1'), ''),
    );
    raw.write(bytes);
    const refused: RawAnswer = await raw.answer();
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body)).toMatchObject({ error: { type: 'invalid_request_error', param: null } });
    expect(mock.events.map(({ type }) => type)).toEqual(['request', 'error', 'response-done']);
    ask();
    expect((await raw.answer()).status).toBe(200);
  });

  it('comes for content parts that are none', async () => {
    const { raw, ask } = await open('openai');
    ask({ messages: [{ role: 'user', content: [null, 1, { type: 'text', text: 'x' }] }] });
    const { status, body } = await raw.answer();
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ error: { param: 'messages[0].content' } });
  });

  it('tells which calls were left without a result', async () => {
    const { raw, ask } = await open('openai');
    const call = { id: 'call_1', type: 'function', function: { name: 'SetLightState', arguments: '{}' } };
    const messages = [
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'user', content: 'And?' },
    ];
    ask({ messages });
    const { status, body } = await raw.answer();
    expect(status).toBe(400);
    expect(body).toContain('did not have response messages: call_1');
  });

  it('comes for a context that is longer than the model', async () => {
    const { raw, ask } = await open('openai');
    ask({ messages: [{ role: 'user', content: 'a'.repeat(600_000) }] });
    const { status, body } = await raw.answer();
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'context_length_exceeded', param: 'messages' } });
  });

  it('is quick for a history of a hundred thousand messages', async () => {
    const { raw, ask } = await open('openai');
    ask({ messages: Array.from({ length: 100_000 }, () => ({ role: 'user', content: 'a' })) });
    expect((await raw.answer()).status).toBe(200);
  });
});
