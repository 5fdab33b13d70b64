/** The base of all mocks that speak HTTP, seen from a socket: framing, limits, refusals, and clients that mean no good. */
import { once } from 'node:events';
import { connect as connectTls } from 'node:tls';
import { systemClock, type ProviderEvent } from '../../../ports';
import { RawClient, headOf, rawRequest } from '../../__fixtures__/raw-client';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import type { MockOptions, MockProvider } from '../mock-options';
import type { Exchange } from './exchange';
import { jsonAnswer } from './http-answer';
import { openHttpMock } from './http-mock';
import type { Frame } from './play-frames';

const corpus = smallCorpus();
const opened: MockProvider[] = [];
const clients: RawClient[] = [];
const held: Exchange[] = [];
const ends: string[] = [];
let tellEnd: () => void = () => undefined;
/** Resolves when an answer has come to its end, whichever it is. */
const nextEnd = (): Promise<void> =>
  new Promise((resolve) => {
    tellEnd = resolve;
  });

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await Promise.all(opened.splice(0).map((mock) => mock.close()));
  held.splice(0);
  ends.splice(0);
});

function* endless(): Generator<Frame> {
  for (;;) yield { bytes: Buffer.alloc(65_536, 'x') };
}

async function open(change: Partial<MockOptions> = {}): Promise<MockProvider> {
  const mock = await openHttpMock(
    'openai',
    { path: '/v1' },
    { scenario, corpus, clock: systemClock, ...change },
    () => ({
      refuse: (refused, { method, path }) =>
        jsonAnswer(refused === 'not-found' ? 404 : refused === 'too-large' ? 413 : 500, {
          refused,
          method,
          path,
        }),
      routes: [
        {
          method: 'POST',
          path: '/echo',
          handle: (exchange) => exchange.answer(jsonAnswer(200, { heard: exchange.body.toString() })),
        },
        { method: 'POST', path: '/hold', handle: (exchange) => void held.push(exchange) },
        {
          method: 'POST',
          path: '/throw',
          handle: () => {
            throw new Error('of its own');
          },
        },
        {
          method: 'POST',
          path: '/reject',
          handle: (exchange) => {
            exchange.play(
              { status: 200, headers: {} },
              [{ bytes: 'half' }, { bytes: 'rest', afterMs: 60_000 }],
              (how) => void ends.push(how),
            );
            return Promise.reject(new Error('too late to say'));
          },
        },
        {
          method: 'POST',
          path: /^\/endless\/\d+$/,
          handle: (exchange) =>
            exchange.play({ status: 200, headers: {} }, endless(), (how) => {
              ends.push(how);
              tellEnd();
            }),
        },
        {
          method: 'POST',
          path: '/pieces',
          handle: (exchange) =>
            exchange.play(
              { status: 200, headers: { 'content-type': 'text/event-stream' }, early: true },
              [
                { bytes: 'one ', sent: () => ends.push('one') },
                { bytes: '二 ', afterMs: 2, sent: () => ends.push('two') },
                ...(exchange.query.has('cut') ? [{ cut: true } as const] : []),
                { bytes: 'three' },
              ],
              (how) => void ends.push(how),
            ),
        },
      ],
    }),
  );
  opened.push(mock);
  return mock;
}

async function client(mock: MockProvider): Promise<RawClient> {
  const raw = await RawClient.open(mock.url);
  clients.push(raw);
  return raw;
}

const errorEvent = (mock: MockProvider, code: string): Promise<ProviderEvent> => {
  const fits = (event: ProviderEvent): boolean => event.type === 'error' && event.code === code;
  const known = mock.events.find(fits);
  if (known) return Promise.resolve(known);
  return new Promise((resolve) => mock.onEvent((event) => fits(event) && resolve(event)));
};

describe('a request', () => {
  it('is answered with the Content-Length of its bytes, not of its characters', async () => {
    const raw = await client(await open());
    raw.write(rawRequest('/echo', '开灯'));
    const { status, headers, body } = await raw.answer();
    expect(status).toBe(200);
    expect(headers).toMatchObject({ 'content-length': '18', 'content-type': 'application/json' });
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(JSON.parse(body)).toEqual({ heard: '开灯' });
  });

  it('is the same wherever its bytes are split', async () => {
    const mock = await open();
    const bytes = Buffer.from(rawRequest('/echo', '{"a":"é"}'));
    const raw = await client(mock);
    for (let cut = 1; cut < bytes.length; cut += 7) {
      raw.write(bytes.subarray(0, cut));
      await new Promise((resolve) => setImmediate(resolve));
      raw.write(bytes.subarray(cut));
      expect(JSON.parse((await raw.answer()).body)).toEqual({ heard: '{"a":"é"}' });
    }
  });

  it('may be pipelined: answers come in the order of the questions', async () => {
    const raw = await client(await open());
    raw.write(rawRequest('/echo', '1') + rawRequest('/nowhere', '2') + rawRequest('/echo', '3'));
    expect(JSON.parse((await raw.answer()).body)).toEqual({ heard: '1' });
    expect((await raw.answer()).status).toBe(404);
    expect(JSON.parse((await raw.answer()).body)).toEqual({ heard: '3' });
  });

  it('to an unknown path or with a wrong method is refused in the words of the protocol, and logged', async () => {
    const mock = await open();
    const raw = await client(mock);
    raw.write(rawRequest('/nowhere?key=sk-secret', '', {}, 'GET'));
    expect(JSON.parse((await raw.answer()).body)).toEqual({
      refused: 'not-found',
      method: 'GET',
      path: '/nowhere',
    });
    raw.write(rawRequest('/echo', '', {}, 'GET'));
    expect(JSON.parse((await raw.answer()).body)).toMatchObject({ refused: 'wrong-method' });
    expect([...mock.events]).toMatchObject([
      { type: 'error', code: 'not_found', httpStatus: 404, seq: 0 },
      { type: 'error', code: 'wrong_method', httpStatus: 500, seq: 1 },
    ]);
    expect(JSON.stringify(mock.events)).not.toContain('sk-secret');
  });

  it('that the mock fails on ends alone', async () => {
    const mock = await open();
    const raw = await client(mock);
    raw.write(rawRequest('/throw'));
    expect((await raw.answer()).status).toBe(500);
    raw.write(rawRequest('/reject'));
    await raw.closed;
    expect(ends).toEqual(['client-gone']);
    expect([...mock.events]).toMatchObject([
      { code: 'mock_failed', message: 'POST /throw failed: of its own', httpStatus: 500 },
      { code: 'mock_failed', message: 'too late to say' },
    ]);
    const next = await client(mock);
    next.write(rawRequest('/echo', 'still here'));
    expect((await next.answer()).status).toBe(200);
  });
});

describe('pieces', () => {
  it('leave in order behind early headers, each told once it is with the socket', async () => {
    const raw = await client(await open());
    raw.write(rawRequest('/pieces'));
    const text = await raw.until((seen) => seen.endsWith('0\r\n\r\n'));
    expect(headOf(text).headers).toMatchObject({ 'transfer-encoding': 'chunked' });
    expect(text.split('\r\n\r\n').slice(1).join('\r\n\r\n')).toBe(
      '4\r\none \r\n4\r\n二 \r\n5\r\nthree\r\n0\r\n\r\n',
    );
    expect(ends).toEqual(['one', 'two', 'complete']);
  });

  it('end with a cut, after what stands before it has left', async () => {
    const raw = await client(await open());
    raw.write(rawRequest('/pieces?cut'));
    await raw.closed;
    expect(raw.text).toContain('one ');
    expect(raw.text).toContain('二 ');
    expect(raw.text).not.toContain('three');
    expect(ends).toEqual(['one', 'two', 'cut']);
  });

  it('stop when the client goes away', async () => {
    const raw = await client(await open());
    raw.write(rawRequest('/endless/1'));
    await raw.until((text) => text.length > 200_000);
    const ended = nextEnd();
    raw.close();
    await ended;
    expect(ends).toEqual(['client-gone']);
  });

  it('wait for a client that does not read, and cut it in the end', async () => {
    const mock = await open({ limits: { unreadMs: 50 } });
    const raw = await client(mock);
    raw.socket.pause();
    const before = process.memoryUsage().rss;
    const ended = nextEnd();
    raw.write(rawRequest('/endless/1'));
    await ended;
    expect(ends).toEqual(['client-does-not-read']);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });
});

describe('limits', () => {
  it('refuse a body that says it is too large before it comes, and one that turns out to be', async () => {
    const mock = await open({ limits: { bodyBytes: 1000 } });
    const announced = await client(mock);
    announced.write('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\r\n');
    const refused = await announced.until((text) => text.includes('too-large'));
    expect(headOf(refused)).toMatchObject({ status: 413, headers: { connection: 'close' } });
    const chunked = await client(mock);
    chunked.write('POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    chunked.write(`1000\r\n${'x'.repeat(4096)}\r\n0\r\n\r\n`);
    expect((await chunked.answer()).status).toBe(413);
  });

  it('refuse a body that does not come, and a head that does not', async () => {
    const mock = await open({ limits: { bodyMs: 30, headersMs: 40 } });
    const body = await client(mock);
    body.write('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab');
    expect(JSON.parse((await body.answer()).body)).toMatchObject({ refused: 'too-slow' });
    const head = await client(mock);
    head.write('POST /echo HTTP/1.1\r\nhost: ');
    await head.closed;
    expect(headOf(head.text)).toMatchObject({ status: 408, headers: { connection: 'close' } });
    const silent = await client(mock);
    await silent.closed;
    await errorEvent(mock, 'header_too_slow');
  });

  it('answer a head that is too large with 431 and what is no HTTP with 400', async () => {
    const mock = await open({ limits: { headerBytes: 2048 } });
    const large = await client(mock);
    large.write(rawRequest('/echo', '', { 'x-large': 'y'.repeat(4000) }));
    await large.closed;
    expect(headOf(large.text).status).toBe(431);
    const garbage = await client(mock);
    garbage.write(Buffer.from([0x16, 0x03, 0x01, 0x00, 0xff, 0x0d, 0x0a]));
    await garbage.closed;
    expect(headOf(garbage.text)).toMatchObject({
      status: 400,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
    await errorEvent(mock, 'header_too_large');
    await errorEvent(mock, 'bad_http');
  });

  it('let what was asked in good form be answered before garbage behind it closes the connection', async () => {
    const mock = await open();
    const raw = await client(mock);
    raw.write(`${rawRequest('/hold')}\x00\x01garbage\r\n\r\n`);
    await errorEvent(mock, 'bad_http');
    held[0]!.answer(jsonAnswer(200, { ok: true }));
    expect((await raw.answer()).status).toBe(200);
    await raw.closed;
  });

  it('end a request whose sender has said everything and not enough', async () => {
    const mock = await open();
    const raw = await client(mock);
    raw.socket.end('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab');
    await raw.closed;
    expect(headOf(raw.text).status).toBe(400);
  });

  it('refuse requests beyond those at once, and take the next when one has ended', async () => {
    const mock = await open({ limits: { requestsAtOnce: 2 } });
    const [first, second, third] = [await client(mock), await client(mock), await client(mock)];
    first.write(rawRequest('/hold'));
    second.write(rawRequest('/hold'));
    while (held.length < 2) await new Promise((resolve) => setImmediate(resolve));
    third.write(rawRequest('/echo'));
    expect(JSON.parse((await third.answer()).body)).toMatchObject({ refused: 'busy' });
    held[0]!.answer(jsonAnswer(200, {}));
    await first.answer();
    third.write(rawRequest('/echo'));
    expect((await third.answer()).status).toBe(200);
  });

  it('cut the connection that has been idle longest, never one that is being answered', async () => {
    const mock = await open({ limits: { connections: 3 } });
    const busy = await client(mock);
    busy.write(rawRequest('/hold'));
    while (held.length < 1) await new Promise((resolve) => setImmediate(resolve));
    const idle = [await client(mock), await client(mock), await client(mock)];
    await idle[0]!.closed;
    idle[2]!.write(rawRequest('/echo'));
    expect((await idle[2]!.answer()).status).toBe(200);
    held[0]!.answer(jsonAnswer(200, {}));
    expect((await busy.answer()).status).toBe(200);
    await errorEvent(mock, 'too_many_connections');
  });

  it('hold with hundreds of connections that say nothing', async () => {
    const mock = await open({ limits: { connections: 50 } });
    for (let count = 0; count < 300; count++) await client(mock);
    const raw = await client(mock);
    raw.write(rawRequest('/echo', 'here'));
    expect((await raw.answer()).status).toBe(200);
  });
});

describe('the mock', () => {
  it('serves the same over TLS, and logs who speaks plainly there', async () => {
    const mock = await open({ tls: true });
    const { port } = new URL(mock.tlsUrl!);
    const plain = await RawClient.open(`http://127.0.0.1:${port}`);
    clients.push(plain);
    plain.write(rawRequest('/echo'));
    await plain.closed;
    await errorEvent(mock, 'tls_handshake_failed');
    const socket = connectTls({ port: Number(port), host: 'localhost', ca: mock.tlsCertificate });
    await once(socket, 'secureConnect');
    socket.write(rawRequest('/echo', 'x'));
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    expect(headOf(bytes.toString()).status).toBe(200);
    socket.destroy();
  });

  it('cuts everybody when it closes, and closes twice without complaint', async () => {
    const mock = await open();
    const [asking, idle] = [await client(mock), await client(mock)];
    asking.write(rawRequest('/endless/1'));
    await asking.until((text) => text.length > 1000);
    await mock.close();
    await Promise.all([asking.closed, idle.closed]);
    await expect(mock.close()).resolves.toBeUndefined();
  });

  it('says which port is taken', async () => {
    const mock = await open();
    await expect(open({ port: Number(new URL(mock.url).port) })).rejects.toMatchObject({
      code: 'HIL_PROVIDER_PORT_TAKEN',
    });
  });
});
