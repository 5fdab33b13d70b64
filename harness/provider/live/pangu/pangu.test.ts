import { systemClock } from '../../../ports';
import {
  answers,
  streams,
  stubService,
  type StubAnswer,
  type StubService,
} from '../../__fixtures__/stub-service';
import { verifySdkHmac } from '../../auth/verify-sdk-hmac';
import { openLiveClient } from '../open-live-client';

let service: StubService | undefined;
afterEach(async () => {
  await service?.close();
});

const user = { user: 'bench', password: 'correct horse', domain: 'acme', project: 'cn-southwest-2' };
const path = '/v1/p/deployments/d/chat/completions';
let nowMs = 1_700_000_000_000;

/** A service whose tokens are `MII-1`, `MII-2` and so on. */
async function client(chat: StubAnswer, signIn?: StubAnswer) {
  let tokens = 0;
  const hand: StubAnswer = (response, request, nth) => {
    tokens += 1;
    const expires_at = new Date(nowMs + 3_600_000).toISOString();
    answers(201, { token: { expires_at } }, { 'x-subject-token': `MII-${tokens}` })(response, request, nth);
  };
  service = await stubService((response, request, nth) =>
    (request.path.startsWith('/v3/auth/tokens') ? (signIn ?? hand) : chat)(response, request, nth),
  );
  return openLiveClient('pangu', {
    url: `${service.url}${path}`,
    credentials: user,
    clock: systemClock,
    unixNowMs: () => nowMs,
    limits: { attempts: 1 },
  });
}

const frame = (message: object, finish: string | null = null): string =>
  `data:${JSON.stringify({ choices: [{ index: 0, finish_reason: finish, message }], usage: { prompt_tokens: 4, total_tokens: 6, completion_tokens: 2 } })}\n\n`;
const hello = streams(
  `${frame({ role: 'assistant' })}${frame({ content: '你' })}${frame({ content: '好' })}${frame({ content: '' }, 'stop')}data:[DONE]\n\n`,
);
const question = { text: 'Hi', stream: true };
const paths = (): (string | undefined)[] =>
  service?.requests.map((request) => request.path.split('?')[0]) ?? [];

it('signs in once and asks with the token until it ends', async () => {
  const asked = await client(hello);
  await expect(asked.ask(question)).resolves.toMatchObject({ text: '你好', usage: { answerTokens: 2 } });
  await asked.ask(question);
  expect(paths()).toEqual(['/v3/auth/tokens', path, path]);
  nowMs += 3_600_000;
  await asked.ask(question);
  expect(paths().slice(3)).toEqual(['/v3/auth/tokens', path]);
  const [signIn, chat] = service?.requests ?? [];
  expect(signIn?.json).toMatchObject({
    auth: { identity: { methods: ['password'] }, scope: { project: { name: 'cn-southwest-2' } } },
  });
  expect(chat?.headers).toMatchObject({ 'x-auth-token': 'MII-1' });
});

it('signs in once for questions that are asked at the same time', async () => {
  const asked = await client(hello);
  await Promise.all([asked.ask(question), asked.ask(question), asked.ask(question)]);
  expect(paths().filter((seen) => seen === '/v3/auth/tokens')).toHaveLength(1);
});

it('signs in again when the token is refused, and once only', async () => {
  const expired = answers(401, { error_code: 'APIG.0301', error_msg: 'token expires' });
  let asked = await client((response, request, nth) =>
    (request.headers['x-auth-token'] === 'MII-1' ? expired : hello)(response, request, nth),
  );
  await expect(asked.ask(question)).resolves.toMatchObject({ text: '你好' });
  await service?.close();
  asked = await client(expired);
  await expect(asked.ask(question)).rejects.toMatchObject({
    code: 'HIL_PROVIDER_KEY_REJECTED',
    facts: { providerCode: 'APIG.0301' },
  });
  expect(paths()).toHaveLength(4);
});

it.each<[string, StubAnswer, string]>([
  [
    'a wrong password',
    answers(401, { error: { message: 'wrong password correct horse', code: 401, title: 'Unauthorized' } }),
    'HIL_PROVIDER_KEY_REJECTED',
  ],
  [
    '200 in place of 201',
    answers(200, { token: {} }, { 'x-subject-token': 'MII' }),
    'HIL_PROVIDER_MALFORMED',
  ],
  ['no token', answers(201, { token: {} }), 'HIL_PROVIDER_MALFORMED'],
])('does not ask without a token: %s', async (_, signIn, code) => {
  const asked = await client(hello, signIn);
  const failed = asked.ask(question);
  await expect(failed).rejects.toMatchObject({ code });
  expect(String(await failed.catch((error: unknown) => error))).not.toContain(user.password);
  expect(paths()).toEqual(['/v3/auth/tokens']);
});

it.each<[string, StubAnswer, string, string | undefined]>([
  [
    'a deployment that is not there',
    answers(404, { error_code: 'PANGU.3254', error_msg: 'not found' }),
    'HIL_PROVIDER_REFUSED',
    'PANGU.3254',
  ],
  [
    'a limit',
    answers(429, { error_code: 'PANGU.3267', error_msg: 'QPS' }),
    'HIL_PROVIDER_LIMITED',
    'PANGU.3267',
  ],
  [
    'an error inside 200',
    answers(200, { error_code: 'PANGU.3317', error_msg: 'max tokens' }),
    'HIL_PROVIDER_REFUSED',
    'PANGU.3317',
  ],
  ['a stream without an end', streams(frame({ content: 'H' })), 'HIL_PROVIDER_CUT', undefined],
])('tells of %s', async (_, answer, code, providerCode) => {
  await expect((await client(answer)).ask(question)).rejects.toMatchObject({
    code,
    ...(providerCode !== undefined && { facts: { providerCode } }),
  });
});

it('signs each request with an access key where nobody can sign in', async () => {
  const keys = { accessKey: 'AKEXAMPLE', secretKey: 'sk-example' };
  const asking = async (credentials: Readonly<Record<string, string>>) => {
    service = await stubService(hello);
    return openLiveClient('pangu', {
      url: `${service.url}${path}?a=1`,
      credentials,
      clock: systemClock,
      unixNowMs: () => nowMs,
      limits: { attempts: 1 },
    });
  };
  const asked = await asking({ ...keys, user: 'bench' });
  await expect(asked.ask(question)).resolves.toMatchObject({ text: '你好' });
  const [seen, ...more] = service?.requests ?? [];
  expect(more).toEqual([]);
  const { pathname, searchParams } = new URL(seen?.path ?? '', 'http://x');
  const request = { method: 'POST', path: pathname, query: searchParams, headers: seen!.headers };
  expect(verifySdkHmac({ ...request, body: seen!.text }, { keys, unixNowMs: nowMs })).toBeUndefined();
  expect(seen?.headers).not.toHaveProperty('x-auth-token');
});
