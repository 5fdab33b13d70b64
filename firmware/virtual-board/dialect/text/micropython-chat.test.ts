import selfsigned from 'selfsigned';
import { TextBench } from '../../testing/text-bench';
import { answerJson, TinyChatServer } from '../../testing/tiny-chat-server';
import { microPythonChat } from './micropython-chat';

const completion = (content: unknown) => ({
  choices: [{ index: 0, message: { role: 'assistant', content } }],
});

const BANNER =
  'MicroPython v1.26.0 on 2025-08-09; Generic ESP32S3 module with Octal-SPIRAM with ESP32S3\r\n' +
  'Type "help()" for more information.\r\n';
const STARTED = '=== 启动系统 ===\r\nConnecting to bench...\r\n';
const ADDRESS = '\r\nIP Address: 192.168.7.31\r\n';
const PAYLOAD =
  '\r\n[Request]\r\n' +
  "Payload: {'model': 'deepseek-chat', 'messages': [{'role': 'user', 'content': '\\u5b83\\'s \"7\"'}], " +
  "'stream': False, 'max_tokens': 512, 'temperature': 0.7}\r\n";
const INTERRUPTED =
  'Traceback (most recent call last):\r\n  File "main.py", line 67, in <module>\r\nKeyboardInterrupt: \r\n';
const REPL = />>> $/;

describe('micropython-chat', () => {
  let server: TinyChatServer;
  let bench: TextBench;

  const start = (url: string): TextBench =>
    new TextBench(microPythonChat, {
      url,
      credentials: { apiKey: 'sk-test' },
      model: 'deepseek-chat',
      question: '它\'s "7"',
    });
  const type = (...bytes: number[]): void => bench.application.input?.(Uint8Array.from(bytes));

  beforeEach(async () => {
    server = await TinyChatServer.start();
    bench = start(server.url);
  });
  afterEach(async () => {
    bench.close();
    await server.close();
  });

  const ask = async () => {
    const asked = server.asked.next();
    bench.networkUp();
    bench.clock.advance(1000);
    return asked;
  };

  it('prints what main.py prints, then the banner of the REPL', async () => {
    bench.clock.advance(2500);
    expect(bench.text).toBe(`${STARTED}..`);
    const { request, response, body } = await ask();
    expect([request.method, request.url]).toEqual(['POST', '/v1/chat/completions']);
    expect(request.headers.authorization).toBe('Bearer sk-test');
    expect(JSON.parse(body)).toMatchObject({
      model: 'deepseek-chat',
      messages: [{ role: 'user', content: '它\'s "7"' }],
      stream: false,
    });
    expect(bench.application.session).toBe('ready');
    answerJson(response, 200, completion('今天晴，\n二十度。'));
    await bench.expect(REPL);
    expect(bench.text).toBe(
      `${STARTED}...${ADDRESS}${PAYLOAD}\r\n[Response] Status: 200\r\nAI回复: 今天晴，\r\n二十度。\r\n${BANNER}>>> `,
    );
    expect(bench.application.session).toBe('closed');
    expect(server.asked.all).toHaveLength(1);
  });

  const request = `${STARTED}.${ADDRESS}${PAYLOAD}`;

  it.each([
    [401, '{"error":"no\n天"}', 'Error Response: {"error":"no\r\n天"}\r\n'],
    [200, 'oops', '[Error] syntax error in JSON\r\n'],
    [200, '{"error":1}', '[Error] choices\r\n'],
    [200, '{"choices":[]}', '[Error] list index out of range\r\n'],
    [200, '{"choices":[{"message":{}}]}', '[Error] content\r\n'],
    [200, JSON.stringify(completion(null)), 'AI回复: None\r\n'],
  ])('prints of status %i and the body %j', async (status, body, shown) => {
    answerJson((await ask()).response, status, body);
    await bench.expect(REPL);
    expect(bench.text).toBe(`${request}\r\n[Response] Status: ${status}\r\n${shown}${BANNER}>>> `);
  });

  it('raises what the network did to its request', async () => {
    (await ask()).response.destroy();
    await bench.expect(REPL);
    expect(bench.text).toBe(`${request}[Error] [Errno 104] ECONNRESET\r\n${BANNER}>>> `);
  });

  it('raises that nobody listens, or that a name has no address', async () => {
    const { url } = server;
    await server.close();
    for (const [where, error] of [
      [url, '[Errno 111] ECONNREFUSED'],
      ['http://nobody.invalid', '-202'],
    ] as const) {
      bench.close();
      bench = start(where);
      bench.networkUp();
      bench.clock.advance(1000);
      await bench.expect(REPL);
      expect(bench.text).toBe(`${request}[Error] ${error}\r\n${BANNER}>>> `);
    }
    server = await TinyChatServer.start();
  });

  it('takes any certificate, whatever its clock says', async () => {
    await server.close();
    const { private: key, cert } = await selfsigned.generate([{ name: 'commonName', value: 'elsewhere' }]);
    server = await TinyChatServer.start({ key, cert });
    bench.close();
    bench = start(server.url);
    bench.wallClock.set(0);
    answerJson((await ask()).response, 200, completion('好'));
    await bench.expect(/AI回复: 好\r\n.*\r\n.*\r\n>>> $/);
  });

  it('gives the Wi-Fi 20 s, and restarts 10 s later', () => {
    bench.clock.advance(19_999);
    expect(bench.text).toBe(STARTED + '.'.repeat(19));
    bench.clock.advance(1);
    expect(bench.text).toBe(`${STARTED}${'.'.repeat(20)}\r\n!!! 错误: WiFi连接超时\r\n10秒后重启...\r\n`);
    bench.clock.advance(9_999);
    expect(bench.ends).toEqual([]);
    bench.clock.advance(1);
    expect(bench.ends).toEqual(['restart']);
  });

  it('runs main.py again after Ctrl-D, without joining the Wi-Fi it is in', async () => {
    answerJson((await ask()).response, 200, completion('一'));
    await bench.expect(REPL);
    const before = bench.text.length;
    const again = server.asked.next();
    type(0x04);
    answerJson((await again).response, 200, completion('二'));
    await bench.expect(REPL, before);
    expect(bench.text.slice(before)).toBe(
      `\r\nMPY: soft reboot\r\n=== 启动系统 ===\r\n${ADDRESS}${PAYLOAD}` +
        `\r\n[Response] Status: 200\r\nAI回复: 二\r\n${BANNER}>>> `,
    );
  });

  it('is interrupted by Ctrl-C, while it waits for the Wi-Fi and while it waits for an answer', async () => {
    bench.clock.advance(1000);
    type(0x61, 0x03);
    expect(bench.text).toBe(`${STARTED}.${INTERRUPTED}${BANNER}>>> `);
    bench.clock.advance(60_000);
    bench.networkUp();

    const asked = server.asked.next();
    type(0x04);
    const { response } = await asked;
    const hungUp = new Promise((resolve) => response.once('close', resolve));
    const before = bench.text.length;
    type(0x03);
    expect(bench.text.slice(before)).toBe(`${INTERRUPTED}${BANNER}>>> `);
    await hungUp;
    expect(bench.text.slice(before)).toBe(`${INTERRUPTED}${BANNER}>>> `);
  });

  it('has a prompt, but no Python behind it', () => {
    type(0x03);
    const before = bench.text.length;
    const shown = (...bytes: number[]): string => {
      const from = bench.text.length;
      type(...bytes);
      return bench.text.slice(from);
    };
    expect(shown(0x0d)).toBe('\r\n>>> ');
    expect(shown(0x31, 0x32, 0x7f, 0x04, 0x03)).toBe('12\b\x1b[K\r\n>>> ');
    expect(shown(0x02)).toBe(`\r\n${BANNER}>>> `);
    expect(shown(0x31, 0x0d)).toBe(
      '1\r\nTraceback (most recent call last):\r\n  File "<stdin>", line 1, in <module>\r\n' +
        'NotImplementedError: the virtual board runs no Python\r\n>>> ',
    );
    expect(bench.text.slice(before)).not.toContain('soft reboot');
  });

  it('garbles its answer, or panics over it, when told so', async () => {
    bench.faults.set('garbled-answer', true);
    answerJson((await ask()).response, 200, completion('abc 天'));
    await bench.expect(/AI回复: bcd 太\r\n[^]*>>> $/);

    bench.faults.set('panic-mid-reply', true);
    const asked = server.asked.next();
    type(0x04);
    answerJson((await asked).response, 200, completion('abc'));
    await bench.ended;
    expect(bench.ends).toEqual(['panic answer']);
    expect(bench.text).toMatch(/Status: 200\r\n$/);
  });

  it('prints nothing of a lost answer, and never gets to its prompt', async () => {
    bench.faults.set('lost-answer', true);
    const { response } = await ask();
    const read = new Promise((resolve) => response.once('close', resolve));
    answerJson(response, 200, completion('abc'));
    await read;
    expect(bench.text).toBe(request);
  });
});
