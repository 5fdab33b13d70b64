import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { systemClock } from '../../../ports';
import { verifySparkUrl } from '../../auth/verify-spark-url';
import type { LiveEvent } from '../live-event';
import { openLiveClient } from '../open-live-client';

const keys = { apiKey: 'addd2272b6d8b7c8abdd79531420ca3b', apiSecret: 'MjlmNzkzNmZkMDQ2OTc0ZDdmNGE2ZTZi' };
let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

async function client(
  answer: (socket: WebSocket, request: Record<string, unknown>) => void,
  refuse?: { readonly status: number; readonly message: string; readonly endless?: true },
) {
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true });
  const targets: string[] = [];
  server.on('upgrade', (request, socket, head) => {
    targets.push(request.url ?? '');
    if (refuse?.endless === true) {
      socket.once('error', () => undefined).once('end', () => socket.destroy());
      socket.resume();
      socket.write(`HTTP/1.1 ${refuse.status} No\r\n\r\n${refuse.message}`);
      return;
    }
    if (refuse !== undefined) {
      const body = JSON.stringify({ message: refuse.message });
      socket.end(`HTTP/1.1 ${refuse.status} No\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) =>
      accepted.once('message', (data: Buffer) =>
        answer(accepted, JSON.parse(data.toString('utf8')) as Record<string, unknown>),
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  close = () =>
    new Promise((resolve) => {
      for (const socket of sockets.clients) socket.terminate();
      server.close(() => resolve());
    });
  const { port } = server.address() as AddressInfo;
  const asked = openLiveClient('spark', {
    url: `ws://127.0.0.1:${port}/v3.1/chat`,
    credentials: { appId: '12345678', ...keys },
    credentialVariables: ['SPARK_APP_ID', 'SPARK_API_KEY', 'SPARK_API_SECRET'],
    clock: systemClock,
    limits: { attempts: 1 },
  });
  return { asked, targets };
}

const frame = (status: number, text: object, usage?: object): string =>
  JSON.stringify({
    header: { code: 0, message: 'Success', sid: 's', status },
    payload: { choices: { status, seq: status, text: [{ role: 'assistant', index: 0, ...text }] }, usage },
  });
const failure = (code: number): string =>
  JSON.stringify({ header: { code, message: `about ${code}`, sid: 's', status: 2 } });
const question = { text: '你好', stream: true };

it('signs its URL, asks once and reads frames up to the last one', async () => {
  const seen: unknown[] = [];
  const { asked, targets } = await client((socket, request) => {
    seen.push(request);
    socket.send(frame(0, { content: '你' }));
    socket.send(frame(1, { content: '好' }));
    const usage = { question_tokens: 1, prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    socket.send(frame(2, { content: '' }, { text: usage }));
    socket.close();
  });
  const events: LiveEvent[] = [];
  const answer = await asked.ask(question, { onEvent: (event) => events.push(event) });
  expect(answer).toMatchObject({ text: '你好', usage: { promptTokens: 1, answerTokens: 2, totalTokens: 3 } });
  expect(events.map(({ type }) => type)).toEqual([
    'connected',
    'request',
    'first-token',
    'token',
    'token',
    'done',
  ]);
  const request = { method: 'GET', target: targets[0] ?? '', hostHeader: undefined };
  expect(verifySparkUrl(request, { keys, unixNowMs: new Date().getTime() })).toBeUndefined();
  expect(seen).toEqual([
    {
      header: { app_id: '12345678', uid: 'earshot' },
      parameter: { chat: { domain: 'generalv3' } },
      payload: { message: { text: [{ role: 'user', content: '你好' }] } },
    },
  ]);
});

it('reads an answer of one frame, and a function call', async () => {
  const { asked } = await client((socket) =>
    socket.send(frame(2, { content: '', function_call: { name: 'OpenDoor', arguments: '{"open":true}' } })),
  );
  await expect(asked.ask(question)).resolves.toMatchObject({
    calls: [{ name: 'OpenDoor', arguments: { open: true } }],
  });
});

it.each<[number, string]>([
  [10013, 'HIL_PROVIDER_REFUSED'],
  [11200, 'HIL_PROVIDER_QUOTA'],
  [11202, 'HIL_PROVIDER_LIMITED'],
  [10907, 'HIL_PROVIDER_REFUSED'],
  [10015, 'HIL_PROVIDER_KEY_REJECTED'],
])('tells error frame %i as %s', async (providerCode, code) => {
  const { asked } = await client((socket) => socket.send(failure(providerCode)));
  await expect(asked.ask(question)).rejects.toMatchObject({
    code,
    facts: { providerCode: String(providerCode) },
  });
});

it.each<[string, (socket: WebSocket) => void, string]>([
  [
    'closed before the last frame',
    (socket) => socket.send(frame(0, { content: 'H' }), () => socket.close()),
    'HIL_PROVIDER_CUT',
  ],
  ['cut', (socket) => socket.terminate(), 'HIL_PROVIDER_CUT'],
  ['binary', (socket) => socket.send(Buffer.from(frame(2, { content: 'H' }))), 'HIL_PROVIDER_MALFORMED'],
  ['no JSON', (socket) => socket.send('Hello'), 'HIL_PROVIDER_MALFORMED'],
  [
    'without a payload',
    (socket) => socket.send(JSON.stringify({ header: { code: 0 } })),
    'HIL_PROVIDER_MALFORMED',
  ],
  ['empty', (socket) => socket.send(frame(2, { content: '' })), 'HIL_PROVIDER_MALFORMED'],
])('refuses an answer that is %s', async (_, answer, code) => {
  const { asked } = await client(answer);
  await expect(asked.ask(question)).rejects.toMatchObject({ code });
});

it.each([
  [401, 'HMAC signature does not match'],
  [403, 'a valid date or x-date header is required'],
])('names the variables when the upgrade is answered with %i', async (status, message) => {
  const { asked } = await client(() => undefined, { status, message });
  await expect(asked.ask(question)).rejects.toMatchObject({
    code: 'HIL_PROVIDER_KEY_REJECTED',
    message: `${status} from spark: key rejected: ${message}; set SPARK_APP_ID, SPARK_API_KEY, SPARK_API_SECRET.`,
  });
});

it('waits for no end of a refusal that has none', async () => {
  const { asked } = await client(() => undefined, {
    status: 401,
    message: 'x'.repeat(100_000),
    endless: true,
  });
  await expect(asked.ask(question)).rejects.toMatchObject({ code: 'HIL_PROVIDER_KEY_REJECTED' });
});
