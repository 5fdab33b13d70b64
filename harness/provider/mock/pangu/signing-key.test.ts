/** Requests that are signed with an access key in place of a token. */
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { systemClock } from '../../../ports';
import { sdkDate, signSdkHmac } from '../../auth/sdk-hmac';
import type { MockProvider } from '../mock-options';
import { iamTokenRequest } from '../../auth/iam-token';
import { openPanguMock, type PanguMockOptions } from './pangu-mock';

const corpus = smallCorpus();
const joke = corpus.prompts.get('en-joke-a')!.transcript;
const jokeText = [...corpus.replies.values()].find(({ utterance }) => utterance === 'en-joke')!.transcript;
const keys = { accessKey: 'AKEARSHOT', secretKey: 'sk-of-the-bench' };
const START_UNIX_MS = Date.UTC(2026, 0, 1);
let nowUnixMs = START_UNIX_MS;
const opened: MockProvider[] = [];

beforeEach(() => {
  nowUnixMs = START_UNIX_MS;
});
afterEach(() => Promise.all(opened.splice(0).map((mock) => mock.close())));

async function open(change: Partial<PanguMockOptions> = {}): Promise<MockProvider> {
  const unixNowMs = () => nowUnixMs;
  const options = { scenario, corpus, clock: systemClock, unixNowMs, credentials: keys, ...change };
  const mock = await openPanguMock(options);
  opened.push(mock);
  return mock;
}

interface Change {
  readonly path?: string;
  readonly signedWith?: typeof keys;
  /** Sent in place of what was signed. */
  readonly body?: string;
}

async function ask(mock: MockProvider, { path, signedWith = keys, body }: Change = {}) {
  const url = path === undefined ? new URL(mock.url) : new URL(path, mock.url);
  const signedBody = JSON.stringify({ model: 'pangu-x', messages: [{ role: 'user', content: joke }] });
  const headers = {
    'content-type': 'application/json',
    host: url.host,
    'x-sdk-date': sdkDate(nowUnixMs),
  };
  const signedHeaders = Object.keys(headers).sort();
  const request = { method: 'POST', path: url.pathname, headers, signedHeaders, body: signedBody };
  const authorization = signSdkHmac(request, signedWith);
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, authorization },
    body: body ?? signedBody,
  });
  const read = (await answer.json()) as {
    readonly error_code?: string;
    readonly error_msg?: string;
    readonly choices?: readonly [{ readonly message: { readonly content: string } }];
  };
  return { status: answer.status, ...read };
}

const IAM = 'Incorrect IAM authentication information: ';

it.each([
  ['V1', undefined],
  ['V2', '/api/v2/chat/completions'],
])('lets in who signs with the key that was named, without a sign-in: %s', async (_, path) => {
  const mock = await open();
  expect(mock.credentials).toEqual(keys);
  const { choices } = await ask(mock, path === undefined ? {} : { path });
  expect(choices?.[0].message.content).toBe(jokeText);
});

it('refuses another secret, another key and a changed body, and logs what was to be signed', async () => {
  const mock = await open();
  const refused = { status: 401, error_code: 'APIG.0301' };
  await expect(ask(mock, { signedWith: { ...keys, secretKey: 'other' } })).resolves.toMatchObject({
    ...refused,
    error_msg: `${IAM}verify aksk signature fail`,
  });
  await expect(ask(mock, { signedWith: { ...keys, accessKey: 'AKOTHER' } })).resolves.toMatchObject({
    ...refused,
    error_msg: `${IAM}Get secretKey failed`,
  });
  await expect(ask(mock, { body: '{}' })).resolves.toMatchObject(refused);
  const errors = mock.events.filter(({ type }) => type === 'error');
  expect(errors[0]).toMatchObject({ message: expect.stringContaining('canonical request "POST') as string });
  expect(JSON.stringify(mock.events)).not.toContain(keys.secretKey);
});

it('locks a key for five minutes after five wrong signatures in a row', async () => {
  const mock = await open();
  const wrong = { signedWith: { ...keys, secretKey: 'other' } };
  for (let count = 0; count < 4; count += 1) await ask(mock, wrong);
  await expect(ask(mock)).resolves.toMatchObject({ status: 200 });
  for (let count = 0; count < 5; count += 1) await ask(mock, wrong);
  await expect(ask(mock)).resolves.toMatchObject({
    status: 401,
    error_msg: `${IAM}AK access failed to reach the limit,forbidden.`,
  });
  nowUnixMs += 300_000;
  await expect(ask(mock)).resolves.toMatchObject({ status: 200 });
});

it('refuses a date that is off, by its fault too, and locks nothing for that', async () => {
  const mock = await open({ maxSkewMs: 60_000 });
  await mock.expectTurn({ turnId: 't1', fault: 'clock-skew' });
  for (let count = 0; count < 6; count += 1)
    await expect(ask(mock)).resolves.toMatchObject({ error_msg: `${IAM}signature expired` });
  await mock.expectTurn({ turnId: 't2' });
  await expect(ask(mock)).resolves.toMatchObject({ status: 200 });
});

const signIn = ({ url }: MockProvider): Promise<Response> => {
  const user = { user: 'earshot-user', password: 'earshot-password', domain: 'earshot-account' };
  const body = JSON.stringify(iamTokenRequest({ ...user, project: 'cn-southwest-2' }));
  return fetch(new URL('/v3/auth/tokens', url), { method: 'POST', body });
};

it('lets nobody sign in as the user that everybody knows, where a key is named and no user', async () => {
  await expect(signIn(await open())).resolves.toMatchObject({ status: 401 });
  await expect(signIn(await open({ credentials: { ...keys, user: 'earshot-user' } }))).resolves.toMatchObject(
    {
      status: 201,
    },
  );
});

it('takes no signature where no key is named', async () => {
  const mock = await open({ credentials: {} });
  for (const signedWith of [keys, { accessKey: 'x', secretKey: '' }])
    await expect(ask(mock, { signedWith })).resolves.toMatchObject({ status: 401 });
  await expect(signIn(mock)).resolves.toMatchObject({ status: 201 });
});
