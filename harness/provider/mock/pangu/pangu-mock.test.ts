/** Sign in, ask, be refused: bytes as the wire shows them. */
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { RawClient, rawRequest } from '../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { systemClock, type ProviderFault } from '../../../ports';
import { iamTokenRequest, readIamTokenReply } from '../../auth/iam-token';
import type { MockProvider } from '../mock-options';
import { openPanguMock, type PanguMockOptions } from './pangu-mock';

const corpus = smallCorpus();
const joke = corpus.prompts.get('en-joke-a')!.transcript;
const jokeText = [...corpus.replies.values()].find(({ utterance }) => utterance === 'en-joke')!.transcript;
const user = {
  user: 'earshot-user',
  password: 'earshot-password',
  domain: 'earshot-account',
  project: 'cn-southwest-2',
};
let nowUnixMs = Date.UTC(2026, 0, 1);
const opened: { close(): unknown }[] = [];

beforeEach(() => {
  nowUnixMs = Date.UTC(2026, 0, 1);
});
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

async function open(change: Partial<PanguMockOptions> = {}): Promise<MockProvider> {
  const mock = await openPanguMock({
    scenario,
    corpus,
    clock: systemClock,
    unixNowMs: () => nowUnixMs,
    ...change,
  });
  opened.push(mock);
  return mock;
}

const signIn = (mock: MockProvider, body: unknown = iamTokenRequest(user)): Promise<Response> =>
  fetch(new URL('/v3/auth/tokens?nocatalog=true', mock.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json;charset=utf8' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function tokenOf(mock: MockProvider): Promise<string> {
  const answer = await signIn(mock);
  return readIamTokenReply(answer.status, Object.fromEntries(answer.headers), await answer.json())!.token;
}

const chat = (mock: MockProvider, token: string | undefined, change: object = {}, path?: string) =>
  fetch(path === undefined ? mock.url : new URL(path, mock.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { 'x-auth-token': token }) },
    body: JSON.stringify({ messages: [{ role: 'user', content: joke }], stream: true, ...change }),
  });

const refusalIn = async (answer: Response): Promise<[number, string, string]> => {
  const { error_code: code, error_msg: message } = (await answer.json()) as Record<string, string>;
  return [answer.status, code!, message!];
};

describe('the identity service', () => {
  it('hands a token out in a header of several kB, for 24 hours', async () => {
    const answer = await signIn(await open());
    expect(answer.status).toBe(201);
    const token = answer.headers.get('x-subject-token')!;
    expect(token).toMatch(/^MII[A-Za-z0-9+/]{3069}$/);
    const body = (await answer.json()) as { readonly token: object };
    expect(body.token).toMatchObject({
      issued_at: '2026-01-01T00:00:00.000000Z',
      expires_at: '2026-01-02T00:00:00.000000Z',
      project: { name: 'cn-southwest-2' },
    });
    expect(body.token).not.toHaveProperty('catalog');
    expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(0);
  });

  it.each([
    ['another password', iamTokenRequest({ ...user, password: 'x' }), 401],
    ['another user', iamTokenRequest({ ...user, user: 'x' }), 401],
    [
      'keys in place of a user, as the survey article has it',
      iamTokenRequest({ ...user, user: 'AK', password: 'SK', domain: 'AK' }),
      401,
    ],
    ['another project', iamTokenRequest({ ...user, project: 'cn-north-1' }), 401],
    ['no user', { auth: { identity: { methods: ['password'] } } }, 400],
    ['no JSON', '{', 400],
  ])('refuses %s', async (_name, body, status) => {
    const mock = await open();
    const answer = await signIn(mock, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('x-subject-token')).toBeNull();
    expect(await answer.json()).toEqual({
      error: {
        message: expect.any(String),
        code: status,
        title: status === 401 ? 'Unauthorized' : 'Bad Request',
      },
    });
    expect([...mock.events]).toMatchObject([{ type: 'error', httpStatus: status }]);
    expect(JSON.stringify(mock.events)).not.toContain(user.password);
  });
});

describe('a chat of V1', () => {
  it('streams without a space, in `message`, the role alone first, and ends with [DONE]', async () => {
    const mock = await open({ scenario: { ...scenario, text: { ...scenario.text, charsPerToken: 1000 } } });
    const answer = await chat(mock, await tokenOf(mock));
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    const text = await answer.text();
    const id = /"id":"(chat-[0-9a-f]{32})"/.exec(text)![1]!;
    const head = `data:{"id":"${id}","object":"chat.completion.chunk","created":1767225600,"model":"pangu-nlp-n1-32k_earshot",`;
    const chunk = (finish: string, message: object, tokens: number): string =>
      `${head}"choices":[{"index":0,"logprobs":null,"finish_reason":${finish},"message":${JSON.stringify(message)}}],` +
      `"usage":{"prompt_tokens":1,"total_tokens":${1 + tokens},"completion_tokens":${tokens}}}\n\n`;
    expect(text).toBe(
      chunk('null', { role: 'assistant' }, 0) +
        chunk('null', { content: jokeText }, 1) +
        chunk('"stop"', { content: '' }, 1) +
        'data:[DONE]\n\n',
    );
  });

  it('comes whole with its Content-Length', async () => {
    const mock = await open();
    const token = await tokenOf(mock);
    const raw = await RawClient.open(mock.url);
    opened.push(raw);
    const body = JSON.stringify({ messages: [{ role: 'user', content: joke }] });
    raw.write(rawRequest(new URL(mock.url).pathname, body, { 'x-auth-token': token }));
    const { status, headers, body: answered } = await raw.answer();
    expect([status, headers['transfer-encoding']]).toEqual([200, undefined]);
    expect(JSON.parse(answered)).toMatchObject({
      choices: [{ message: { role: 'assistant', content: jokeText }, finish_reason: 'stop' }],
    });
  });

  it('stops at max_tokens', async () => {
    const mock = await open();
    const answer = await chat(mock, await tokenOf(mock), { stream: false, max_tokens: 2 });
    expect(await answer.json()).toMatchObject({
      choices: [{ message: { content: jokeText.slice(0, 8) }, finish_reason: 'length' }],
      usage: { completion_tokens: 2 },
    });
  });

  it('leaves its turn in the log', async () => {
    const mock = await open();
    await (await chat(mock, await tokenOf(mock))).text();
    expect(mock.events.map(({ type }) => type)).toEqual([
      'request',
      'heard',
      'first-token',
      'text-out',
      'response-done',
    ]);
    expect(mock.events.at(3)).toMatchObject({ text: jokeText });
  });
});

describe('a chat of V2', () => {
  it('streams as OpenAI does by default, and as told', async () => {
    const mock = await open();
    const v2 = '/api/v2/chat/completions';
    const text = await (await chat(mock, await tokenOf(mock), { model: 'pangu-x' }, v2)).text();
    expect(text).toMatch(/^data: \{.*"delta":\{"role":"assistant"\}/);
    expect(text).toMatch(/\n\ndata: \[DONE\]\n\n$/);
    const other = await open({ v2: { prefix: 'data:', increment: 'message', done: 'data:[DONE]' } });
    const changed = await (await chat(other, await tokenOf(other), { model: 'pangu-x' }, v2)).text();
    expect(changed).toMatch(/^data:\{.*"message":\{"role":"assistant"\}/);
  });

  it('wants the model named', async () => {
    const mock = await open();
    const answer = await chat(mock, await tokenOf(mock), {}, '/api/v2/chat/completions');
    expect((await refusalIn(answer))[1]).toBe('PANGU.3278');
  });
});

describe('a refusal', () => {
  it.each([
    ['no token', undefined, 'x-auth-token not found'],
    ['an empty one', '', 'x-auth-token not found'],
    ['None, which Python sends for a token that is not there', 'None', 'decrypt token fail'],
    ['one that nobody handed out', 'MIItest', 'decrypt token fail'],
  ])('of %s comes from the gateway', async (_name, token, why) => {
    const mock = await open();
    expect(await refusalIn(await chat(mock, token))).toEqual([
      401,
      'APIG.0301',
      `Incorrect IAM authentication information: ${why}`,
    ]);
  });

  it('of a token follows its end', async () => {
    const mock = await open({ tokenLifeMs: 60_000 });
    const token = await tokenOf(mock);
    nowUnixMs += 59_999;
    expect((await chat(mock, token)).status).toBe(200);
    nowUnixMs += 1;
    expect(await refusalIn(await chat(mock, token))).toEqual([
      401,
      'APIG.0301',
      'Incorrect IAM authentication information: token expires, expires_at:2026-01-01T00:01:00.000000Z',
    ]);
  });

  it('is not for who shows the code of an application', async () => {
    const mock = await open({ credentials: { appCode: 'app-code' } });
    const post = (code: string) =>
      fetch(mock.url, {
        method: 'POST',
        headers: { 'x-apig-appcode': code },
        body: JSON.stringify({ messages: [{ role: 'user', content: joke }] }),
      });
    expect((await post('app-code')).status).toBe(200);
    expect((await post('other')).status).toBe(401);
  });

  it('of paths tells apart what the gateway and what the service does not know', async () => {
    const mock = await open();
    const token = await tokenOf(mock);
    // What the survey article asks for.
    expect((await refusalIn(await chat(mock, token, {}, '/v1/chat/completions')))[1]).toBe('APIG.0101');
    const elsewhere = new URL(mock.url).pathname.replace(/deployments\/[^/]+/, 'deployments/other');
    expect((await refusalIn(await chat(mock, token, {}, elsewhere)))[1]).toBe('PANGU.3254');
    const byName = new URL(mock.url).pathname.replace(/^\/v1\/[^/]+/, '/v1/cn-southwest-2');
    expect((await refusalIn(await chat(mock, token, {}, byName)))[1]).toBe('PANGU.3254');
  });
});

describe('the fault', () => {
  it.each<[ProviderFault, string]>([
    ['bad-key', 'APIG.0301'],
    ['rate-limit', 'PANGU.3267'],
    ['too-long', 'PANGU.3318'],
  ])('%s is answered with %s, for one turn', async (fault, code) => {
    const mock = await open();
    const token = await tokenOf(mock);
    await mock.expectTurn({ turnId: 't1', fault });
    expect((await refusalIn(await chat(mock, token)))[1]).toBe(code);
    await mock.expectTurn({ turnId: 't2' });
    expect((await chat(mock, token)).status).toBe(200);
  });

  it('bad-key does not let anybody sign in either', async () => {
    expect((await signIn(await open({ faults: ['bad-key'] }))).status).toBe(401);
  });

  it('expired-credential ends the token that a board has, and lets it fetch another', async () => {
    const mock = await open();
    const token = await tokenOf(mock);
    await mock.expectTurn({ turnId: 't1', fault: 'expired-credential' });
    expect((await refusalIn(await chat(mock, token)))[2]).toContain('token expires, expires_at:2026-01-01');
    expect((await refusalIn(await chat(mock, token)))[2]).toContain('token expires');
    expect((await chat(mock, await tokenOf(mock))).status).toBe(200);
  });

  it('content-blocked ends the answer half-way', async () => {
    const mock = await open({ faults: ['content-blocked'] });
    const text = await (await chat(mock, await tokenOf(mock))).text();
    expect(text).toContain('"finish_reason":"content_filter"');
    expect(mock.events.at(-1)).toMatchObject({ type: 'response-done', status: 'incomplete' });
  });

  it.each([true, false])('mid-stream-death cuts the connection (stream: %s)', async (stream) => {
    const mock = await open({ faults: ['mid-stream-death'] });
    const answer = await chat(mock, await tokenOf(mock), { stream });
    await expect(answer.text()).rejects.toThrow();
  });

  it('wrong-framing swaps `message` and `delta`', async () => {
    const mock = await open({ faults: ['wrong-framing'] });
    const text = await (await chat(mock, await tokenOf(mock))).text();
    expect(text).toContain('"delta":{"role":"assistant"}');
    expect(text).not.toContain('"message"');
  });

  it('slow-first-token keeps even the role waiting', async () => {
    const clock = new ManualClock();
    const mock = await open({ clock, faults: ['slow-first-token'], slowFirstTokenMs: 30_000 });
    const answer = await chat(mock, await tokenOf(mock));
    expect(answer.status).toBe(200);
    clock.advance(29_999);
    expect(mock.events.map(({ type }) => type)).toEqual(['request', 'heard']);
    clock.advance(1);
    expect(await answer.text()).toContain('data:[DONE]');
  });
});
