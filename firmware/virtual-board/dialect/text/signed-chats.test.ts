import { WebSocketServer, type WebSocket } from 'ws';
import { Arrivals } from '../../testing/expectations';
import { TextBench } from '../../testing/text-bench';
import { answerJson, TinyChatServer } from '../../testing/tiny-chat-server';
import { HunyuanChat, hunyuanAccess } from './hunyuan';
import { PanguChat, panguAccess } from './pangu';
import { SparkChat, sparkAccess } from './spark';
import { textChat } from './text-chat';

const hunyuan = textChat('hunyuan_chat', hunyuanAccess, (services) => new HunyuanChat(services));
const pangu = textChat('pangu_chat', panguAccess, (services) => new PanguChat(services));
const spark = textChat('spark_chat', sparkAccess, (services) => new SparkChat(services));

const asking = 'ask a\r\nI (0) TEXT_CHAT: Asking: a\r\nesp> ';

describe('hunyuan-chat and pangu-chat', () => {
  let server: TinyChatServer;
  let bench: TextBench;

  const open = (dialect: typeof hunyuan) => {
    bench = new TextBench(dialect, { url: server.url });
    bench.networkUp();
    bench.startRepl();
  };
  beforeEach(async () => {
    server = await TinyChatServer.start();
  });
  afterEach(async () => {
    bench.close();
    await server.close();
  });
  const ask = async () => {
    const asked = server.asked.next();
    bench.type('ask a');
    return asked;
  };
  const delta = (content: string, finish = '') =>
    `data: ${JSON.stringify({ Choices: [{ FinishReason: finish, Delta: { Role: 'assistant', Content: content } }], Usage: { CompletionTokens: 2 } })}\n\n`;

  it('asks Hunyuan, and is content with a stream that just ends', async () => {
    open(hunyuan);
    const { request, response, body } = await ask();
    expect(request.headers).toMatchObject({
      'x-tc-action': 'ChatCompletions',
      'x-tc-version': '2023-09-01',
      'x-tc-timestamp': '1795240800',
    });
    expect(JSON.parse(body)).toMatchObject({ Messages: [{ Role: 'user', Content: 'a' }], Stream: true });
    response.end(delta('你') + delta('好') + delta('', 'stop'));
    await bench.expect(/complete.*\r\n/);
    expect(bench.text).toBe(
      `${asking}I (0) TEXT_CHAT: Request sent\r\nI (0) TEXT_CHAT: First token\r\n回答: 你好\r\n` +
        'I (0) TEXT_CHAT: Answer complete, 6 bytes, 2 tokens\r\n',
    );
  });

  it('tells what Hunyuan refuses with a status of 200, and what it breaks off with', async () => {
    open(hunyuan);
    const refusal = { Code: 'AuthFailure.SignatureExpire', Message: 'The signature\nhas expired' };
    answerJson((await ask()).response, 200, { Response: { Error: refusal, RequestId: '1' } });
    await bench.expect(/failed: 200 AuthFailure\.SignatureExpire The signature has expired\r\n$/);
    (await ask()).response.end(`${delta('h')}data: {"ErrorMsg":{"Code":4001,"Msg":"timeout"}}\n\n`);
    await bench.expect(/回答: h\r\nE \(0\) TEXT_CHAT: Request failed: 200 4001 timeout\r\n$/);
    (await ask()).response.end(delta('h'));
    await bench.expect(/failed: 200 - the answer ended before it was complete\r\n$/);
  });

  const v1 = (message: object, finish: string | null = null) =>
    `data:${JSON.stringify({ choices: [{ index: 0, finish_reason: finish, message }], usage: { completion_tokens: 3 } })}\n\n`;
  const signIn = async () => {
    const { request, response, body } = await ask();
    expect(request.url).toBe('/v3/auth/tokens?nocatalog=true');
    const asked = server.asked.next();
    response.setHeader('X-Subject-Token', 'MIItest');
    answerJson(response, 201, { token: { expires_at: '2026-11-22T06:00:00.000000Z' } });
    return { body, chat: await asked };
  };

  it('signs in to Pangu once, as long as the token lives', async () => {
    open(pangu);
    const { body, chat } = await signIn();
    expect(JSON.parse(body)).toMatchObject({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'earshot-user', domain: { name: 'earshot-account' } } },
        },
        scope: { project: { name: 'cn-southwest-2' } },
      },
    });
    expect(chat.request.headers['x-auth-token']).toBe('MIItest');
    chat.response.end(`${v1({ role: 'assistant' })}${v1({ content: 'Hi' })}${v1({}, 'stop')}data:[DONE]\n\n`);
    await bench.expect(/complete.*\r\n/);
    expect(bench.text).toBe(
      `${asking}I (0) TEXT_CHAT: Token obtained, 7 bytes\r\nI (0) TEXT_CHAT: Request sent\r\n` +
        'I (0) TEXT_CHAT: First token\r\n回答: Hi\r\nI (0) TEXT_CHAT: Answer complete, 2 bytes, 3 tokens\r\n',
    );
    const again = await ask();
    expect(again.request.url).toContain('/chat/completions');
    answerJson(again.response, 401, { error_code: 'APIG.0301', error_msg: 'token expires' });
    await bench.expect(/failed: 401 APIG\.0301 token expires\r\n$/);
    // It was refused, so it is not used again.
    const { chat: third } = await signIn();
    third.response.end(v1({ content: 'x' }, 'stop'));
    await bench.expect(/回答: x\r\n.*complete.*\r\n$/);
    bench.clock.advance(86_400_000);
    await signIn();
  });

  it('tells that the identity service does not know it', async () => {
    open(pangu);
    const error = { message: 'The username or password is wrong.', code: 401, title: 'Unauthorized' };
    answerJson((await ask()).response, 401, { error });
    await bench.expect(/failed: 401 401 The username or password is wrong\.\r\n$/);
  });
});

describe('spark-chat', () => {
  const frames = new Arrivals<{ readonly socket: WebSocket; readonly text: string }>();
  let refusesWith: number | undefined;
  let paths: string[];
  let server: WebSocketServer;
  let bench: TextBench;

  beforeEach(async () => {
    paths = [];
    refusesWith = undefined;
    server = new WebSocketServer({
      host: '127.0.0.1',
      port: 0,
      verifyClient: ({ req }, done) => {
        paths.push(req.url ?? '');
        done(refusesWith === undefined, refusesWith, '{"message":"HMAC signature does not match"}');
      },
    });
    server.on('connection', (socket) =>
      socket.on('message', (data) => frames.add({ socket, text: (data as Buffer).toString() })),
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    bench = new TextBench(spark, { url: `ws://127.0.0.1:${port}` });
    bench.networkUp();
    bench.startRepl();
  });
  afterEach(async () => {
    bench.close();
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
  const ask = async () => {
    const asked = frames.next();
    bench.type('ask a');
    return asked;
  };
  const frame = (status: number, content: string, usage = {}) =>
    JSON.stringify({
      header: { code: 0, message: 'Success', sid: 's', status },
      payload: { choices: { status, seq: 0, text: [{ content, role: 'assistant', index: 0 }] }, ...usage },
    });

  it('asks in one frame on a signed URL and prints what comes until status 2', async () => {
    const { socket, text } = await ask();
    expect(JSON.parse(text)).toMatchObject({
      header: { app_id: 'earshot' },
      parameter: { chat: { domain: 'generalv3' } },
      payload: { message: { text: [{ role: 'user', content: 'a' }] } },
    });
    expect(new URL(paths[0] ?? '', 'ws://x').searchParams.get('date')).toBe('Sat, 21 Nov 2026 06:00:00 GMT');
    socket.send(frame(0, '你'));
    socket.send(frame(2, '好', { usage: { text: { completion_tokens: 5, total_tokens: 9 } } }));
    await bench.expect(/complete.*\r\n/);
    expect(bench.text).toBe(
      `${asking}I (0) TEXT_CHAT: Request sent\r\nI (0) TEXT_CHAT: First token\r\n回答: 你好\r\n` +
        'I (0) TEXT_CHAT: Answer complete, 6 bytes, 5 tokens\r\n',
    );
  });

  it('tells error frames, cuts, silence and refusals apart', async () => {
    (await ask()).socket.send('{"header":{"code":10013,"message":"input audit","sid":"s","status":2}}');
    await bench.expect(/failed: 101 10013 input audit\r\n$/);
    const cut = await ask();
    cut.socket.send(frame(0, 'h'));
    await bench.expect(/回答: h$/);
    cut.socket.terminate();
    await bench.expect(/回答: h\r\nE \(0\) TEXT_CHAT: Request failed: 101 - the answer ended.*\r\n$/);
    await ask();
    bench.clock.advance(30_000);
    await bench.expect(/failed: 101 - no data for 30 s\r\n$/);
    refusesWith = 403;
    bench.type('ask a');
    await bench.expect(/failed: 403 - HMAC signature does not match\r\n$/);
  });
});
