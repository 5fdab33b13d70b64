/** The client under MicroPython itself, in the virtual board, against the mock of SiliconFlow; its lines through the harness's dialect. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScriptedPort } from '../../harness/board/__fixtures__/python-board';
import { readConsole } from '../../harness/board/__fixtures__/read-console';
import { RawRepl, uploadFile } from '../../harness/board/micropython';
import { systemClock } from '../../harness/ports';
import { openMock, type MockProvider } from '../../harness/provider';
import { scenario, smallCorpus } from '../../harness/provider/__fixtures__/small-corpus';
import { answerJson, TinyChatServer } from '../virtual-board/testing/tiny-chat-server';
import { TextBench } from '../virtual-board/testing/text-bench';
import { pythonChat } from '../virtual-board/testing/python/python-chat';
import type { Files } from '../virtual-board/testing/python/interpreter';

const source = (name: string): string => readFileSync(join(__dirname, name), 'utf8');
const program: Files = { '/main.py': source('main.py'), '/chat_client.py': source('chat_client.py') };
const corpus = smallCorpus();
const JOKE = corpus.prompts.get('en-joke-a')!.transcript;
const TOLD = corpus.replies.get('en-joke-a')!.transcript;
const REPL = /Type "help\(\)" for more information\.\r\n>>> $/;

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A board whose time passes only while Python sleeps. */
function boardWith(files: Files, server: { readonly url: string; readonly ntpServer?: string }) {
  const sleeps: number[] = [];
  const bench: TextBench = new TextBench(
    pythonChat({
      files,
      onSleep: (durationMs) => {
        sleeps.push(durationMs);
        bench.clock.advance(durationMs);
      },
    }),
    server,
  );
  closers.push(() => bench.close());
  return { bench, sleeps };
}

const configured = (config: object): Files => ({
  ...program,
  '/config.json': JSON.stringify({ ssid: 'bench', api_key: 'sk-test', ...config }),
});

async function openServer(): Promise<TinyChatServer> {
  const server = await TinyChatServer.start();
  closers.push(() => server.close());
  return server;
}

async function openSiliconFlow(): Promise<{ mock: MockProvider; base_url: string }> {
  const mock = await openMock('siliconflow', { scenario, corpus, clock: systemClock });
  closers.push(() => mock.close());
  return { mock, base_url: mock.url.replace('/chat/completions', '') };
}

const completion = (content: string) => ({
  choices: [{ index: 0, message: { role: 'assistant', content } }],
});

describe('the chat client for MicroPython', () => {
  it('asks the mock of SiliconFlow and prints its answer as the dialect reads it', async () => {
    const { mock, base_url } = await openSiliconFlow();
    const { bench } = boardWith(configured({ base_url, question: JOKE, password: 'secret-psw' }), mock);
    bench.networkUp();
    await bench.expect(REPL);
    expect(bench.text).toMatch(
      /^=== 启动系统 ===\r\n\r\nIP Address: 192\.168\.7\.31\r\n\r\n\[Request\]\r\nPayload: \{.*\}\r\n\r\n\[Response\] Status: 200\r\nAI回复: [^]*\r\nMicroPython v1\.26\.0 on /,
    );
    expect(bench.text).not.toMatch(/sk-test|secret-psw/);
    expect([...mock.events]).toMatchObject([
      { type: 'request', prompt: JOKE, model: 'Qwen/Qwen2.5-7B-Instruct', stream: false },
      { type: 'heard', promptId: 'en-joke-a' },
      { type: 'text-out', text: TOLD },
      { type: 'response-done', status: 'completed' },
    ]);
    expect(await readConsole('micropython-chat', bench.bytes)).toEqual([
      { type: 'milestone', milestone: 'app' },
      { type: 'milestone', milestone: 'network' },
      { type: 'milestone', milestone: 'connecting' },
      { type: 'asking', text: JOKE },
      expect.objectContaining({ type: 'firmware' }),
      { type: 'answer', text: TOLD, complete: true },
    ]);
  });

  it('is put on an empty board by its REPL, started anew, and asks', async () => {
    const { mock, base_url } = await openSiliconFlow();
    const { bench } = boardWith({}, mock);
    await bench.expect(REPL);
    bench.networkUp();
    const port = new ScriptedPort((bytes) => bench.application.input?.(bytes));
    bench.onBytes((bytes) => port.print(bytes));
    const repl = await RawRepl.open({ transport: port, clock: systemClock });
    const files = configured({ base_url, question: JOKE });
    for (const [path, content] of Object.entries(files))
      expect(await uploadFile(repl, { path, bytes: Buffer.from(content) })).toMatchObject({
        isWritten: true,
      });
    const before = bench.text.length;
    await repl.restart();
    await repl.close();
    await bench.expect(/AI回复: /, before);
    await bench.expect(REPL, before);
    expect(bench.text.slice(before)).toContain(`AI回复: ${TOLD}\r\n`);
  });

  it('sends Chinese whole', async () => {
    const server = await openServer();
    const question = '今天的天气怎么样？😀';
    const { bench } = boardWith(
      configured({ base_url: `${server.url}/v1/`, question, system: '简短' }),
      server,
    );
    const asked = server.asked.next();
    bench.networkUp();
    const { request, body, response } = await asked;
    expect(request.url).toBe('/v1/chat/completions');
    expect(request.headers).toMatchObject({
      authorization: 'Bearer sk-test',
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    });
    expect(JSON.parse(body)).toEqual({
      model: 'Qwen/Qwen2.5-7B-Instruct',
      messages: [
        { role: 'system', content: '简短' },
        { role: 'user', content: question },
      ],
      stream: false,
      max_tokens: 512,
      temperature: 0.7,
    });
    answerJson(response, 200, completion('晴，\n二十度'));
    await bench.expect(REPL);
    expect(await readConsole('micropython-chat', bench.bytes)).toMatchObject([
      {},
      {},
      {},
      { type: 'asking', text: question },
      {},
      { type: 'answer', text: '晴，\n二十度' },
    ]);
  });

  it('asks again, later each time or when it is told to, and gives up after its tries', async () => {
    const server = await openServer();
    const { bench, sleeps } = boardWith(configured({ base_url: server.url, tries: 4 }), server);
    bench.networkUp();
    const answers: readonly ((response: Parameters<typeof answerJson>[0]) => void)[] = [
      (response) => answerJson(response, 503, '{"code":50505,"message":"busy",\n"data":null}'),
      (response) => response.destroy(),
      (response) => {
        response.setHeader('Retry-After', '7');
        answerJson(response, 429, { message: 'slow down' });
      },
      (response) => answerJson(response, 503, { code: 50505, message: 'still busy' }),
    ];
    for (const [index, answer] of answers.entries()) answer((await server.asked.at(index)).response);
    await bench.expect(REPL);
    expect(sleeps).toEqual([1000, 2000, 7000]);
    expect(bench.text).toContain('[Retry] 2/4 in 1 s: {"code":50505,"message":"busy", "data":null}\r\n');
    expect(bench.text).toContain('[Retry] 3/4 in 2 s: [Errno 104] ECONNRESET\r\n');
    expect(await readConsole('micropython-chat', bench.bytes)).toMatchObject([
      {},
      {},
      {},
      { type: 'asking' },
      { type: 'complaint' },
      { type: 'complaint', text: '[Retry] 3/4 in 2 s: [Errno 104] ECONNRESET' },
      { type: 'complaint', text: '[Retry] 4/4 in 7 s: {"message":"slow down"}' },
      { type: 'firmware' },
      { type: 'request-failed', status: 503, code: '50505', message: 'still busy' },
    ]);
    expect(server.asked.all).toHaveLength(4);
  });

  it.each([
    [401, '"Invalid token"', { type: 'request-failed', status: 401, message: 'Invalid token' }],
    [200, 'oops', { type: 'request-failed', status: 200, message: 'syntax error in JSON' }],
    [200, '{"choices":[]}', { type: 'request-failed', status: 200, message: 'list index out of range' }],
  ])('does not ask again after %i and %j', async (status, body, event) => {
    const server = await openServer();
    const { bench, sleeps } = boardWith(configured({ base_url: server.url }), server);
    bench.networkUp();
    answerJson((await server.asked.next()).response, status, body);
    await bench.expect(REPL);
    expect(sleeps).toEqual([]);
    expect(await readConsole('micropython-chat', bench.bytes)).toContainEqual(event);
  });

  it('waits 20 s for its Wi-Fi, and restarts 10 s later', async () => {
    const { bench, sleeps } = boardWith(configured({ ssid: 'elsewhere' }), { url: 'http://127.0.0.1:1' });
    await bench.ended;
    expect(bench.ends).toEqual(['restart']);
    expect(sleeps).toEqual([...Array.from({ length: 20 }, () => 1000), 10_000]);
    expect(bench.text).toBe(
      `=== 启动系统 ===\r\nConnecting to elsewhere...\r\n${'.'.repeat(20)}\r\n!!! 错误: WiFi连接超时\r\n10秒后重启...\r\n`,
    );
  });

  it('sets its clock before TLS, and says when no server answers', async () => {
    const tls = { base_url: 'https://127.0.0.1:1/v1', tries: 1 };
    const right = boardWith(configured(tls), { url: 'http://127.0.0.1:1' });
    right.bench.networkUp();
    await right.bench.expect(REPL);
    expect(right.bench.text).toContain('\r\n[Clock] 2026-11-21 06:00:00 UTC\r\n\r\n[Request]\r\n');
    expect(right.bench.text).toContain('[Error] [Errno 111] ECONNREFUSED\r\n');
    expect(await readConsole('micropython-chat', right.bench.bytes)).toContainEqual({
      type: 'clock-set',
      unixMs: Date.UTC(2026, 10, 21, 6),
    });
  });

  it.each([
    ['no file', {}, 'there is no config.json on the board'],
    ['no JSON', { '/config.json': '{' }, 'config.json is no JSON'],
    ['no key', { '/config.json': '{"ssid":"a"}' }, 'config.json lacks api_key'],
    [
      'a wrong name',
      { '/config.json': '{"ssid":"a","api_key":"b","modle":"c"}' },
      'config.json has the unknown name modle',
    ],
  ])('says of its configuration that it has %s', async (_, files, why) => {
    const { bench } = boardWith({ ...program, ...files }, { url: 'http://127.0.0.1:1' });
    await bench.expect(REPL);
    expect(bench.text).toContain(`!!! 错误: 配置 ${why}\r\n`);
    expect(await readConsole('micropython-chat', bench.bytes)).toContainEqual({
      type: 'complaint',
      text: `!!! 错误: 配置 ${why}`,
    });
  });

  it('is interrupted by Ctrl-C while it waits, and its traceback names its lines', async () => {
    const server = await openServer();
    const { bench } = boardWith(configured({ base_url: server.url }), server);
    bench.networkUp();
    await server.asked.next();
    bench.application.input?.(Buffer.of(3));
    await bench.expect(REPL);
    expect(bench.text).toMatch(
      /Traceback \(most recent call last\):\r\n {2}File "main\.py", line 3, in <module>\r\n {2}File "chat_client\.py", line \d+, in run\r\n[^]*KeyboardInterrupt: \r\n/,
    );
  });
});

describe('the example of its configuration', () => {
  it('holds names that the client knows, and no secret', () => {
    const example = JSON.parse(source('config.example.json')) as Record<string, string>;
    const client = source('chat_client.py');
    for (const name of Object.keys(example)) expect(client).toContain(`"${name}"`);
    expect(example['api_key']).toBe('sk-...');
    expect(example['base_url']).toBe('https://api.siliconflow.cn/v1');
  });
});
