/** Signed upgrades, frames and refusals as the wire shows them. */
import { once } from 'node:events';
import { WebSocket, type ClientOptions } from 'ws';
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { RawClient, rawRequest } from '../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { systemClock, type ProviderEvent, type ProviderFault } from '../../../ports';
import { signSparkUrl } from '../../auth/spark-url';
import type { MockProvider } from '../mock-options';
import { openSparkMock, type SparkMockOptions } from './spark-mock';

const corpus = smallCorpus();
const joke = corpus.prompts.get('en-joke-a')!.transcript;
const saidFor = (utterance: string): string =>
  [...corpus.replies.values()].find((clip) => clip.utterance === utterance)!.transcript;
const jokeText = saidFor('en-joke');
const keys = { apiKey: 'earshot-api-key', apiSecret: 'earshot-api-secret' };
const NOW_UNIX_MS = Date.UTC(2026, 0, 1);
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

async function open(change: Partial<SparkMockOptions> = {}): Promise<MockProvider> {
  const unixNowMs = () => NOW_UNIX_MS;
  const mock = await openSparkMock({ scenario, corpus, clock: systemClock, unixNowMs, ...change });
  opened.push(mock);
  return mock;
}

const inOneToken = { ...scenario, text: { ...scenario.text, charsPerToken: 1000 } };
const question = (content = joke, change: object = {}) => ({
  header: { app_id: 'earshot', uid: 'u1' },
  parameter: { chat: { domain: 'generalv3', temperature: 0.5, max_tokens: 2048 } },
  payload: { message: { text: [{ role: 'user', content }] } },
  ...change,
});

/** A client of one conversation, as raw as a WebSocket can be. */
class Conversation {
  readonly messages: string[] = [];
  readonly opcodes: ('text' | 'binary')[] = [];
  readonly closed: Promise<number>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer, isBinary) => {
      this.messages.push(data.toString());
      this.opcodes.push(isBinary ? 'binary' : 'text');
    });
    socket.on('error', () => undefined);
    this.closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
  }

  static async open(
    url: string,
    signedAtUnixMs = NOW_UNIX_MS,
    options: ClientOptions = {},
  ): Promise<Conversation> {
    const socket = new WebSocket(signSparkUrl(url, keys, signedAtUnixMs), {
      perMessageDeflate: false,
      ...options,
    });
    const conversation = new Conversation(socket);
    await once(socket, 'open');
    return conversation;
  }

  async ask(asked: unknown = question()): Promise<string[]> {
    this.socket.send(typeof asked === 'string' || Buffer.isBuffer(asked) ? asked : JSON.stringify(asked));
    await this.closed;
    return this.messages;
  }
}

const headOf = (message: string | undefined) =>
  (JSON.parse(message ?? '{}') as { readonly header: { readonly code: number; readonly status: number } })
    .header;
const contentIn = (messages: readonly string[]): string =>
  messages
    .map(
      (message) =>
        (JSON.parse(message) as { payload: { choices: { text: { content: string }[] } } }).payload.choices
          .text[0]!.content,
    )
    .join('');

/** Status and body of an upgrade that is refused. */
async function refused(url: string): Promise<[number, unknown]> {
  const raw = await RawClient.open(url);
  opened.push(raw);
  const { pathname, search, host } = new URL(url);
  const upgrade = {
    host,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
  };
  raw.write(rawRequest(pathname + search, '', upgrade, 'GET').replace('content-length: 0\r\n', ''));
  const { status, body } = await raw.answer();
  await raw.closed;
  return [status, JSON.parse(body)];
}

const typesOf = ({ events }: MockProvider): readonly string[] => events.map(({ type }) => type);
const eventOf = (mock: MockProvider, type: ProviderEvent['type']): Promise<ProviderEvent> =>
  new Promise((resolve) => mock.onEvent((event) => event.type === type && resolve(event)));

describe('an upgrade', () => {
  it('needs a signature', async () => {
    const mock = await open();
    expect(await refused(mock.url)).toEqual([401, { message: 'Unauthorized' }]);
    expect([...mock.events]).toMatchObject([
      { type: 'error', code: 'authorization-missing', httpStatus: 401 },
    ]);
  });

  it.each([
    ['another secret', { ...keys, apiSecret: 'x' }, 401, 'HMAC signature does not match'],
    [
      'another key',
      { ...keys, apiKey: 'x' },
      401,
      'HMAC signature cannot be verified: fail to retrieve credential',
    ],
  ])('is refused for %s', async (_name, others, status, message) => {
    const mock = await open();
    expect(await refused(signSparkUrl(mock.url, others, NOW_UNIX_MS))).toEqual([status, { message }]);
    expect(JSON.stringify(mock.events)).not.toContain(keys.apiSecret);
  });

  it('is refused to a board whose clock was never set, and says by how much it is off', async () => {
    const mock = await open();
    const [status, body] = await refused(signSparkUrl(mock.url, keys, 12_000));
    expect([status, body]).toEqual([
      403,
      {
        message:
          'HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication',
      },
    ]);
    expect([...mock.events]).toMatchObject([
      {
        code: 'clock-skew',
        httpStatus: 403,
        message: expect.stringContaining('Thu, 01 Jan 1970 00:00:12 GMT'),
      },
    ]);
  });

  it('is refused on a path that no product has', async () => {
    const mock = await open();
    const [status] = await refused(signSparkUrl(mock.url.replace('v3.1', 'v9'), keys, NOW_UNIX_MS));
    expect(status).toBe(404);
  });

  it('works over TLS', async () => {
    const mock = await open({ tls: true });
    const conversation = await Conversation.open(mock.tlsUrl!, NOW_UNIX_MS, { ca: mock.tlsCertificate });
    expect(contentIn(await conversation.ask())).toBe(jokeText);
  });
});

describe('an answer', () => {
  it('comes in frames of status 0, 1 and 2, then the server closes', async () => {
    const mock = await open();
    const conversation = await Conversation.open(mock.url);
    const messages = await conversation.ask();
    expect(await conversation.closed).toBe(1000);
    expect(contentIn(messages)).toBe(jokeText);
    const statuses = messages.map((message) => headOf(message).status);
    expect(statuses).toEqual([0, ...statuses.slice(1, -1).map(() => 1), 2]);
    const seqs = messages.map((message) => /"seq":(\d+)/.exec(message)?.[1]);
    expect(seqs).toEqual(messages.map((_, index) => String(index)));
    expect(messages.map((message) => message.includes('"usage"'))).toEqual(
      statuses.map((status) => status === 2),
    );
    expect(conversation.opcodes).toEqual(messages.map(() => 'text'));
  });

  it('of one frame has status 2 only, byte for byte', async () => {
    const [only, ...others] = await (
      await Conversation.open((await open({ scenario: inOneToken })).url)
    ).ask();
    const sid = /"sid":"(cht[0-9a-f]{8}@dx[0-9a-f]{16})"/.exec(only!)![1]!;
    expect(others).toEqual([]);
    expect(only).toBe(
      `{"header":{"code":0,"message":"Success","sid":"${sid}","status":2},"payload":{"choices":{"status":2,"seq":0,` +
        `"text":[{"content":${JSON.stringify(jokeText)},"role":"assistant","index":0}]},"usage":{"text":` +
        '{"question_tokens":1,"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}}}',
    );
  });

  it('can end in an empty frame instead', async () => {
    const mock = await open({ scenario: inOneToken, lastFrame: 'empty' });
    const messages = await (await Conversation.open(mock.url)).ask();
    expect(messages.map((message) => headOf(message).status)).toEqual([0, 2]);
    expect(messages[1]).toContain('"content":""');
  });

  it('is a function call where one is offered', async () => {
    const functions = { text: [{ name: 'SetLightState', description: 'd', parameters: {} }] };
    const content = corpus.prompts.get('en-light-on-a')!.transcript;
    const payload = { message: { text: [{ role: 'user', content }] }, functions };
    const messages = await (await Conversation.open((await open()).url)).ask(question('', { payload }));
    expect(messages).toHaveLength(1);
    expect(JSON.parse(messages[0]!)).toMatchObject({
      payload: {
        choices: {
          status: 2,
          text: [
            {
              content: '',
              function_call: { name: 'SetLightState', arguments: '{"LightState":true}' },
            },
          ],
        },
      },
    });
  });

  it('leaves its turn in the log, in order', async () => {
    const mock = await open();
    const closed = eventOf(mock, 'session-closed');
    await (await Conversation.open(mock.url)).ask();
    expect(await closed).toMatchObject({ closeCode: 1000, closedBy: 'provider', reason: 'answered' });
    expect(typesOf(mock)).toEqual([
      'session-open',
      'request',
      'heard',
      'first-token',
      'text-out',
      'response-done',
      'session-closed',
    ]);
    expect(mock.events.at(1)).toMatchObject({ prompt: joke, model: 'generalv3', stream: true });
    expect(mock.events.at(4)).toMatchObject({ text: jokeText });
  });

  it('is cancelled when the board goes', async () => {
    const slow = { ...scenario, text: { ...scenario.text, betweenTokensMs: 60_000 } };
    const mock = await open({ scenario: slow });
    const done = eventOf(mock, 'response-done');
    const conversation = await Conversation.open(mock.url);
    conversation.socket.once('message', () => conversation.socket.terminate());
    await conversation.ask();
    expect(await done).toMatchObject({ status: 'cancelled' });
  });
});

describe('a question', () => {
  const parameter = (domain: string) => ({ parameter: { chat: { domain } } });
  it.each([
    ['no JSON', '{"header"', 10003],
    ['a binary frame', Buffer.from(JSON.stringify(question())), 10003],
    ['a body of OpenAI', { model: 'x', messages: [] }, 10004],
    [
      'a temperature of 0',
      question(joke, { parameter: { chat: { domain: 'generalv3', temperature: 0 } } }),
      10005,
    ],
    ['a history that is too long', question('word '.repeat(8192)), 10907],
  ])('that is %s ends in an error frame', async (_name, asked, code) => {
    const mock = await open();
    const messages = await (await Conversation.open(mock.url)).ask(asked);
    expect(messages).toHaveLength(1);
    expect(headOf(messages[0])).toMatchObject({ code, status: 2 });
    expect(messages[0]).not.toContain('payload');
    expect(mock.events.filter(({ type }) => type === 'error')).toMatchObject([{ code: String(code) }]);
  });

  it('for another domain, or of another app, is refused with the codes that were chosen', async () => {
    const mock = await open({ codes: { wrongDomain: 11200, wrongApp: 10016 } });
    // As in the seed article.
    const domain = await (await Conversation.open(mock.url)).ask(question(joke, parameter('general3')));
    expect(headOf(domain[0])).toMatchObject({ code: 11200 });
    const app = await (
      await Conversation.open(mock.url)
    ).ask(question(joke, { header: { app_id: 'other' } }));
    expect(headOf(app[0])).toMatchObject({ code: 10016 });
  });

  it.each([
    ['/v1.1/chat', 'lite'],
    ['/v3.5/chat', 'generalv3.5'],
    ['/v4.0/chat', '4.0Ultra'],
    ['/chat/max-32k', 'max-32k'],
  ])('on %s is for %s', async (path, domain) => {
    const url = (await open()).url.replace('/v3.1/chat', path);
    const messages = await (await Conversation.open(url)).ask(question(joke, parameter(domain)));
    expect(contentIn(messages)).toBe(jokeText);
  });

  it('may come in fragments of a byte each', async () => {
    const mock = await open();
    const conversation = await Conversation.open(mock.url);
    const bytes = Buffer.from(JSON.stringify(question('打开灯')));
    for (let at = 0; at < bytes.length; at++)
      conversation.socket.send(bytes.subarray(at, at + 1), { binary: false, fin: at === bytes.length - 1 });
    await conversation.closed;
    expect(contentIn(conversation.messages)).not.toBe('');
    expect(mock.events.find(({ type }) => type === 'request')).toMatchObject({ prompt: '打开灯' });
  });

  it('that follows before the answer is refused, and ends both', async () => {
    const mock = await open({ faults: ['slow-first-token'] });
    const conversation = await Conversation.open(mock.url);
    conversation.socket.send(JSON.stringify(question()));
    expect(headOf((await conversation.ask())[0])).toMatchObject({ code: 10007 });
    expect(mock.events.filter(({ type }) => type === 'response-done')).toMatchObject([{ status: 'failed' }]);
  });

  it('that is too large closes with 1009', async () => {
    const mock = await open({ limits: { bodyBytes: 4096 } });
    const conversation = await Conversation.open(mock.url);
    await conversation.ask(question('x'.repeat(5000)));
    expect(await conversation.closed).toBe(1009);
    expect(typesOf(mock)).toContain('error');
  });

  it('that never comes lets the server drop the socket after 60 s', async () => {
    const clock = new ManualClock();
    const mock = await open({ clock });
    const accepted = eventOf(mock, 'session-open');
    const conversation = await Conversation.open(mock.url);
    await accepted;
    clock.advance(59_999);
    expect(conversation.socket.readyState).toBe(WebSocket.OPEN);
    clock.advance(1);
    expect(await conversation.closed).toBe(1006);
    expect(mock.events.at(-1)).toMatchObject({
      type: 'session-closed',
      reason: 'idle',
      closedBy: 'provider',
    });
  });
});

describe('the fault', () => {
  it.each<[ProviderFault, number]>([
    ['bad-key', 401],
    ['clock-skew', 403],
  ])('%s refuses the upgrade with %d, for one turn', async (fault, status) => {
    const mock = await open();
    await mock.expectTurn({ turnId: 't1', fault });
    expect((await refused(signSparkUrl(mock.url, keys, NOW_UNIX_MS)))[0]).toBe(status);
    await mock.expectTurn({ turnId: 't2' });
    expect(contentIn(await (await Conversation.open(mock.url)).ask())).toBe(jokeText);
  });

  it.each<[ProviderFault, number]>([
    ['rate-limit', 11202],
    ['content-blocked', 10013],
    ['too-long', 10907],
  ])('%s is answered with %d', async (fault, code) => {
    const messages = await (await Conversation.open((await open({ faults: [fault] })).url)).ask();
    expect(messages.map((message) => headOf(message).code)).toEqual([code]);
  });

  it('can be the scenario entry’s own', async () => {
    const turns = scenario.turns.map((turn) => ({ ...turn, fault: 'rate-limit' as const }));
    const mock = await open({ scenario: { ...scenario, turns } });
    expect(headOf((await (await Conversation.open(mock.url)).ask())[0]).code).toBe(11202);
    expect(headOf((await (await Conversation.open(mock.url)).ask(question('unknown words')))[0]).code).toBe(
      0,
    );
  });

  it('mid-stream-death cuts the socket after some frames and before status 2', async () => {
    const mock = await open({ faults: ['mid-stream-death'] });
    const conversation = await Conversation.open(mock.url);
    const messages = await conversation.ask();
    expect(await conversation.closed).toBe(1006);
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.map((message) => headOf(message).status)).not.toContain(2);
    expect(mock.events).toContainEqual(expect.objectContaining({ type: 'response-done', status: 'failed' }));
    expect(typesOf(mock)).not.toContain('text-out');
  });

  it('wrong-framing sends binary frames', async () => {
    const conversation = await Conversation.open((await open({ faults: ['wrong-framing'] })).url);
    expect(contentIn(await conversation.ask())).toBe(jokeText);
    expect(new Set(conversation.opcodes)).toEqual(new Set(['binary']));
  });

  it('session-end drops the socket as if it had been idle', async () => {
    const conversation = await Conversation.open((await open({ faults: ['session-end'] })).url);
    expect(await conversation.closed).toBe(1006);
  });

  it('slow-first-token keeps the first frame back', async () => {
    const clock = new ManualClock();
    const mock = await open({ clock, faults: ['slow-first-token'], slowFirstTokenMs: 30_000 });
    const conversation = await Conversation.open(mock.url);
    const heard = eventOf(mock, 'heard');
    const answered = conversation.ask();
    await heard;
    clock.advance(29_999);
    expect(conversation.messages).toEqual([]);
    clock.advance(1);
    expect(contentIn(await answered)).toBe(jokeText);
    expect(mock.events.find(({ type }) => type === 'first-token')).toMatchObject({ hostAtMs: 30_000 });
  });
});

describe('the HTTP interface', () => {
  const http = (mock: MockProvider): string =>
    new URL('/v1/chat/completions', mock.url.replace('ws', 'http')).href;
  const post = (mock: MockProvider, change: object = {}, key = 'earshot-api-key:earshot-api-secret') =>
    fetch(http(mock), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({
        model: 'generalv3',
        messages: [{ role: 'user', content: joke }],
        stream: true,
        ...change,
      }),
    });

  it('streams without a space after data:, byte for byte', async () => {
    const mock = await open({ scenario: inOneToken });
    const answer = await post(mock);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const text = await answer.text();
    const sid = /"sid":"(cha[0-9a-f]{8}@dx[0-9a-f]{16})"/.exec(text)![1]!;
    const head = `data:{"code":0,"message":"Success","sid":"${sid}","id":"${sid}","created":1767225600,"choices":[`;
    expect(text).toBe(
      `${head}{"delta":{"role":"assistant","content":${JSON.stringify(jokeText)}},"index":0}]}\n\n` +
        `${head}{"delta":{"role":"assistant","content":""},"index":0}],` +
        '"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}\n\ndata:[DONE]\n\n',
    );
  });

  it('answers at once with a Content-Length', async () => {
    const answer = await post(await open(), { stream: false });
    expect(answer.headers.get('content-length')).not.toBeNull();
    expect(await answer.json()).toEqual({
      code: 0,
      message: 'Success',
      sid: expect.stringMatching(/^cha/),
      choices: [{ message: { role: 'assistant', content: jokeText }, index: 0 }],
      usage: expect.objectContaining({ total_tokens: expect.any(Number) }),
    });
  });

  it('takes an APIPassword where there is one', async () => {
    const mock = await open({ credentials: { apiPassword: 'p' } });
    expect((await post(mock, {}, 'p')).status).toBe(200);
    const wrong = await post(mock, {}, 'q');
    expect(await wrong.json()).toEqual({
      error: { message: 'invalid user', type: 'api_error', param: null, code: null },
    });
    expect(wrong.ok).toBe(false);
  });

  it.each<[string, Partial<SparkMockOptions>, object, string]>([
    ['a model that is none', {}, { model: 'gpt-4o' }, '10005'],
    ['no messages', {}, { messages: [] }, '10004'],
    ['the fault rate-limit', { faults: ['rate-limit'] }, {}, '11202'],
    ['the fault content-blocked', { faults: ['content-blocked'] }, {}, '10013'],
  ])('names the code of %s as text', async (_name, options, change, code) => {
    const answer = await post(await open(options), change);
    expect(answer.ok).toBe(false);
    expect(await answer.json()).toMatchObject({ error: { type: 'api_error', param: null, code } });
  });

  it('is not reached by a socket, nor the socket by it', async () => {
    const mock = await open();
    const elsewhere = await fetch(mock.url.replace('ws', 'http'), { method: 'POST', body: '{}' });
    expect(elsewhere.status).toBe(404);
    expect((await refused(signSparkUrl(http(mock), keys, NOW_UNIX_MS)))[0]).toBe(404);
  });
});
