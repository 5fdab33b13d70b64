import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { systemClock, type ProviderEvent } from '../../ports';
import type { Take } from './cassette';
import { openProxy, type ProviderProxy, type ProxyOptions } from './open-proxy';

let upstream: Server;
let proxy: ProviderProxy;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-proxy-'));
});
afterEach(async () => {
  await proxy.close();
  upstream.closeAllConnections();
  upstream.close();
  rmSync(folder, { recursive: true });
});

const cassettePath = (): string => join(folder, 'take.jsonl');

async function open(listener: RequestListener, over: Partial<ProxyOptions> = {}): Promise<void> {
  upstream = createServer(listener).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const upstreamUrl = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
  proxy = await openProxy({ protocol: 'deepseek', clock: systemClock, upstreamUrl, ...over });
}

interface Got {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
  readonly cut: boolean;
}

/** Asks as a board does. */
function ask(body: string, headers: Record<string, string> = {}): Promise<Got> {
  return new Promise((resolve, reject) => {
    const call = httpRequest(`${proxy.url}/chat/completions?x=1`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'X-Board': 'S3', ...headers },
      agent: false,
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const parts: Buffer[] = [];
      const settle = (cut: boolean): void =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(parts),
          cut,
        });
      response.on('data', (bytes: Buffer) => parts.push(bytes));
      response.once('end', () => settle(false));
      response.once('error', () => settle(true));
    });
    call.end(body);
  });
}

const question = JSON.stringify({
  model: 'deepseek-chat',
  stream: true,
  messages: [
    { role: 'system', content: 'short' },
    { role: 'user', content: '天气怎么样?' },
  ],
});
const frame = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const answerBytes = Buffer.from(
  `: keep-alive\n\n${frame({ role: 'assistant', content: '' })}${frame({ content: '今天' })}${frame({ content: '晴' })}${frame({}, 'stop')}data: [DONE]\n\n`,
);

/** Events without place and time. */
const told = (): object[] =>
  proxy.events.map((event) =>
    Object.fromEntries(
      Object.entries(event).filter(([key]) => !['seq', 'hostAtMs', 'sessionId'].includes(key)),
    ),
  );
const eventOf = (type: ProviderEvent['type']): Promise<ProviderEvent> => {
  const known = proxy.events.find((event) => event.type === type);
  if (known !== undefined) return Promise.resolve(known);
  return new Promise((resolve) => {
    const cancel = proxy.onEvent((event) => {
      if (event.type !== type) return;
      cancel();
      resolve(event);
    });
  });
};

it('hands a streamed exchange on byte for byte, and logs what a mock would have logged', async () => {
  let asked: { headers: IncomingMessage['headers']; body: string; url: string | undefined } | undefined;
  await open(
    (request, response) => {
      void request.toArray().then((parts: Buffer[]) => {
        asked = { headers: request.headers, url: request.url, body: Buffer.concat(parts).toString() };
        response.writeHead(200, 'Fine', { 'content-type': 'text/event-stream', 'X-Trace': 'Abc' });
        // One byte at a time: characters and frames are cut anywhere.
        for (const byte of answerBytes) response.write(Buffer.of(byte));
        response.end();
      });
    },
    { credentials: { apiKey: 'sk-of-the-bench' } },
  );
  const got = await ask(question, { authorization: 'Bearer sk-of-the-board', 'accept-encoding': 'gzip' });
  expect(got.status).toBe(200);
  expect(got.body.equals(answerBytes)).toBe(true);
  expect(got.headers).toMatchObject({ 'content-type': 'text/event-stream', 'x-trace': 'Abc' });
  expect(asked?.body).toBe(question);
  expect(asked?.url).toBe('/chat/completions?x=1');
  expect(asked?.headers).toMatchObject({
    host: `127.0.0.1:${(upstream.address() as AddressInfo).port}`,
    authorization: 'Bearer sk-of-the-bench',
    'accept-encoding': 'identity',
    'x-board': 'S3',
  });
  await eventOf('response-done');
  expect(told()).toEqual([
    { type: 'request', responseId: 'live_1', prompt: '天气怎么样?', model: 'deepseek-chat', stream: true },
    { type: 'first-token', responseId: 'live_1', kind: 'answer' },
    { type: 'text-out', responseId: 'live_1', text: '今天晴', tokens: -1 },
    { type: 'response-done', responseId: 'live_1', status: 'completed' },
  ]);
});

it("hands the board's own key on where the bench has none", async () => {
  let authorization: string | undefined;
  await open((request, response) => {
    ({ authorization } = request.headers);
    request.resume();
    response.end('{}');
  });
  await ask(question, { authorization: 'Bearer sk-of-the-board' });
  expect(authorization).toBe('Bearer sk-of-the-board');
});

it('hands an error on as it is, with its length, and logs it', async () => {
  const body = '"Invalid token"';
  await open(
    (request, response) => {
      request.resume();
      response.writeHead(401, { 'content-type': 'application/json', 'content-length': body.length });
      response.end(body);
    },
    { protocol: 'siliconflow' },
  );
  const got = await ask(question);
  expect([got.status, got.body.toString(), got.headers['content-length']]).toEqual([401, body, '15']);
  expect(await eventOf('error')).toMatchObject({ httpStatus: 401, responseId: 'live_1' });
  expect(await eventOf('response-done')).toMatchObject({ status: 'failed' });
});

it('makes a cut of the provider a cut for the board', async () => {
  await open((request, response) => {
    request.resume();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(answerBytes.subarray(0, 150), () => response.destroy());
  });
  const got = await ask(question);
  expect(got.cut).toBe(true);
  expect(got.body.equals(answerBytes.subarray(0, 150))).toBe(true);
  expect(await eventOf('error')).toMatchObject({ code: 'cut' });
});

it('ends the call to the provider when the board goes', async () => {
  const gone = new Promise<void>((resolve) => {
    void open((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: ');
      response.once('close', resolve);
    }).then(() => {
      const call = httpRequest(`${proxy.url}/chat/completions`, { method: 'POST', agent: false });
      call.on('response', () => call.destroy());
      call.on('error', () => undefined);
      call.end(question);
    });
  });
  await gone;
  expect(await eventOf('response-done')).toMatchObject({ status: 'cancelled' });
  expect(proxy.events.map(({ type }) => type)).not.toContain('error');
});

it('says that the provider cannot be reached', async () => {
  await open((_request, response) => response.end());
  await proxy.close();
  const { port } = upstream.address() as AddressInfo;
  upstream.close();
  await once(upstream, 'close');
  proxy = await openProxy({
    protocol: 'deepseek',
    clock: systemClock,
    upstreamUrl: `http://127.0.0.1:${port}`,
  });
  const got = await ask(question);
  expect(got.status).toBe(502);
  expect(await eventOf('error')).toMatchObject({ code: 'unreachable' });
});

it('records a take with the times of its pieces and without a secret', async () => {
  await open(
    (request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream', 'set-cookie': 'session=hush-hush' });
      response.end(answerBytes);
    },
    { credentials: { apiKey: 'sk-of-the-bench' }, cassettePath: cassettePath() },
  );
  await ask(question.replace('short', 'my key is sk-of-the-bench'), {
    authorization: 'Bearer sk-of-the-board',
    'x-apig-appcode': 'code-of-the-board',
  });
  await proxy.close();
  const stored = readFileSync(cassettePath(), 'utf8');
  const [head, take] = stored
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(head).toMatchObject({ schema: 'earshot/cassette@1', protocol: 'deepseek' });
  expect(take).toMatchObject({
    kind: 'http',
    request: {
      method: 'POST',
      path: '/chat/completions',
      headers: { authorization: '***', 'x-board': 'S3' },
    },
    answer: { status: 200, headers: { 'set-cookie': '***' } },
    end: { how: 'complete' },
  });
  const { answer } = take as Extract<Take, { kind: 'http' }>;
  expect(answer?.body.map((piece) => ('text' in piece ? piece.text : '')).join('')).toBe(
    answerBytes.toString(),
  );
  expect(answer?.body.every(({ atMs }) => atMs >= answer.atMs)).toBe(true);
  for (const secret of ['sk-of-the-bench', 'sk-of-the-board', 'code-of-the-board', 'hush-hush'])
    expect(stored).not.toContain(secret);
});

it('has a URL of its own on an address of IPv6 too', async () => {
  await open((_request, response) => response.end('{}'), { host: '::1' });
  expect(new URL(proxy.url).hostname).toBe('[::1]');
  expect((await ask(question)).status).toBe(200);
});

it.each<[string, Partial<ProxyOptions>]>([
  ['nobody', {}],
  ['nobody, with keys to spend', { credentials: { apiKey: 'sk-of-the-bench' } }],
  ['an empty key', { admits: { apiKey: '' } }],
])('does not let the network in that is to show a key of %s', async (_, over) => {
  await open((_request, response) => response.end());
  const options = { protocol: 'deepseek', clock: systemClock, host: '0.0.0.0', ...over } as const;
  await expect(openProxy(options)).rejects.toMatchObject({ code: 'HIL_PROVIDER_OPEN_TO_ALL' });
});

it('lets boards of the network in by the token of the bench, and spends its key for them alone', async () => {
  const shown: (string | undefined)[] = [];
  await open(
    (request, response) => {
      shown.push(request.headers.authorization);
      request.resume();
      response.end('{}');
    },
    { host: '0.0.0.0', admits: { apiKey: 'bench-token' }, credentials: { apiKey: 'sk-of-the-bench' } },
  );
  expect(proxy.credentials).toEqual({ apiKey: 'bench-token' });
  for (const headers of [{}, { authorization: 'Bearer sk-of-the-bench' }]) {
    const got = await ask(question, headers);
    expect([got.status, got.body.toString()]).toEqual([401, expect.stringContaining('not_admitted')]);
  }
  expect((await ask(question, { authorization: 'Bearer bench-token' })).status).toBe(200);
  expect(shown).toEqual(['Bearer sk-of-the-bench']);
  expect(JSON.stringify(told())).toContain('the key that was shown is not the one that is let in');
  expect(JSON.stringify(told())).not.toMatch(/bench-token|sk-of/);
});

describe('over WebSocket', () => {
  /** A provider that repeats what it is told and closes as it is told. */
  async function openSockets(over: Partial<ProxyOptions> = {}): Promise<void> {
    await open((_request, response) => response.writeHead(426).end('upgrade'), {
      protocol: 'openai-realtime',
      ...over,
    });
    const sockets = new WebSocketServer({ noServer: true });
    upstream.on('upgrade', (request: IncomingMessage, socket, head) => {
      if (request.url?.includes('refuse') === true) {
        socket.end('HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\nno use');
        return;
      }
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        accepted.send(JSON.stringify(request.headers));
        accepted.on('message', (data: Buffer, isBinary) => {
          if (data.toString() === 'close') accepted.close(4001, 'enough');
          else accepted.send(data, { binary: isBinary });
        });
        accepted.on('close', (code, reason) => {
          closings.push([code, reason.toString()]);
          sawClose();
        });
      });
    });
  }
  const closings: [number, string][] = [];
  let sawClose: () => void;
  let providerSawClose: Promise<void>;
  beforeEach(() => {
    closings.length = 0;
    providerSawClose = new Promise((resolve) => {
      sawClose = resolve;
    });
  });

  const messageOf = async (socket: WebSocket): Promise<[string, boolean]> => {
    const [data, isBinary] = (await once(socket, 'message')) as [Buffer, boolean];
    return [data.toString(), isBinary];
  };

  it('hands messages on with their kind, order and close code', async () => {
    await openSockets({ credentials: { apiKey: 'sk-of-the-bench' } });
    const board = new WebSocket(proxy.url, 'realtime', {
      headers: { authorization: 'Bearer sk-of-the-board', 'OpenAI-Safety-Identifier': 'b1' },
    });
    const [headers] = await messageOf(board);
    expect(JSON.parse(headers)).toMatchObject({
      authorization: 'Bearer sk-of-the-bench',
      'openai-safety-identifier': 'b1',
      'sec-websocket-protocol': 'realtime',
    });
    expect(board.protocol).toBe('realtime');
    expect(board.extensions).toBe('');
    for (const [text, binary] of [
      ['{"type":"x"}', false],
      ['\u0000ÿ', true],
      ['', false],
    ] as const) {
      board.send(Buffer.from(text), { binary });
      expect(await messageOf(board)).toEqual([text, binary]);
    }
    board.send('close');
    const [code, reason] = (await once(board, 'close')) as [number, Buffer];
    expect([code, reason.toString()]).toEqual([4001, 'enough']);
  });

  it("hands the board's close code to the provider", async () => {
    await openSockets();
    const board = new WebSocket(proxy.url);
    await messageOf(board);
    board.close(4002, 'done here');
    await providerSawClose;
    expect(closings).toEqual([[4002, 'done here']]);
  });

  it('reads a board no further than the provider takes, and goes on with it', async () => {
    const sizes: number[] = [];
    await open((_request, response) => response.end(), { protocol: 'openai-realtime' });
    const sockets = new WebSocketServer({ noServer: true });
    let provider: WebSocket | undefined;
    upstream.on('upgrade', (request: IncomingMessage, socket, head) =>
      sockets.handleUpgrade(request, socket, head, (accepted) => {
        provider = accepted;
        accepted.on('message', (data: Buffer) => sizes.push(data.length));
        accepted.once('close', () => sawClose());
        accepted.pause();
        pause = jest.spyOn(WebSocket.prototype, 'pause').mockImplementation(function (this: WebSocket) {
          original.call(this);
          held();
        });
      }),
    );
    const original = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'pause')?.value as () => void;
    let pause: jest.SpyInstance | undefined;
    let held: () => void = () => undefined;
    const holding = new Promise<void>((resolve) => (held = resolve));
    const board = new WebSocket(proxy.url);
    await once(board, 'open');
    const message = Buffer.alloc(8 * 1024 * 1024);
    for (let nth = 0; nth < 5; nth += 1) board.send(message);
    await holding;
    pause?.mockRestore();
    provider?.resume();
    board.close();
    await providerSawClose;
    expect(sizes).toEqual(Array.from({ length: 5 }, () => message.length));
  });

  it.each<[string, string, Partial<ProxyOptions>, number]>([
    ['never ends', 'x'.repeat(100_000), {}, 65_536],
    [
      'stands still',
      'no use',
      // The only limit of the proxy's that is this long.
      { clock: { ...systemClock, after: (ms, run) => systemClock.after(ms === 10_000 ? 1 : ms, run) } },
      6,
    ],
  ])('hands on as much as comes of a refusal that %s', async (_, said, over, lengthBytes) => {
    await open((_request, response) => response.end(), { protocol: 'openai-realtime', ...over });
    upstream.on('upgrade', (_request, socket) => {
      socket.once('error', () => undefined).once('end', () => socket.destroy());
      socket.resume();
      socket.write(`HTTP/1.1 403 Forbidden\r\n\r\n${said}`);
    });
    const board = new WebSocket(proxy.url);
    const [, answer] = (await once(board, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([answer.statusCode, Buffer.concat(await answer.toArray()).length]).toEqual([403, lengthBytes]);
  });

  it('turns a board away in the words of the provider', async () => {
    await openSockets({ cassettePath: cassettePath() });
    const board = new WebSocket(`${proxy.url}&refuse=1`);
    const [, answer] = (await once(board, 'unexpected-response')) as [unknown, IncomingMessage];
    expect([answer.statusCode, Buffer.concat(await answer.toArray()).toString()]).toEqual([403, 'no use']);
    await proxy.close();
    expect(readFileSync(cassettePath(), 'utf8')).toContain('"how":"refused","status":403');
  });
});
