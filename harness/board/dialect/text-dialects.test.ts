import { readConsole } from '../__fixtures__/read-console';
import { dialectByName } from './dialect-registry';

const events = (dialect: string, printed: string, pieceBytes?: number): Promise<object[]> =>
  readConsole(dialect, Buffer.from(printed), pieceBytes);

const banner = 'ESP-ROM:esp32s3-20210327\r\nrst:0x1 (POWERON),boot:0x8 (SPI_FAST_FLASH_BOOT)\r\n';

const booted = { type: 'boot', resetCause: 'power on (0x1)' };
const app = { type: 'milestone', milestone: 'app' };
const network = { type: 'milestone', milestone: 'network' };
const connecting = { type: 'milestone', milestone: 'connecting' };

describe('spark-chat, hunyuan-chat, pangu-chat and ollama-chat', () => {
  const ready = [
    'I (900) Board: Init board.',
    'esp> I (1500) NETWORK: got ip:192.168.7.31',
    'Waiting for system time to sync... (1/10)',
    'I (3510) SNTP: Time synchronized: 2026-11-21 06:00:00',
    'I (3520) TEXT_CHAT: Ready, provider spark at ws://127.0.0.1:9000/v3.1/chat',
    '',
  ].join('\r\n');
  const turn = [
    'esp> ask "今天天气怎么样"',
    'I (9000) TEXT_CHAT: Asking: 今天天气怎么样',
    'I (9040) TEXT_CHAT: Request sent',
    'I (9200) TEXT_CHAT: First token',
    '思考: 用户问天气',
    '回答: 今天全天晴朗温暖',
    'I think: 出门吧',
    'I (9300) wifi:bcn_timeout',
    '',
    'E (x) 再见',
    'I (9400) TEXT_CHAT: Answer complete, 62 bytes, 12 tokens',
    'esp> ',
  ].join('\r\n');
  const said = [
    booted,
    app,
    network,
    { type: 'clock-set', unixMs: Date.UTC(2026, 10, 21, 6, 0, 0) },
    { type: 'session-ready' },
    { type: 'asking', text: '今天天气怎么样' },
    { type: 'request-sent' },
    { type: 'first-text' },
    { type: 'answer', text: '今天全天晴朗温暖\nI think: 出门吧\n\nE (x) 再见', complete: true },
  ];

  it.each(['spark-chat', 'hunyuan-chat', 'pangu-chat', 'ollama-chat'])('%s reads a turn', async (dialect) => {
    expect(await events(dialect, banner + ready + turn)).toEqual(said);
  });

  it('reads the same wherever the bytes are cut, in the middle of a character too', async () => {
    for (const pieceBytes of [1, 2, 3, 5, 7, 16])
      expect(await events('spark-chat', banner + ready + turn, pieceBytes)).toEqual(said);
  });

  it.each([
    [
      'E (9) TEXT_CHAT: Request failed: 403 - HMAC signature cannot be verified',
      { status: 403, message: 'HMAC signature cannot be verified' },
    ],
    [
      'E (9) TEXT_CHAT: Request failed: 200 AuthFailure.SignatureExpire The signature: has expired',
      { status: 200, code: 'AuthFailure.SignatureExpire', message: 'The signature: has expired' },
    ],
    [
      'E (9) TEXT_CHAT: Request failed: -1 10013 输入内容审核不通过',
      { code: '10013', message: '输入内容审核不通过' },
    ],
    ['E (9) TEXT_CHAT: Request failed: -1 - ', { message: '' }],
  ])('reads %j', async (line, failed) => {
    expect(await events('hunyuan-chat', `${line}\r\n`)).toEqual([{ type: 'request-failed', ...failed }]);
  });

  it('gives what was printed of an answer that broke off, and then why', async () => {
    const printed = [
      '回答: 今天',
      '全天',
      'E (9) TEXT_CHAT: Request failed: -1 - connection closed',
      '回答 is no answer here',
      '',
    ];
    expect(await events('ollama-chat', printed.join('\r\n'))).toEqual([
      { type: 'answer', text: '今天\n全天', complete: false },
      { type: 'request-failed', message: 'connection closed' },
    ]);
  });

  it('forgets an answer that a reset cut', async () => {
    const printed = `回答: 今天\r\n${banner}I (9) TEXT_CHAT: Answer complete, 0 bytes, -1 tokens\r\n`;
    expect(await events('pangu-chat', printed)).toEqual([
      booted,
      { type: 'answer', text: '', complete: true },
    ]);
  });

  it('tells a dropped question', async () => {
    expect(await events('spark-chat', 'W (9) TEXT_CHAT: Busy\r\n')).toEqual([
      { type: 'complaint', text: 'Busy' },
    ]);
  });

  it('types a question as one word of esp_console, on one line', () => {
    const ask = (text: string) => dialectByName('spark-chat').askCommand?.(text);
    expect(ask('今天天气怎么样')).toBe('ask "今天天气怎么样"');
    expect(ask('say "a\\b"\r\nand c')).toBe('ask "say \\"a\\\\b\\" and c"');
  });
});

describe('a board without the time', () => {
  const lines = (...texts: string[]): Promise<object[]> => events('idf-chat', `${texts.join('\r\n')}\r\n`);

  it('says so, and why where it knows', async () => {
    const unset = 'W (23000) SNTP: Time not synchronized, going on';
    expect(await lines('Waiting for system time to sync... (10/10)', unset)).toEqual([
      { type: 'clock-unset' },
    ]);
    expect(await lines('I (3000) SNTP: Kiss of death: RATE', unset)).toEqual([
      { type: 'clock-unset', reason: 'the time server refused with RATE' },
    ]);
  });

  it('refuses a certificate of the future, and the request fails', async () => {
    expect(
      await lines(
        'E (24000) esp-tls-mbedtls: mbedtls_ssl_handshake returned -0x2700',
        'I (24001) esp-tls-mbedtls: Failed to verify peer certificate!',
        'I (24002) esp-tls-mbedtls: verification info:   ! The certificate validity starts in the future',
        'E (24010) HTTP_AI_CLIENT: 连接失败: ESP_ERR_HTTP_CONNECT',
        'I (24020) HTTP_AI_CLIENT: HTTP示例完成',
      ),
    ).toEqual([
      { type: 'tls-refused', reason: 'The certificate validity starts in the future' },
      { type: 'request-failed', message: '连接失败: ESP_ERR_HTTP_CONNECT' },
    ]);
  });
});

describe('idf-chat', () => {
  const request = [
    'I (700) main_task: Calling app_main()',
    'I (2000) example_common: - IPv4 address: 192.168.7.31,',
    'I (2100) HTTP_AI_CLIENT: HTTP_EVENT_ON_CONNECTED',
    'I (2110) HTTP_AI_CLIENT: HTTP_EVENT_HEADERS_SENT',
    'I (2400) HTTP_AI_CLIENT: HTTP_EVENT_ON_HEADER, key=Content-Type, value=application/json',
    'I (2410) HTTP_AI_CLIENT: HTTP_EVENT_ON_DATA, len=100',
    'I (2411) HTTP_AI_CLIENT: HTTP_EVENT_ON_DATA, len=20',
    'I (2420) HTTP_AI_CLIENT: HTTP_EVENT_ON_FINISH',
  ];
  const asked = [app, network, connecting, { type: 'request-sent' }, { type: 'first-text' }];
  const answered = (status: number, body: string): Promise<object[]> =>
    events(
      'idf-chat',
      [
        ...request,
        `I (2430) HTTP_AI_CLIENT: HTTP状态码 = ${status}, 内容长度 = 18446744073709551615`,
        `I (2431) HTTP_AI_CLIENT: 响应内容: ${body}`,
        'I (2440) HTTP_AI_CLIENT: HTTP示例完成',
        '',
      ].join('\r\n'),
      11,
    );
  const completion = (content: string, space?: number): string =>
    JSON.stringify(
      {
        id: 'x',
        choices: [{ index: 0, message: { role: 'assistant', reasoning_content: 'hm', content } }],
        usage: { total_tokens: 9 },
      },
      undefined,
      space,
    );

  it('reads the answer from the body, raw newlines and keep-alive lines ahead of it included', async () => {
    const answer = { type: 'answer', text: '今天\n"晴朗"', complete: true };
    expect(await answered(200, completion('今天\n"晴朗"'))).toEqual([...asked, answer]);
    expect(await answered(200, `\r\n\r\n${completion('今天\n"晴朗"', 2)}`)).toEqual([...asked, answer]);
  });

  it('knows an answer that the buffer cut, wherever it was cut', async () => {
    const body = Buffer.from(completion('今天\n全天晴'));
    const content = body.indexOf('今天');
    const end = body.indexOf('"}}', content);
    for (let cut = content; cut <= body.length; cut += 1) {
      const [answer] = (await answered(200, body.subarray(0, cut).toString())).slice(asked.length);
      const { text, complete } = answer as { text: string; complete: boolean };
      expect('今天\n全天晴'.startsWith(text)).toBe(true);
      expect(complete).toBe(cut > end);
      if (complete) expect(text).toBe('今天\n全天晴');
    }
  });

  it.each([
    [401, '"Invalid token"', { message: 'Invalid token' }],
    [
      429,
      '{"error":{"message":"slow down","type":"requests","param":null,"code":"rate_limit_exceeded"}}',
      { code: 'rate_limit_exceeded', message: 'slow down' },
    ],
    [503, '{"code":50505,"message":"overloaded","data":null}', { code: '50505', message: 'overloaded' }],
    [504, 'upstream timed out', { message: 'upstream timed out' }],
    [500, '', { message: 'an empty body' }],
  ])('tells an answer with status %i from an answer', async (status, body, failed) => {
    expect(await answered(status, body)).toEqual([...asked, { type: 'request-failed', status, ...failed }]);
  });

  it('reads what broke', async () => {
    const failures = ['获取头部信息失败', '读取响应失败', '连接失败: ESP_ERR_HTTP_CONNECT'];
    for (const message of failures)
      expect(await events('idf-chat', `E (9) HTTP_AI_CLIENT: ${message}\r\n`)).toEqual([
        { type: 'request-failed', message },
      ]);
  });
});

describe('micropython-chat', () => {
  const boot = ['=== 启动系统 ===', 'Connecting to lab...', '....', 'IP Address: 192.168.7.31', ''];
  const started = [booted, app, network];
  const request = [
    '[Request]',
    `Payload: {'model': 'deepseek-chat', 'messages': [{'role': 'system', 'content': "You're brief"}, {'role': 'user', 'content': '它\\'s 7\\u4e2a\\U0001f600'}]}`,
    '',
  ];
  const asked = [connecting, { type: 'asking', text: "它's 7个😀" }];
  const greeting = [
    'MicroPython v1.26.0 on 2025-08-09; Generic ESP32S3 module with Octal-SPIRAM with ESP32S3',
    'Type "help()" for more information.',
  ];
  const repl = [...greeting, '>>> '];
  const firmware = {
    type: 'firmware',
    firmware: { project: 'micropython', version: 'v1.26.0', compiled: '2025-08-09' },
  };
  const run = (...lines: string[]): Promise<object[]> =>
    events('micropython-chat', `${banner}${[...boot, ...request, ...lines].join('\r\n')}`, 5);

  it('takes the lines up to the banner of the REPL for the answer', async () => {
    expect(await run('[Response] Status: 200', 'AI回复: 今天晴', '', '出门吧', ...repl)).toEqual([
      ...started,
      ...asked,
      firmware,
      { type: 'answer', text: '今天晴\n\n出门吧', complete: true },
    ]);
  });

  it('takes the prompt for the end where the banner is missing, although it never ends its line', async () => {
    expect(await run('[Response] Status: 200', 'AI回复: 今天晴', '', '出门吧', '>>> ')).toEqual([
      ...started,
      ...asked,
      { type: 'answer', text: '今天晴\n\n出门吧', complete: true },
    ]);
  });

  it('leaves an answer open until the REPL is there', async () => {
    expect(await run('[Response] Status: 200', 'AI回复: 今天晴', '')).toEqual([...started, ...asked]);
  });

  it('reads refusals and exceptions', async () => {
    const refused = '{"error":{"message":"no","code":"invalid_api_key"}}';
    expect(await run('[Response] Status: 401', `Error Response: ${refused}`, ...repl)).toEqual([
      ...started,
      ...asked,
      firmware,
      { type: 'request-failed', status: 401, code: 'invalid_api_key', message: 'no' },
    ]);
    expect(await run('[Error] [Errno 104] ECONNRESET', ...repl)).toEqual([
      ...started,
      ...asked,
      { type: 'request-failed', message: '[Errno 104] ECONNRESET' },
      firmware,
    ]);
  });

  it('reads another turn after a soft reset, without the status of the one before', async () => {
    const again = ['', 'MPY: soft reboot', '=== 启动系统 ===', '', 'IP Address: 192.168.7.31', ''];
    const first = ['[Response] Status: 200', 'AI回复: 今天晴', ...repl];
    const second = [...again, ...request, '[Error] -202', ...repl];
    expect((await run(...first, ...second)).slice(started.length + asked.length)).toEqual([
      firmware,
      { type: 'answer', text: '今天晴', complete: true },
      { type: 'boot', resetCause: 'soft reset of MicroPython' },
      app,
      network,
      ...asked,
      { type: 'request-failed', message: '-202' },
      firmware,
    ]);
  });

  it('reads exceptions that nobody caught: of the request, of the script, and not those of Ctrl-C', async () => {
    const trace = (error: string): string[] => [
      'Traceback (most recent call last):',
      '  File "main.py", line 3, in <module>',
      '  File "chat_client.py", line 152, in ask',
      error,
    ];
    const message = 'MemoryError: memory allocation failed, allocating 9216 bytes (chat_client.py, line 152)';
    expect(
      await run(...trace('MemoryError: memory allocation failed, allocating 9216 bytes'), ...repl),
    ).toEqual([...started, ...asked, { type: 'request-failed', message }, firmware]);
    expect(await run(...trace('KeyboardInterrupt: '), ...repl)).toEqual([...started, ...asked, firmware]);
    expect(
      await events('micropython-chat', [...trace("NameError: name 'x' isn't defined"), ''].join('\r\n'), 7),
    ).toEqual([{ type: 'complaint', text: "NameError: name 'x' isn't defined (chat_client.py, line 152)" }]);
  });

  it('reads a Wi-Fi that is not there', async () => {
    const printed = ['', '!!! 错误: WiFi连接超时', '10秒后重启...', ''].join('\r\n');
    expect(await events('micropython-chat', printed)).toEqual([
      { type: 'complaint', text: '!!! 错误: WiFi连接超时' },
    ]);
  });
});
