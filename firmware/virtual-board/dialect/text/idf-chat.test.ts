import { TextBench } from '../../testing/text-bench';
import { answerJson, TinyChatServer } from '../../testing/tiny-chat-server';
import { idfChat } from './idf-chat';

const completion = (content: string) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
});

describe('idf-chat', () => {
  let server: TinyChatServer;
  let bench: TextBench;

  beforeEach(async () => {
    server = await TinyChatServer.start();
    bench = new TextBench(idfChat, { url: server.url, credentials: { apiKey: 'sk-test' } });
  });
  afterEach(async () => {
    bench.close();
    await server.close();
  });

  const ask = async () => {
    const asked = server.asked.next();
    bench.networkUp();
    return asked;
  };
  const headers = (length: string) =>
    `I (0) HTTP_AI_CLIENT: HTTP_EVENT_ON_CONNECTED\r\n` +
    `I (0) HTTP_AI_CLIENT: HTTP_EVENT_HEADERS_SENT\r\n` +
    `I (0) HTTP_AI_CLIENT: HTTP_EVENT_ON_HEADER, key=Content-Type, value=application/json\r\n` +
    `I (0) HTTP_AI_CLIENT: HTTP_EVENT_ON_HEADER, key=Content-Length, value=${length}\r\n` +
    `I (0) HTTP_AI_CLIENT: HTTP_EVENT_ON_HEADER, key=Connection, value=close\r\n`;

  it('asks once, in one request without streaming, and prints what comes', async () => {
    const { request, response, body } = await ask();
    expect([request.method, request.url]).toEqual(['POST', '/v1/chat/completions']);
    expect(request.headers.authorization).toBe('Bearer sk-test');
    expect(JSON.parse(body)).toMatchObject({
      messages: [{ role: 'user', content: '今天的天气怎么样' }],
      stream: false,
    });
    const text = JSON.stringify(completion('今天晴，\n二十度。'));
    answerJson(response, 200, text);
    await bench.expect(/HTTP示例完成\r\n/);
    const length = Buffer.byteLength(text);
    expect(bench.text).toBe(
      headers(String(length)) +
        `I (0) HTTP_AI_CLIENT: HTTP_EVENT_ON_DATA, len=${length}\r\n` +
        `I (0) HTTP_AI_CLIENT: HTTP_EVENT_ON_FINISH\r\n` +
        `I (0) HTTP_AI_CLIENT: HTTP状态码 = 200, 内容长度 = ${length}\r\n` +
        `I (0) HTTP_AI_CLIENT: 响应内容: ${text}\r\n` +
        `I (0) HTTP_AI_CLIENT: HTTP示例完成\r\n`,
    );
    expect(server.asked.all).toHaveLength(1);
  });

  it('prints a refusal like an answer', async () => {
    answerJson((await ask()).response, 401, '"Invalid token"');
    await bench.expect(/HTTP示例完成\r\n/);
    expect(bench.text).toContain(
      'HTTP状态码 = 401, 内容长度 = 15\r\nI (0) HTTP_AI_CLIENT: 响应内容: "Invalid token"\r\n',
    );
  });

  it('has room for 2047 bytes, wherever that cuts a character', async () => {
    const text = `ab\n${'天'.repeat(700)}`;
    answerJson((await ask()).response, 200, text);
    await bench.expect(/HTTP示例完成\r\n/);
    const start = bench.bytes.indexOf('响应内容: ') + Buffer.byteLength('响应内容: ');
    // One byte more than 2047: the newline became CR LF.
    const shown = bench.bytes.subarray(start, start + 2048);
    expect(shown.toString('latin1').replace('\r\n', '\n')).toBe(
      Buffer.from(text).subarray(0, 2047).toString('latin1'),
    );
    expect(bench.bytes.subarray(start + 2048, start + 2050).toString()).toBe('\r\n');
  });

  it('prints the length of a chunked body as the unsigned number that it takes it for', async () => {
    const { response } = await ask();
    response.write('{}');
    response.end();
    await bench.expect(/HTTP状态码 = 200, 内容长度 = 18446744073709551615\r\n/);
  });

  it('says that the body was cut', async () => {
    const { response } = await ask();
    response.sendDate = false;
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 100 });
    response.write('{"id"', () => response.destroy());
    await bench.expect(/读取响应失败\r\n/);
    expect(bench.text).toBe(
      headers('100') +
        'I (0) HTTP_AI_CLIENT: HTTP_EVENT_ON_DATA, len=5\r\nE (0) HTTP_AI_CLIENT: 读取响应失败\r\n',
    );
  });

  it('waits 20 s for an answer, not longer', async () => {
    await ask();
    await bench.expect(/HEADERS_SENT\r\n/);
    bench.clock.advance(19_999);
    expect(bench.text).not.toContain('E (');
    const failed = bench.expect(/E \(20000\) HTTP_AI_CLIENT: 获取头部信息失败\r\n$/);
    bench.clock.advance(1);
    await failed;
  });

  it('says that there was no connection', async () => {
    await server.close();
    bench.networkUp();
    await bench.expect(/^E \(0\) HTTP_AI_CLIENT: 连接失败: ESP_ERR_HTTP_CONNECT\r\n$/);
    server = await TinyChatServer.start();
  });

  it('garbles its answer, loses it, or panics over it when told so', async () => {
    bench.faults.set('garbled-answer', true);
    answerJson((await ask()).response, 200, completion('abc 天'));
    const [, json = ''] = await bench.expect(/响应内容: (.*)\r\n.*HTTP示例完成/);
    expect(JSON.parse(json)).toEqual(completion('bcd 太'));

    bench.faults.set('panic-mid-reply', true);
    answerJson((await ask()).response, 200, completion('abc'));
    await bench.expect(/状态码[^]*状态码/);
    expect(bench.ends).toEqual(['panic answer']);
  });

  it('prints nothing of a lost answer', async () => {
    bench.faults.set('lost-answer', true);
    answerJson((await ask()).response, 200, completion('abc'));
    await bench.expect(/HTTP_EVENT_ON_FINISH\r\n/);
    expect(bench.text).not.toMatch(/状态码|响应|完成/);
  });
});
