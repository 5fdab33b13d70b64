import { createServer, type Server } from 'node:https';
import { generate } from 'selfsigned';
import { WebSocketServer } from 'ws';
import { RealtimeWsLink, sessionUrl } from './realtime-ws-link';

const access = (url: string) => ({ url, credentials: { apiKey: 'key' }, model: 'gpt-realtime' });

const unexpected = (what: string) => (): never => {
  throw new Error(`unexpected ${what}`);
};

describe('sessionUrl', () => {
  it.each([
    ['ws://127.0.0.1:8080', 'ws://127.0.0.1:8080/v1/realtime?model=gpt-realtime'],
    ['wss://host/v1/realtime', 'wss://host/v1/realtime?model=gpt-realtime'],
    ['ws://host:1/other?model=mine', 'ws://host:1/other?model=mine'],
  ])('completes %s', (url, complete) => {
    expect(sessionUrl(access(url))).toBe(complete);
  });
});

describe('RealtimeWsLink', () => {
  let server: Server;
  let sockets: WebSocketServer;
  let url: string;

  beforeAll(async () => {
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'nobody' }], {
      keyType: 'ec',
      curve: 'P-256',
    });
    server = createServer({ key, cert });
    sockets = new WebSocketServer({ server });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `wss://127.0.0.1:${(server.address() as { port: number }).port}`;
  });
  afterAll(async () => {
    for (const client of sockets.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });

  it('accepts any certificate, carries the key, answers pings, and says goodbye', async () => {
    const connected = new Promise<readonly [string | undefined, number]>((resolve) => {
      sockets.once('connection', (socket, request) => {
        socket.on('pong', () => socket.send('hello'));
        socket.on('close', (code) => resolve([request.headers.authorization, code]));
        socket.ping('1234');
      });
    });
    const link = new RealtimeWsLink(access(url), {
      opened: () => undefined,
      message: (text) => {
        expect(text).toBe('hello');
        link.close();
      },
      failed: unexpected('failure'),
      error: unexpected('error'),
      closed: unexpected('close'),
    });
    expect(await connected).toEqual(['Bearer key', 1000]);
  });

  it('reports a message that does not fit into its memory, and the end', async () => {
    sockets.once('connection', (socket) => socket.send('x'.repeat((4 << 20) + 1)));
    const reported: string[] = [];
    await new Promise<void>((resolve) => {
      new RealtimeWsLink(access(url), {
        opened: () => undefined,
        message: unexpected('message'),
        failed: unexpected('failure'),
        error: (text) => reported.push(text),
        closed: (code) => {
          reported.push(`closed ${code}`);
          resolve();
        },
      });
    });
    expect(reported).toEqual([expect.stringContaining('Max payload size exceeded'), 'closed 1006']);
  });

  it('reports nothing any more once it was cut, even while connecting', async () => {
    const arrived = new Promise<void>((resolve) => sockets.once('connection', () => resolve()));
    const events = {
      opened: unexpected('opening'),
      message: unexpected('message'),
      failed: unexpected('failure'),
      error: unexpected('error'),
      closed: unexpected('close'),
    };
    new RealtimeWsLink(access(url), events).cut();
    const other = new RealtimeWsLink(access(url), { ...events, opened: () => undefined });
    await arrived;
    other.cut();
  });
});
