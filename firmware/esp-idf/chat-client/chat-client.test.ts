/** The client's pure parts on this machine: strict C99, sanitizers, the mock's own stream, and bodies that are none. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConsole } from '../../../harness/board/__fixtures__/read-console';
import { systemClock } from '../../../harness/ports';
import { openMock } from '../../../harness/provider';
import { scenario, smallCorpus } from '../../../harness/provider/__fixtures__/small-corpus';
import { describeWithGcc, run, sanitized, strict } from '../__fixtures__/host-gcc';

const pure = ['chat_answer.c', 'event_stream.c', 'json_path.c', 'json_text.c'];
const stubs = join(__dirname, 'testing/stubs');

const frame = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: unknown, more: object = {}): string =>
  frame({ choices: [{ index: 0, delta: { content, ...more }, finish_reason: null }] });
const finished = frame({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: null });
const usage = frame({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 12, total_tokens: 21 } });
const DONE = 'data: [DONE]\n\n';

describeWithGcc(
  'the chat client for ESP-IDF, compiled by gcc (skipped where there is none: apt-get install gcc)',
  () => {
    let folder: string;
    let program: string;
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'earshot-chat-client-'));
      program = join(folder, 'chat');
      const sources = [
        ...pure.map((name) => join(__dirname, 'main', name)),
        join(__dirname, 'testing/main.c'),
      ];
      run('gcc', [...strict, ...sanitized, `-I${join(__dirname, 'main')}`, ...sources, '-o', program]);
    });
    afterAll(() => rmSync(folder, { recursive: true }));

    /** What the client makes of a body that arrives in pieces of so many bytes. */
    function read(body: string, { capacity = 4096, pieceBytes = 1460 } = {}) {
      const lines = run(program, ['stream', body, String(capacity), String(pieceBytes)])
        .trimEnd()
        .split('\n');
      const pieces = lines.flatMap((line) => {
        const hex = /^piece ([0-9a-f]+)$/.exec(line)?.[1];
        return hex === undefined ? [] : [Buffer.from(hex, 'hex').toString()];
      });
      const [, end, bytes, tokens, tooLong] = /^end (\w+) (\d+) (-?\d+) (\d+)$/m.exec(lines.join('\n')) ?? [];
      const failure = /^failure (.*)$/m.exec(lines.join('\n'))?.[1];
      const counts = { bytes: Number(bytes), tokens: Number(tokens), tooLong: Number(tooLong) };
      return { pieces, text: pieces.join(''), end, ...counts, ...(failure === undefined ? {} : { failure }) };
    }

    it('reads the stream of the mock of SiliconFlow', async () => {
      const corpus = smallCorpus();
      const mock = await openMock('siliconflow', { scenario, corpus, clock: systemClock });
      try {
        const question = corpus.prompts.get('en-joke-a')!.transcript;
        const [, body = ''] =
          /^\d+ (.*)$/s.exec(run(program, ['request', 'Qwen/Qwen3-8B', question, '256', '2048'])) ?? [];
        const answer = await fetch(mock.url, {
          method: 'POST',
          headers: { authorization: 'Bearer sk-test', 'content-type': 'application/json' },
          body,
        });
        const told = corpus.replies.get('en-joke-a')!.transcript;
        expect(read(await answer.text())).toMatchObject({
          text: told,
          bytes: Buffer.byteLength(told),
          end: 'complete',
          tokens: Math.ceil(told.length / 4),
          tooLong: 0,
        });
      } finally {
        await mock.close();
      }
    });

    const whole = [
      ': keep-alive\n\n',
      delta('', { role: 'assistant' }),
      delta(null, { reasoning_content: '用户问天气' }),
      delta('今天'),
      'data:{"choices":[{"delta":{"content":"晴，\\n\\u4e8c\\ud83d\\ude00\\"\\\\\\/"}}]}\r\n\r\n',
      'event: message\nid: 7\n',
      delta('！'),
      finished,
      usage,
      DONE,
      delta('not told any more'),
    ].join('');
    const text = '今天晴，\n二😀"\\/！';

    it('reads it alike wherever it is cut', () => {
      for (const pieceBytes of [1, 2, 3, 5, 7, 11, 64, 4096])
        expect(read(whole, { pieceBytes })).toEqual({
          pieces: ['今天', '晴，\n二😀"\\/', '！'],
          text,
          bytes: Buffer.byteLength(text),
          tokens: 12,
          tooLong: 0,
          end: 'complete',
        });
    });

    it.each([
      ['LF', '\n'],
      ['CR LF', '\r\n'],
      ['CR', '\r'],
    ])('takes lines that end with %s', (_, lineEnd) => {
      expect(read(whole.replaceAll(/\r?\n/g, lineEnd), { pieceBytes: 1 })).toMatchObject({
        text,
        end: 'complete',
      });
    });

    it('has no limit for answers, and tells of a frame that is longer than its room', () => {
      const long = '字'.repeat(100);
      const many = delta(long).repeat(100);
      expect(read(many + DONE, { capacity: 512 })).toMatchObject({
        bytes: 30_000,
        end: 'complete',
        tooLong: 0,
      });
      expect(read(delta('a') + delta(long) + delta('b') + DONE, { capacity: 300 })).toMatchObject({
        text: 'ab',
        tooLong: 1,
      });
    });

    it('tells a whole answer from one that was cut', () => {
      expect(read(delta('a') + finished)).toMatchObject({ end: 'complete', tokens: -1 });
      expect(read(delta('a'))).toMatchObject({ text: 'a', end: 'cut' });
      expect(read(delta('a') + delta('bc').slice(0, 40))).toMatchObject({ text: 'a', end: 'cut' });
      expect(read(delta('a') + 'data: [DONE]')).toMatchObject({ end: 'complete' });
      expect(read('')).toMatchObject({ text: '', end: 'cut' });
    });

    it('reads an error in the middle of a stream', () => {
      const error = frame({ error: { message: 'overloaded\nnow', type: 'server_error', code: null } });
      expect(read(delta('a') + error + delta('b'))).toMatchObject({
        text: 'a',
        end: 'failed',
        failure: 'server_error overloaded now',
      });
      expect(read(frame({ error: null, choices: [{ delta: { content: 'a' } }] }))).toMatchObject({
        text: 'a',
      });
    });

    it.each([
      ['{"code":20012,"message":"Model does not exist.","data":null}', '20012 Model does not exist.'],
      ['"Invalid token"', '- Invalid token'],
      [
        '{"error":{"message":"Incorrect API key","type":"x","code":"invalid_api_key"}}',
        'invalid_api_key Incorrect API key',
      ],
      ['{"message":"limit reached","data":null}', '- limit reached'],
      ['<html>\r\n502</html>', '- <html>  502</html>'],
      ['', '- '],
      [`{"message":"${'天'.repeat(200)}"}`, `- ${'天'.repeat(79)}`],
    ])('reads the refusal %s', (body, expected) => {
      expect(run(program, ['refusal', body])).toBe(`${expected}\n`);
    });

    it('composes the request as JSON, or not at all', () => {
      const question = '它\'s "7"\\\n\t\u0001😀';
      const [, length, body = ''] =
        /^(\d+) (.*)\n$/s.exec(run(program, ['request', 'Qwen/Qwen3-8B', question, '512', '400'])) ?? [];
      expect(JSON.parse(body)).toEqual({
        model: 'Qwen/Qwen3-8B',
        messages: [{ role: 'user', content: question }],
        stream: true,
        max_tokens: 512,
      });
      expect(Number(length)).toBe(Buffer.byteLength(body));
      expect(run(program, ['request', 'm', 'x'.repeat(100), '512', '100'])).toBe('0 \n');
    });

    it.each([
      ['{"a":[1,{"b":"x"},[2]],"c":-1.5e3}', 'a.1.b', '"x"', -1, 'x'],
      [' { "a" : [ 10 , 20 ] } ', 'a.1', '20', 20, ''],
      ['{"ab":1,"a":{"b":2}}', 'a.b', '2', 2, ''],
      ['{"a":"\\ud83d","b":1}', 'a', '"\\ud83d"', -1, '\ufffd'],
      [
        '{"a":"\\ude00\\ud83dx\\u0000\\uzzzz"}',
        'a',
        '"\\ude00\\ud83dx\\u0000\\uzzzz"',
        -1,
        '\ufffd\ufffdx\ufffd\ufffdzzzz',
      ],
      ['99999999999', '', '99999999999', -1, ''],
    ])('finds in %s at %s', (json, path, raw, count, decoded) => {
      expect(run(program, ['find', json, path, '64'])).toBe(`${raw}\n${count}\n${decoded}\n`);
    });

    it.each([
      ['{"a":1}', 'b'],
      ['{"a":[1]}', 'a.1'],
      ['{"a"', 'a'],
      ['{"a":', 'a'],
      ['{"a":"x', 'a'],
      ['[', '0'],
      ['', ''],
      [`${'['.repeat(5000)}1`, ''],
      ['{"a":1', 'b.c'],
    ])('finds nothing in %.20s at %s', (json, path) => {
      expect(run(program, ['find', json, path, '64'])).toBe('none\n');
    });

    it('decodes what fits, whole characters only', () => {
      const decoded = (capacity: number): string =>
        run(program, ['find', '"天天\\u5929"', '', String(capacity)]).split('\n')[2] ?? '';
      expect([1, 3, 4, 6, 7, 9, 10].map(decoded)).toEqual(['', '', '天', '天', '天天', '天天', '天天天']);
    });

    it('reads nonsense without reading too far', () => {
      let seed = 7;
      const next = (below: number): number => {
        seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
        return (seed >>> 8) % below;
      };
      for (let round = 0; round < 25; round += 1) {
        const characters = Array.from(whole);
        for (let change = 0; change < 12; change += 1)
          characters.splice(
            next(characters.length),
            next(4),
            ...['"', '\\', '{', '\\u', '\n', '天'].slice(next(6)),
          );
        const body = characters.join('');
        const { bytes, text: seen } = read(body, { capacity: 16 + next(200), pieceBytes: 1 + next(40) });
        expect(bytes).toBe(Buffer.byteLength(seen));
        run(program, ['refusal', body.slice(next(body.length))]);
      }
    });

    it('has nothing in it that ESP-IDF’s names do not carry: its other files compile against stubs of them', () => {
      for (const name of ['chat.c', 'main.c', 'wifi.c'])
        run('gcc', [
          '-std=gnu17',
          '-Wall',
          '-Wextra',
          '-Wno-unused-parameter',
          '-Werror',
          '-fsyntax-only',
          `-I${stubs}`,
          `-I${join(__dirname, 'main')}`,
          join(__dirname, 'main', name),
        ]);
    });

    it('prints lines that the dialect reads', async () => {
      const printed = [
        'I (900) Board: Init board.',
        'I (3100) NETWORK: got ip:192.168.7.31',
        'Waiting for system time to sync... (1/10)',
        'I (3510) SNTP: Time synchronized: 2026-11-21 06:00:00',
        'I (3520) TEXT_CHAT: Ready, provider chat at https://api.siliconflow.cn/v1/chat/completions',
        'I (9000) TEXT_CHAT: Asking: 今天',
        'I (9040) TEXT_CHAT: Request sent',
        'I (9200) TEXT_CHAT: First token',
        '回答: 晴',
        'I (9300) TEXT_CHAT: Answer complete, 3 bytes, 12 tokens',
        'I (9400) TEXT_CHAT: Asking: 再问',
        'E (9500) TEXT_CHAT: Request failed: 401 - Invalid token',
        '',
      ];
      expect(await readConsole('chat-client', Buffer.from(printed.join('\r\n')))).toMatchObject([
        { type: 'milestone', milestone: 'app' },
        { type: 'milestone', milestone: 'network' },
        { type: 'clock-set' },
        { type: 'session-ready' },
        { type: 'asking', text: '今天' },
        { type: 'request-sent' },
        { type: 'first-text' },
        { type: 'answer', text: '晴', complete: true },
        { type: 'asking', text: '再问' },
        { type: 'request-failed', status: 401, message: 'Invalid token' },
      ]);
      // Every line above is in the sources as it is printed.
      const sources = ['main.c', 'chat.c', 'wifi.c']
        .map((name) => readFileSync(join(__dirname, 'main', name), 'utf8'))
        .join();
      for (const [, text = ''] of printed
        .join('\n')
        .matchAll(/^[IE] \(\d+\) \w+: ([A-Z][a-z]+(?: [a-z]+)?)/gm))
        expect(sources).toContain(text);
    });
  },
);
