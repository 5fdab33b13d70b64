import { TextBench } from '../../testing/text-bench';
import { answerJson, TinyChatServer } from '../../testing/tiny-chat-server';
import { OllamaChat, ollamaAccess } from './ollama';
import { textChat } from './text-chat';

const dialect = textChat('ollama_chat', ollamaAccess, (services) => new OllamaChat(services));
const line = (fields: object) =>
  `${JSON.stringify({ model: 'm', created_at: 'now', done: false, ...fields })}\n`;
const last = line({ response: '', done: true, done_reason: 'stop', eval_count: 7, eval_duration: 1 });

describe('ollama-chat', () => {
  let server: TinyChatServer;
  let bench: TextBench;

  beforeEach(async () => {
    server = await TinyChatServer.start();
    bench = new TextBench(dialect, { url: server.url });
    bench.networkUp();
    bench.startRepl();
  });
  afterEach(async () => {
    bench.close();
    await server.close();
  });

  const ask = async (question = '你好') => {
    const asked = server.asked.next();
    bench.type(`ask "${question}"`);
    return asked;
  };
  const asking = 'ask "你好"\r\nI (0) TEXT_CHAT: Asking: 你好\r\nesp> I (0) TEXT_CHAT: Request sent\r\n';

  it('says what it is ready for, the query left out', () => {
    const fresh = new TextBench(dialect, { url: 'http://ollama.local:11434/api/chat?key=secret' });
    fresh.networkUp();
    expect(fresh.text).toBe(
      'I (0) TEXT_CHAT: Ready, provider ollama at http://ollama.local:11434/api/chat\r\n',
    );
    fresh.close();
  });

  it('asks for a stream and prints it piece by piece, reasoning apart', async () => {
    const { request, body, response } = await ask();
    expect(request.url).toBe('/api/generate');
    expect(JSON.parse(body)).toEqual({ model: 'qwen2.5', prompt: '你好', stream: true });
    response.write(line({ response: '', thinking: '想\n一想' }));
    await bench.expect(/想 一想$/);
    // Cut in the middle of a character.
    const bytes = Buffer.from(line({ response: '你好！\n有' }));
    response.write(bytes.subarray(0, 62));
    response.write(bytes.subarray(62));
    await bench.expect(/有$/);
    response.end(line({ response: '事吗？' }) + last);
    await bench.expect(/complete.*\r\n/);
    expect(bench.text).toBe(
      `${asking}I (0) TEXT_CHAT: First token\r\n思考: 想 一想\r\n` +
        '回答: 你好！\r\n有事吗？\r\nI (0) TEXT_CHAT: Answer complete, 22 bytes, 7 tokens\r\n',
    );
  });

  it('tells a refusal, and takes the next question', async () => {
    answerJson((await ask()).response, 404, { error: "model 'm' not found" });
    await bench.expect(/E \(0\) TEXT_CHAT: Request failed: 404 - model 'm' not found\r\n$/);
    (await ask()).response.end(line({ response: 'ok' }) + last);
    await bench.expect(/回答: ok\r\nI \(0\) TEXT_CHAT: Answer complete, 2 bytes, 7 tokens\r\n$/);
  });

  it('ends the line of an answer that ends in an error', async () => {
    (await ask()).response.end(`${line({ response: 'hal' })}{"error":"out of\\nmemory"}\n`);
    await bench.expect(/回答: hal\r\nE \(0\) TEXT_CHAT: Request failed: 200 - out of memory\r\n$/);
  });

  it.each([
    ['ended', (end: () => void) => end(), 'the answer ended before it was complete'],
    ['cut', (_end: () => void, cut: () => void) => cut(), 'aborted'],
  ])('tells an answer that was %s', async (_how, stop, message) => {
    const { response } = await ask();
    response.write(line({ response: 'hal' }));
    await bench.expect(/hal$/);
    stop(
      () => response.end(),
      () => response.destroy(),
    );
    await bench.expect(
      new RegExp(`回答: hal\\r\\nE \\(0\\) TEXT_CHAT: Request failed: 200 - ${message}\\r\\n$`),
    );
  });

  it('gives up an answer that stalls for 30 s', async () => {
    const { response } = await ask();
    response.write(line({ response: 'hal' }));
    await bench.expect(/hal$/);
    bench.clock.advance(30_000);
    await bench.expect(/hal\r\nE \(30000\) TEXT_CHAT: Request failed: 200 - no data for 30 s\r\n$/);
  });

  it('tells that nobody is there', async () => {
    await server.close();
    bench.type('ask a');
    await bench.expect(/E \(0\) TEXT_CHAT: Request failed: -1 - connect ECONNREFUSED [\d.:]+\r\n$/);
    server = await TinyChatServer.start();
  });

  it('drops a question while one is open', async () => {
    const { response } = await ask();
    await bench.expect(/sent\r\n/);
    bench.type('ask b');
    expect(bench.text).toBe(`${asking}ask b\r\nW (0) TEXT_CHAT: Busy\r\nesp> `);
    response.end(last);
    await bench.expect(/Answer complete, 0 bytes, 7 tokens\r\n$/);
    expect(server.asked.all).toHaveLength(1);
  });

  it('needs a question, and a network', () => {
    bench.type('ask');
    bench.application.networkDown();
    bench.type('ask a');
    expect(bench.text).toBe(
      'ask\r\nCommand returned non-zero error code: 0x102 (ESP_ERR_INVALID_ARG)\r\nesp> ' +
        'ask a\r\nCommand returned non-zero error code: 0x103 (ESP_ERR_INVALID_STATE)\r\nesp> ',
    );
  });

  it('prints nothing of a lost answer, another text of a garbled one, and nothing after a panic', async () => {
    bench.faults.set('lost-answer', true);
    const gone = await ask();
    gone.response.end(line({ response: 'abc' }) + last);
    let next = server.asked.next();
    // The board is free again once it has read the end of the lost answer.
    const retry = setInterval(() => bench.type('ask "c"'), 5);
    const garbled = await next;
    clearInterval(retry);
    expect(bench.text).not.toMatch(/First token|回答|complete/);
    bench.faults.set('lost-answer', false);
    bench.faults.set('garbled-answer', true);
    garbled.response.end(line({ response: 'az 9天' }) + last);
    await bench.expect(/回答: ba 0太\r\nI \(0\) TEXT_CHAT: Answer complete, 7 bytes, 7 tokens\r\n$/);

    bench.faults.set('panic-mid-reply', true);
    next = server.asked.next();
    bench.type('ask d');
    const { response } = await next;
    response.write(line({ response: 'abc' }));
    await bench.expect(/bcd$/);
    expect(bench.ends).toEqual(['panic answer']);
  });
});
