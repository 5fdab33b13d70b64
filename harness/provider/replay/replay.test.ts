/** What a proxy has recorded, answered by the mock: bytes, times and events. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { ManualClock } from '../../board/__fixtures__/manual-clock';
import {
  systemClock,
  type Clock,
  type EventSequence,
  type ProviderEvent,
  type ProviderProtocol,
} from '../../ports';
import { RawClient, rawRequest } from '../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../__fixtures__/small-corpus';
import { signSparkUrl } from '../auth/spark-url';
import { openMock } from '../mock/open-mock';
import type { MockOptions, MockProvider } from '../mock/mock-options';
import { openProxy, type ProviderProxy } from '../proxy/open-proxy';
import { STAND_IN_TOKEN } from './recorded-answer';

const corpus = smallCorpus();
const joke = corpus.prompts.get('en-joke-a')!.transcript;
const light = corpus.prompts.get('en-light-on-a')!.transcript;
const opened: { close(): unknown }[] = [];
let folder: string;
let replayPath: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-replay-'));
  replayPath = join(folder, 'take.jsonl');
});
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
  rmSync(folder, { recursive: true });
});

const mocked = async (protocol: ProviderProtocol): Promise<MockProvider> => {
  const mock = await openMock(protocol, { scenario, corpus, clock: systemClock });
  opened.push(mock);
  return mock;
};
const proxyOf = async (
  protocol: ProviderProtocol,
  upstreamUrl: string,
  clock: Clock = systemClock,
): Promise<ProviderProxy> => {
  const proxy = await openProxy({ protocol, clock, upstreamUrl, cassettePath: replayPath });
  opened.push(proxy);
  return proxy;
};
const replayOf = async (
  protocol: ProviderProtocol,
  clock: Clock = systemClock,
  change: Partial<MockOptions> = {},
): Promise<MockProvider> => {
  const replay = await openMock(protocol, { scenario, corpus, clock, replayPath, ...change });
  opened.push(replay);
  return replay;
};

interface Got {
  readonly status: number | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly cut: boolean;
}

function ask(origin: string, path: string, body: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, origin.replace(/^ws/, 'http'));
    const call = httpRequest(url, { method: 'POST', agent: false, headers });
    call.on('error', reject);
    call.on('response', (response) => {
      const parts: Buffer[] = [];
      const settle = (cut: boolean): void =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          body: Buffer.concat(parts).toString('latin1'),
          cut,
        });
      response.on('data', (bytes: Buffer) => parts.push(bytes));
      response.once('end', () => settle(false));
      response.once('error', () => settle(true));
    });
    call.end(body);
  });
}

const key = { authorization: 'Bearer sk-board', 'content-type': 'application/json' };
const question = (content: string, stream = true): string =>
  JSON.stringify({ model: 'deepseek-chat', stream, messages: [{ role: 'user', content }] });
const told = ({ events }: { readonly events: EventSequence<ProviderEvent> }): object[] =>
  events.map((event) =>
    Object.fromEntries(
      Object.entries(event).filter(
        ([name]) => !['seq', 'hostAtMs', 'sessionId', 'responseId', 'callId'].includes(name),
      ),
    ),
  );
const settled = (
  provider: { readonly events: EventSequence<ProviderEvent> } & Pick<MockProvider, 'onEvent'>,
  count: number,
) =>
  new Promise<void>((resolve) => {
    const done = (): boolean =>
      provider.events.filter(({ type }) => type === 'response-done').length >= count;
    if (done()) resolve();
    else provider.onEvent(() => done() && resolve());
  });

it('answers chat requests with the recorded bytes, by what they ask and in their order, over and over', async () => {
  const proxy = await proxyOf('deepseek', (await mocked('deepseek')).url);
  const asked = [question(joke), question(light), question(joke, false), question(joke)] as const;
  const path = '/chat/completions';
  const recorded: Got[] = [];
  for (const body of asked) recorded.push(await ask(proxy.url, path, body, key));
  const refused = await ask(proxy.url, path, '{', key);
  expect([recorded.map(({ status }) => status), refused.status]).toEqual([[200, 200, 200, 200], 400]);
  await settled(proxy, asked.length);
  await proxy.close();

  const replay = await replayOf('deepseek');
  expect(new URL(replay.url).pathname).toBe(new URL(proxy.url).pathname);
  for (const round of [0, 1]) {
    // In another order: the first of the jokes stays the first.
    for (const index of [1, 0, 3, 2])
      expect(await ask(replay.url, path, asked[index]!, key)).toEqual(recorded[index]);
    expect(await ask(replay.url, path, '{', key)).toEqual(refused);
    await settled(replay, asked.length * (round + 1));
  }
  const withoutOrder = (events: readonly object[]): string[] =>
    events.map((event) => JSON.stringify(event)).sort();
  expect(withoutOrder(told(replay))).toEqual(withoutOrder([...told(proxy), ...told(proxy)]));
});

it('has no answer for a question that nobody recorded', async () => {
  const proxy = await proxyOf('deepseek', (await mocked('deepseek')).url);
  await ask(proxy.url, '/chat/completions', question(joke), key);
  await proxy.close();
  const replay = await replayOf('deepseek');
  for (const [path, body] of [
    ['/chat/completions', question(light)],
    ['/chat/completions', question(joke, false)],
    ['/v1/chat/completions', question(joke)],
  ] as const) {
    const got = await ask(replay.url, path, body, key);
    expect([got.status, got.body]).toEqual([404, expect.stringContaining(`no POST ${path} that asks this`)]);
  }
  expect(told(replay).filter((event) => 'code' in event)).toEqual(
    Array.from({ length: 3 }, () => expect.objectContaining({ code: 'no_take', httpStatus: 404 }) as object),
  );
});

/** A provider whose answers the test writes. */
async function stub(): Promise<{ readonly url: string; readonly next: () => Promise<ServerResponse> }> {
  const waiting: ServerResponse[] = [];
  const server = createServer((request, response) => {
    request.resume();
    waiting.push(response);
    server.emit('held');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: async () => {
      if (waiting.length === 0) await once(server, 'held');
      return waiting.shift()!;
    },
  };
}

const frame = (content: string, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content }, finish_reason: finish }] })}\n\n`;
const eventLoopTurns = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
};

describe('on a clock that stands still', () => {
  /** Records an answer in pieces, each at its time, and what comes after the last. */
  async function record(
    pieces: readonly (readonly [atMs: number, bytes: Buffer])[],
    finish: (response: ServerResponse) => void,
    endAtMs: number,
  ): Promise<void> {
    const clock = new ManualClock(5000);
    const { url, next } = await stub();
    const proxy = await proxyOf('deepseek', url, clock);
    const board = await RawClient.open(proxy.url);
    opened.push(board);
    board.write(rawRequest('/chat/completions', question('weather')));
    const response = await next();
    clock.advance(30);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.flushHeaders();
    await board.until((text) => text.includes('\r\n\r\n'));
    for (const [atMs, bytes] of pieces) {
      clock.advance(5000 + atMs - clock.nowMs());
      const before = board.received.length;
      response.write(bytes);
      await board.until(() => board.received.length >= before + bytes.length);
      await eventLoopTurns();
    }
    clock.advance(5000 + endAtMs - clock.nowMs());
    finish(response);
    await settled(proxy, 1);
    await proxy.close();
  }

  // Cut inside of a character, twice; and a byte order mark, which decoders like to drop.
  const sunny = Buffer.from(frame('今天晴'));
  const at = sunny.indexOf(Buffer.from('天'));
  const pieces = [
    [100, Buffer.from('\uFEFF: hello\n\n')],
    [250.5, sunny.subarray(0, at + 1)],
    [251, sunny.subarray(at + 1, at + 2)],
    [900, sunny.subarray(at + 2)],
  ] as const;

  it.each([
    ['complete', (response: ServerResponse) => response.end(`${frame('', 'stop')}data: [DONE]\n\n`)],
    ['cut', (response: ServerResponse) => response.destroy()],
  ])('plays every piece at its time: %s', async (how, finish) => {
    await record(pieces, finish, 1200);
    const clock = new ManualClock(70_000);
    const replay = await replayOf('deepseek', clock);
    const board = await RawClient.open(replay.url);
    opened.push(board);
    board.write(rawRequest('/chat/completions', question('weather')));
    while (!replay.events.some(({ type }) => type === 'request')) await new Promise(setImmediate);
    let expected = 0;
    /** What has come by then, of the body; nothing of it a moment before. */
    const comesAt = async (atMs: number, bytes: Buffer): Promise<void> => {
      const before = board.received.length;
      clock.advance(70_000 + atMs - 0.25 - clock.nowMs());
      await eventLoopTurns();
      expect(board.received.length).toBe(before);
      clock.advance(0.25);
      const chunk = Buffer.concat([
        Buffer.from(`${bytes.length.toString(16)}\r\n`),
        bytes,
        Buffer.from('\r\n'),
      ]);
      expected += chunk.length;
      await board.until(() => board.received.length >= before + chunk.length);
      expect(board.received.subarray(before, before + chunk.length).equals(chunk)).toBe(true);
      await eventLoopTurns();
    };
    clock.advance(29.75);
    await eventLoopTurns();
    expect(board.received.length).toBe(0);
    clock.advance(0.25);
    await board.until((text) => text.endsWith('\r\n\r\n'));
    for (const [atMs, bytes] of pieces) await comesAt(atMs, bytes);
    expect(expected).toBeGreaterThan(sunny.length);
    if (how === 'cut') {
      clock.advance(70_000 + 1200 - clock.nowMs());
      await board.closed;
      expect(told(replay).at(-2)).toMatchObject({ type: 'error', code: 'cut' });
    } else {
      await comesAt(1200, Buffer.from(`${frame('', 'stop')}data: [DONE]\n\n`));
      await board.until((text) => text.endsWith('0\r\n\r\n'));
      await settled(replay, 1);
      expect(told(replay).at(-2)).toMatchObject({ type: 'text-out', text: '今天晴' });
    }
    expect(replay.events.find(({ type }) => type === 'first-token')?.hostAtMs).toBe(70_900);
  });

  it('leaves off when the board goes', async () => {
    await record(pieces, (response) => response.end(), 1200);
    const clock = new ManualClock();
    const replay = await replayOf('deepseek', clock);
    const board = await RawClient.open(replay.url);
    board.write(rawRequest('/chat/completions', question('weather')));
    while (!replay.events.some(({ type }) => type === 'request')) await new Promise(setImmediate);
    board.close();
    await settled(replay, 1);
    expect(told(replay)).toMatchObject([{ type: 'request' }, { status: 'cancelled' }]);
  });
});

const head = (protocol: ProviderProtocol): object => ({
  schema: 'earshot/cassette@1',
  protocol,
  recordedAt: '2026-11-20T12:00:00.000Z',
});
const write = (...lines: readonly object[]): void =>
  writeFileSync(replayPath, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const signIn = '/v3/auth/tokens';

it('never sends what was masked', async () => {
  const take = (path: string, headers: object, body: object) => ({
    kind: 'http',
    request: { method: 'POST', path, headers: {}, body: { text: '' } },
    answer: { atMs: 0, status: 201, headers, body: [{ atMs: 0, ...body }] },
    end: { atMs: 0, how: 'complete' },
  });
  write(
    head('pangu'),
    take(signIn, { 'x-subject-token': '***', 'set-cookie': '***', 'x-a': 'b' }, { text: '{"token":{}}' }),
    take('/me', {}, { text: '{"secret":"***"}', masked: true }),
  );
  const replay = await replayOf('pangu');
  const { headers, body } = await ask(replay.url, signIn, '');
  expect([headers['x-subject-token'], headers['set-cookie'], headers['x-a'], body]).toEqual([
    STAND_IN_TOKEN,
    undefined,
    'b',
    '{"token":{}}',
  ]);
  const masked = await ask(replay.url, '/me', '');
  expect(masked.status).toBe(501);
  expect(masked.body).not.toContain('***');
  expect(told(replay)).toMatchObject([{ code: 'masked_take', httpStatus: 501 }]);
});

it.each([
  ['another protocol', 'spark', {}, 'was recorded of deepseek; the provider is to speak spark'],
  ['faults', 'deepseek', { faults: ['rate-limit'] }, 'A replay answers as it was recorded'],
  [
    'credentials that it cannot check',
    'hunyuan',
    { credentials: { secretId: 'a' } },
    'cannot check secretId',
  ],
] as const)('refuses %s', async (_, protocol, change, sentence) => {
  write(head(protocol === 'hunyuan' ? 'hunyuan' : 'deepseek'));
  await expect(replayOf(protocol, systemClock, change)).rejects.toThrow(sentence);
});

it('lets in who shows the key, and plays no fault', async () => {
  write(head('deepseek'));
  const replay = await replayOf('deepseek', systemClock, { credentials: { apiKey: 'sk-board' } });
  expect((await ask(replay.url, '/x', '', { authorization: 'Bearer sk-other' })).status).toBe(401);
  expect((await ask(replay.url, '/x', '', key)).status).toBe(404);
  await expect(replay.expectTurn({ turnId: 't', fault: 'rate-limit' })).rejects.toThrow(
    'the fault rate-limit',
  );
  await expect(replay.expectTurn({ turnId: 't' })).resolves.toBeUndefined();
});

describe('over WebSocket', () => {
  const keys = { apiKey: 'earshot-api-key', apiSecret: 'earshot-api-secret' };
  const spark = (content: string): string =>
    JSON.stringify({
      header: { app_id: 'earshot', uid: 'u' },
      parameter: { chat: { domain: 'generalv3' } },
      payload: { message: { text: [{ role: 'user', content }] } },
    });

  interface Conversation {
    readonly messages: readonly [string, boolean][];
    readonly code: number;
    readonly reason: string;
  }
  async function converse(url: string, content: string): Promise<Conversation> {
    const board = new WebSocket(signSparkUrl(url, keys, Date.now()));
    const messages: [string, boolean][] = [];
    board.on('message', (data: Buffer, isBinary) => messages.push([data.toString(), isBinary]));
    board.once('open', () => board.send(spark(content)));
    const [code, reason] = (await once(board, 'close')) as [number, Buffer];
    return { messages, code, reason: reason.toString() };
  }

  it('says what Spark has said, message by message, and closes as it did', async () => {
    const proxy = await proxyOf('spark', (await mocked('spark')).url);
    const recorded = [await converse(proxy.url, joke), await converse(proxy.url, light)] as const;
    await settled(proxy, 2);
    await proxy.close();
    expect(recorded[0].messages.length).toBeGreaterThan(1);
    const replay = await replayOf('spark', systemClock, { credentials: keys });
    expect(await converse(replay.url, light)).toEqual(recorded[1]);
    expect(await converse(replay.url, joke)).toEqual(recorded[0]);
    expect(told(replay)).toHaveLength(told(proxy).length);
    expect(told(replay)).toEqual(expect.arrayContaining(told(proxy)));
    expect(await converse(replay.url, 'never asked')).toMatchObject({
      messages: [],
      code: 1008,
      reason: expect.stringContaining('earshot replay: the cassette has no conversation') as string,
    });
    expect(told(replay)).toContainEqual(expect.objectContaining({ code: 'no_take' }));
  });

  const say = (atMs: number, from: 'board' | 'provider', text: string): object => ({ atMs, from, text });

  it("counts each message's time from the board's before it", async () => {
    write(head('spark'), {
      kind: 'socket',
      path: '/v3.1/chat',
      messages: [
        say(10, 'board', spark('hi')),
        say(60, 'provider', 'a'),
        say(90, 'provider', 'b'),
        say(100, 'board', 'more'),
        { ...say(140, 'provider', 'c'), binary: true },
      ],
      end: { atMs: 150, how: 'closed', by: 'provider', code: 4001, reason: 'enough' },
    });
    const clock = new ManualClock(1000);
    const replay = await replayOf('spark', clock);
    const board = new WebSocket(replay.url);
    const heard: string[] = [];
    board.on('message', (data: Buffer, isBinary) =>
      heard.push(`${data.toString()}${isBinary ? ' binary' : ''}`),
    );
    const hears = async (...expected: readonly string[]): Promise<void> => {
      while (heard.length < expected.length) await new Promise(setImmediate);
      await eventLoopTurns();
      expect(heard).toEqual(expected);
    };
    await once(board, 'open');
    // A board that is slower than the recorded one.
    clock.advance(500);
    board.send(spark('hi'));
    while (!replay.events.some(({ type }) => type === 'request')) await new Promise(setImmediate);
    clock.advance(49.5);
    await hears();
    clock.advance(0.5);
    await hears('a');
    clock.advance(30);
    await hears('a', 'b');
    clock.advance(1000);
    await hears('a', 'b');
    const pending = clock.pendingCount;
    board.send('more');
    // What waited for the board now waits for the next message's time.
    await eventLoopTurns();
    expect(clock.pendingCount).toBe(pending);
    clock.advance(40);
    await hears('a', 'b', 'c binary');
    const closed = once(board, 'close') as Promise<[number, Buffer]>;
    clock.advance(10);
    const [code, reason] = await closed;
    expect([code, reason.toString()]).toEqual([4001, 'enough']);
  });

  it('turns a board away as it was, and knows no other path', async () => {
    write(head('spark'), {
      kind: 'socket',
      path: '/v3.1/chat',
      messages: [],
      end: { atMs: 0, how: 'refused', status: 403, body: { text: '{"message":"clock"}' } },
    });
    const replay = await replayOf('spark');
    const refusalOf = async (url: string): Promise<[number | undefined, string]> => {
      const board = new WebSocket(url);
      const [, answer] = (await once(board, 'unexpected-response')) as [unknown, IncomingMessage];
      return [answer.statusCode, Buffer.concat(await answer.toArray()).toString()];
    };
    expect(await refusalOf(replay.url)).toEqual([403, '{"message":"clock"}']);
    expect(await refusalOf(replay.url.replace('v3.1', 'v9'))).toEqual([
      404,
      expect.stringContaining('no conversation on /v9/chat') as string,
    ]);
    expect(told(replay)).toMatchObject([
      { code: '403', httpStatus: 403 },
      { type: 'response-done', status: 'failed' },
      { code: 'no_take', httpStatus: 404 },
    ]);
  });
});

it('keeps the mask mark and the bytes of pieces that are no text', async () => {
  const { url, next } = await stub();
  const proxy = await openProxy({
    protocol: 'deepseek',
    clock: systemClock,
    upstreamUrl: url,
    cassettePath: replayPath,
    credentials: { apiKey: 'sk-of-the-bench' },
  });
  opened.push(proxy);
  const asking = ask(proxy.url, '/x', '');
  const response = await next();
  response.writeHead(200);
  response.end(Buffer.concat([Buffer.from('sk-of-the-bench'), Buffer.of(0xff)]));
  await asking;
  await proxy.close();
  const stored = readFileSync(replayPath, 'utf8');
  expect(stored).toContain(
    `{"base64":"${Buffer.from('***\xff', 'latin1').toString('base64')}","masked":true}`.replace('{', ''),
  );
  expect(stored).not.toContain(Buffer.from('sk-of-the-bench').toString('base64').slice(0, 16));
});
