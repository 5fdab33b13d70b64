/** What the wire shows, without a client library: framing, refusals inside 200, faults, and bytes that mean no good. */
import { ManualClock } from '../../../board/__fixtures__/manual-clock';
import { RawClient, rawRequest } from '../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { systemClock, type ProviderEvent, type ProviderFault } from '../../../ports';
import { signTc3 } from '../../auth/tc3';
import type { MockProvider } from '../mock-options';
import { openHunyuanMock, type HunyuanMockOptions } from './hunyuan-mock';

const corpus = smallCorpus();
const keys = { secretId: 'AKIDEARSHOT', secretKey: 'earshot-secret-key' };
const NOW_UNIX_MS = 1_700_000_000_000;
const joke = corpus.prompts.get('en-joke-a')!.transcript;
const opened: { close(): unknown }[] = [];

afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));

async function open(change: Partial<HunyuanMockOptions> = {}): Promise<MockProvider> {
  const unixNowMs = () => NOW_UNIX_MS;
  const mock = await openHunyuanMock({ scenario, corpus, clock: systemClock, unixNowMs, ...change });
  opened.push(mock);
  return mock;
}

interface Change {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timestamp?: number;
}

const asked = (stream: boolean, content = joke): string =>
  JSON.stringify({ Model: 'hunyuan-lite', Messages: [{ Role: 'user', Content: content }], Stream: stream });

function signed(
  url: string,
  { headers: changed = {}, body = asked(true), timestamp = NOW_UNIX_MS / 1000 }: Change,
) {
  const headers = { 'content-type': 'application/json', host: new URL(url).host };
  const authorization = signTc3(
    { method: 'POST', headers, signedHeaders: ['content-type', 'host'], body },
    keys,
    { timestamp, service: 'hunyuan' },
  );
  return {
    ...headers,
    'x-tc-action': 'ChatCompletions',
    'x-tc-version': '2023-09-01',
    'x-tc-timestamp': String(timestamp),
    authorization,
    ...changed,
  };
}

async function post(mock: MockProvider, change: Change = {}): Promise<Response> {
  const { body = asked(true) } = change;
  return fetch(mock.url, { method: 'POST', headers: signed(mock.url, change), body });
}

const errorIn = async (answer: Response): Promise<string> => {
  const { Response: inner } = (await answer.json()) as {
    Response: { Error: { Code: string }; RequestId: string };
  };
  expect(inner.RequestId).toMatch(/^[0-9a-f-]{36}$/);
  return inner.Error.Code;
};

const doneEvent = (mock: MockProvider): Promise<ProviderEvent> =>
  new Promise((resolve) => mock.onEvent((event) => event.type === 'response-done' && resolve(event)));

describe('a stream', () => {
  it('has the head that SDKs look for and ends without [DONE]', async () => {
    const mock = await open();
    const answer = await post(mock);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect(answer.headers.get('content-length')).toBeNull();
    const text = await answer.text();
    expect(text).not.toContain('[DONE]');
    const events = text.split('\n\n');
    expect(events.pop()).toBe('');
    const id = answer.headers.get('x-tc-requestid')!;
    for (const event of events)
      expect(event).toMatch(new RegExp(`^data: \\{"Note":.*"Created":1700000000,"Id":"${id}"`));
  });
});

describe('a whole answer', () => {
  it('has its Content-Length', async () => {
    const raw = await RawClient.open((await open()).url);
    opened.push(raw);
    const body = asked(false);
    const url = `http://${raw.socket.remoteAddress}:${raw.socket.remotePort}`;
    raw.write(rawRequest('/', body, signed(url, { body })));
    const { status, headers, body: answered } = await raw.answer();
    expect([status, headers['transfer-encoding']]).toEqual([200, undefined]);
    expect(JSON.parse(answered)).toMatchObject({ Response: { Choices: [{ FinishReason: 'stop' }] } });
  });

  it('is the same wherever the request is split', async () => {
    const mock = await open();
    const body = asked(false, '打开灯');
    const bytes = Buffer.from(rawRequest('/', body, signed(mock.url, { body })));
    const raw = await RawClient.open(mock.url);
    opened.push(raw);
    for (let cut = 1; cut < bytes.length; cut += 31) {
      raw.write(bytes.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      raw.write(bytes.subarray(cut));
      expect(JSON.parse((await raw.answer()).body)).toMatchObject({ Response: { Choices: [{}] } });
    }
  });
});

describe('a refusal', () => {
  it.each([
    ['an unsigned request', { headers: { authorization: '' } }, 'MissingParameter'],
    [
      'the scheme of the survey article',
      { headers: { authorization: 'TC3-HMAC-SHA256 Source=x, Signature=y' } },
      'AuthFailure.InvalidAuthorization',
    ],
    ['an old clock', { timestamp: 1_699_999_000 }, 'AuthFailure.SignatureExpire'],
    ['a board in 1970', { timestamp: 12 }, 'AuthFailure.SignatureExpire'],
    [
      'another content type than the signed one',
      { headers: { 'content-type': 'text/plain' } },
      'AuthFailure.SignatureFailure',
    ],
    ['no action', { headers: { 'x-tc-action': '' } }, 'InvalidAction'],
    ['another action', { headers: { 'x-tc-action': 'ChatPro' } }, 'InvalidAction'],
    ['another version', { headers: { 'x-tc-version': '2017-03-12' } }, 'NoSuchVersion'],
    ['a body that is none', { body: '{' }, 'InvalidParameter'],
    ['another model', { body: asked(true).replace('hunyuan-lite', 'gpt-4o') }, 'InvalidParameterValue.Model'],
  ])('of %s is a 200 that is no stream', async (_name, change: Change, code) => {
    const mock = await open();
    const answer = await post(mock, change);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await errorIn(answer)).toBe(code);
    expect(mock.events.filter(({ type }) => type === 'error')).toMatchObject([{ code, httpStatus: 200 }]);
    expect(JSON.stringify(mock.events)).not.toContain(keys.secretKey);
  });

  it('of a wrong clock tells the bench how wrong it is', async () => {
    const mock = await open();
    await post(mock, { timestamp: NOW_UNIX_MS / 1000 - 412 });
    const error = mock.events.find(({ type }) => type === 'error');
    expect(error).toMatchObject({ message: expect.stringContaining('412 s behind') });
  });

  it('of another path or method keeps its shape', async () => {
    const mock = await open();
    expect(await errorIn(await fetch(`${mock.url}v3/chat`, { method: 'POST' }))).toBe('InvalidParameter');
    expect(await errorIn(await fetch(mock.url))).toBe('InvalidParameter');
  });
});

describe('the fault', () => {
  it.each<[ProviderFault, string]>([
    ['bad-key', 'AuthFailure.SecretIdNotFound'],
    ['clock-skew', 'AuthFailure.SignatureExpire'],
    ['expired-credential', 'AuthFailure.TokenFailure'],
    ['rate-limit', 'RequestLimitExceeded'],
    ['too-long', 'InvalidParameter'],
  ])('%s is answered with %s, for one turn', async (fault, code) => {
    const mock = await open();
    await mock.expectTurn({ turnId: 't1', fault });
    expect(await errorIn(await post(mock))).toBe(code);
    await mock.expectTurn({ turnId: 't2' });
    expect(await (await post(mock)).text()).toContain('"FinishReason":"stop"');
  });

  it.each([true, false])(
    'content-blocked ends the answer half-way as sensitive (stream: %s)',
    async (stream) => {
      const mock = await open({ faults: ['content-blocked'] });
      const text = await (await post(mock, { body: asked(stream) })).text();
      expect(text).toContain('"FinishReason":"sensitive"');
      expect(mock.events.at(-1)).toMatchObject({ type: 'response-done', status: 'incomplete' });
    },
  );

  it.each([true, false])('mid-stream-death cuts the connection (stream: %s)', async (stream) => {
    const mock = await open({ faults: ['mid-stream-death'] });
    const done = doneEvent(mock);
    const answer = await post(mock, { body: asked(stream) });
    await expect(answer.text()).rejects.toThrow();
    expect(await done).toMatchObject({ status: 'failed' });
  });

  it('mid-stream-death can be told in an event instead', async () => {
    const mock = await open({ faults: ['mid-stream-death'], death: 'error-event' });
    const text = await (await post(mock)).text();
    expect(text).toMatch(/"ErrorMsg":\{"Msg":"[^"]+","Code":4001\}\}\n\n$/);
    expect(text).not.toContain('"FinishReason":"stop"');
  });

  it('wrong-framing gives a stream the content type of a body', async () => {
    const answer = await post(await open({ faults: ['wrong-framing'] }));
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await answer.text()).toMatch(/^data: /);
  });

  it('slow-first-token keeps the head waiting for nothing but the first token', async () => {
    const clock = new ManualClock();
    const mock = await open({ clock, faults: ['slow-first-token'], slowFirstTokenMs: 30_000 });
    const answer = await post(mock);
    clock.advance(29_999);
    expect(mock.events.map(({ type }) => type)).toEqual(['request', 'heard']);
    clock.advance(1);
    expect(await answer.text()).toContain('"FinishReason":"stop"');
    expect(mock.events.find(({ type }) => type === 'first-token')).toMatchObject({ hostAtMs: 30_000 });
  });
});

describe('thought', () => {
  it('comes before the answer and is no part of it', async () => {
    const text = { ...scenario.text, reasoning: 'Hmm, a joke.' };
    const mock = await open({ scenario: { ...scenario, text } });
    const events = (await (await post(mock)).text()).split('\n\n').filter((event) => event !== '');
    expect(events[0]).toContain('"Delta":{"Role":"assistant","Content":"","ReasoningContent":"Hmm,"}');
    expect(mock.events.filter(({ type }) => type === 'first-token')).toMatchObject([
      { kind: 'reasoning' },
      { kind: 'answer' },
    ]);
  });
});
