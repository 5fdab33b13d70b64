import { systemClock, type Clock } from '../../../ports';
import {
  answers,
  streams,
  stubService,
  type StubAnswer,
  type StubService,
} from '../../__fixtures__/stub-service';
import { makeCertificate } from '../../mock/http/certificate';
import type { LiveLimits, LiveOptions, Question } from '../live-client';
import type { LiveEvent } from '../live-event';
import { openLiveClient } from '../open-live-client';
import { SpendCap } from '../spend-cap';

let service: StubService | undefined;
afterEach(async () => {
  await service?.close();
  service = undefined;
});

type Protocol = 'openai' | 'siliconflow' | 'deepseek';
const question: Question = { text: '你好, tell me a joke', stream: true };
const key = 'sk-test-0123456789';
const once: Partial<LiveLimits> = { attempts: 1 };

async function client(answer: StubAnswer, more: Partial<LiveOptions> & { protocol?: Protocol } = {}) {
  service = await stubService(answer);
  const { protocol = 'openai', ...options } = more;
  return openLiveClient(protocol, {
    url: `${service.url}/v1/chat/completions`,
    credentials: { apiKey: key },
    credentialVariables: [`${protocol.toUpperCase()}_API_KEY`],
    clock: systemClock,
    limits: once,
    ...options,
  });
}

const chunk = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const hello = [
  chunk({ role: 'assistant', content: '' }),
  ': keep-alive\n\n',
  chunk({ content: null, reasoning_content: '想' }),
  chunk({ content: '你' }),
  chunk({ content: '好 ' }),
  chunk({ content: '😀' }),
  chunk({}, 'stop'),
  'data: {"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}\n\n',
  'data: [DONE]\n\n',
].join('');

const typesOf = (events: readonly LiveEvent[]): string[] => events.map(({ type }) => type);

describe('a streamed answer', () => {
  it('is asked for as the service wants it and reported step by step', async () => {
    const asked = await client(streams(hello));
    const events: LiveEvent[] = [];
    const answer = await asked.ask(
      {
        ...question,
        history: [{ role: 'system', content: 'Be short.' }],
        tools: [{ name: 'OpenDoor', parameters: { type: 'object', properties: {} } }],
      },
      { onEvent: (event) => events.push(event) },
    );
    expect(answer).toEqual({
      responseId: 'ask-1',
      text: '你好 😀',
      reasoning: '想',
      calls: [],
      finishReason: 'stop',
      usage: { promptTokens: 9, answerTokens: 3, totalTokens: 12 },
      audioMs: 0,
      attempts: 1,
      startedAtHostMs: expect.any(Number) as number,
    });
    expect(typesOf(events)).toEqual([
      'connected',
      'request',
      'headers',
      'first-token',
      'token',
      'first-token',
      'token',
      'token',
      'token',
      'done',
    ]);
    expect(events[3]).toMatchObject({ kind: 'reasoning' });
    expect(events[5]).toMatchObject({ kind: 'answer' });
    const times = events.map(({ hostAtMs }) => hostAtMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const [seen] = service?.requests ?? [];
    expect(seen?.headers).toMatchObject({
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
    });
    expect(seen?.json).toEqual({
      model: 'gpt-4o-mini',
      messages: [
        { role: 'system', content: 'Be short.' },
        { role: 'user', content: question.text },
      ],
      stream: true,
      stream_options: { include_usage: true },
      tools: [
        { type: 'function', function: { name: 'OpenDoor', parameters: { type: 'object', properties: {} } } },
      ],
    });
  });

  it('is the same wherever the network cuts it, with CRLF and without the space', async () => {
    const wire = Buffer.from(hello.replaceAll('data: ', 'data:').replaceAll('\n', '\r\n'));
    const asked = await client((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      response.socket?.setNoDelay(true);
      const send = (at: number): void => {
        if (at >= wire.length) response.end();
        else response.write(wire.subarray(at, at + 1), () => send(at + 1));
      };
      send(0);
    });
    await expect(asked.ask(question)).resolves.toMatchObject({ text: '你好 😀', reasoning: '想' });
  });

  it('puts the pieces of each function call together', async () => {
    const call = (index: number, part: object): string => chunk({ tool_calls: [{ index, ...part }] });
    const asked = await client(
      streams(
        [
          call(0, { id: 'call_a', type: 'function', function: { name: 'SetVolume', arguments: '' } }),
          call(0, { function: { arguments: '{"volume"' } }),
          call(1, { id: 'call_b', function: { name: 'OpenDoor', arguments: '{"open":true}' } }),
          call(0, { function: { arguments: ':40}' } }),
          chunk({}, 'tool_calls'),
          'data: [DONE]\n\n',
        ].join(''),
      ),
    );
    const events: LiveEvent[] = [];
    const { calls, text } = await asked.ask(question, { onEvent: (event) => events.push(event) });
    expect(text).toBe('');
    expect(calls).toEqual([
      { callId: 'call_a', name: 'SetVolume', arguments: { volume: 40 } },
      { callId: 'call_b', name: 'OpenDoor', arguments: { open: true } },
    ]);
    expect(events.filter(({ type }) => type === 'tool-call')).toHaveLength(2);
  });

  it('is complete at the finish reason, also without [DONE]', async () => {
    const asked = await client(streams(chunk({ content: 'Hi' }) + chunk({}, 'stop')));
    await expect(asked.ask(question)).resolves.toMatchObject({ text: 'Hi', finishReason: 'stop' });
  });
});

it('reads an answer in one body, and the blank lines that DeepSeek sends before it', async () => {
  const body = {
    choices: [
      { message: { role: 'assistant', content: 'Hi', reasoning_content: 'hm' }, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
  const asked = await client(answers(200, `\n\n\n${JSON.stringify(body)}`), { protocol: 'deepseek' });
  const events: LiveEvent[] = [];
  const answer = await asked.ask({ ...question, stream: false }, { onEvent: (event) => events.push(event) });
  expect(answer).toMatchObject({ text: 'Hi', reasoning: 'hm', usage: { answerTokens: 2 } });
  expect(typesOf(events)).toEqual(['connected', 'request', 'headers', 'done']);
  expect(service?.requests[0]?.json).not.toHaveProperty('stream_options');
});

describe('an error answer', () => {
  const cases: readonly [Protocol, number, string | object, string, string | undefined, string][] = [
    ['siliconflow', 401, '"Invalid token"', 'HIL_PROVIDER_KEY_REJECTED', undefined, 'Invalid token'],
    [
      'siliconflow',
      400,
      { code: 20012, message: 'Model does not exist.', data: null },
      'HIL_PROVIDER_REFUSED',
      '20012',
      'Model does not exist',
    ],
    ['siliconflow', 403, '"Forbidden"', 'HIL_PROVIDER_REFUSED', undefined, 'Forbidden'],
    [
      'siliconflow',
      429,
      { message: 'TPM limit reached.', data: '' },
      'HIL_PROVIDER_LIMITED',
      undefined,
      'TPM limit',
    ],
    [
      'siliconflow',
      503,
      { code: 50505, message: 'Model service overloaded.' },
      'HIL_PROVIDER_LIMITED',
      '50505',
      'overloaded',
    ],
    ['siliconflow', 504, 'gateway timeout', 'HIL_PROVIDER_LIMITED', undefined, 'gateway timeout'],
    [
      'openai',
      401,
      { error: { message: 'Incorrect API key', code: 'invalid_api_key' } },
      'HIL_PROVIDER_KEY_REJECTED',
      'invalid_api_key',
      'Incorrect API key',
    ],
    [
      'openai',
      429,
      { error: { message: 'No credit', type: 'insufficient_quota', code: 'insufficient_quota' } },
      'HIL_PROVIDER_QUOTA',
      'insufficient_quota',
      'No credit',
    ],
    [
      'openai',
      404,
      { error: { message: 'No such model', code: 'model_not_found' } },
      'HIL_PROVIDER_REFUSED',
      'model_not_found',
      'No such model',
    ],
    [
      'deepseek',
      402,
      { error: { message: 'Insufficient Balance', type: 'unknown_error', code: 'invalid_request_error' } },
      'HIL_PROVIDER_QUOTA',
      'invalid_request_error',
      'Insufficient Balance',
    ],
    [
      'openai',
      200,
      { error: { message: 'Inside 200', code: 'server_error' } },
      'HIL_PROVIDER_REFUSED',
      'server_error',
      'Inside 200',
    ],
    ['siliconflow', 200, { code: 20015, message: 'too long' }, 'HIL_PROVIDER_REFUSED', '20015', 'too long'],
  ];
  it.each(cases)(
    'of %s with status %i and body %j is told as %s',
    async (protocol, status, body, code, own, said) => {
      const asked = await client(answers(status, body), { protocol });
      await expect(asked.ask(question)).rejects.toMatchObject({
        code,
        message: expect.stringContaining(said) as string,
        facts: { provider: protocol, httpStatus: status, ...(own !== undefined && { providerCode: own }) },
      });
    },
  );

  it('names the variable to set and masks the key that the service echoes', async () => {
    const asked = await client(answers(401, `"Invalid token ${key}"`), { protocol: 'siliconflow' });
    const events: LiveEvent[] = [];
    const failed = asked.ask(question, { onEvent: (event) => events.push(event) });
    await expect(failed).rejects.toMatchObject({
      message: '401 from siliconflow: key rejected: Invalid token ***; set SILICONFLOW_API_KEY.',
    });
    const error: unknown = await failed.catch((thrown: unknown) => thrown);
    expect(JSON.stringify([events, (error as { facts: unknown }).facts])).not.toContain(key);
    expect(events.at(-1)).toMatchObject({ type: 'error', httpStatus: 401 });
  });

  it('in the middle of a stream ends the turn with what it says', async () => {
    const broken = `${chunk({ content: 'Hi' })}data: {"error":{"message":"engine died","code":"server_error"}}\n\n`;
    await expect((await client(streams(broken))).ask(question)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_REFUSED',
      facts: { providerCode: 'server_error' },
    });
  });
});

describe('an answer that is not what the protocol says', () => {
  const plain = { ...question, stream: false };
  const cases: readonly [string, Question, StubAnswer, string, RegExp][] = [
    [
      'a string',
      plain,
      answers(200, '"Hi"'),
      'HIL_PROVIDER_MALFORMED',
      /with text: Hi; expected a JSON object/,
    ],
    ['an empty body', plain, answers(200, ''), 'HIL_PROVIDER_MALFORMED', /empty body/],
    ['no choices', plain, answers(200, { id: 'x' }), 'HIL_PROVIDER_MALFORMED', /choices of the answer/],
    [
      'empty choices',
      plain,
      answers(200, { choices: [] }),
      'HIL_PROVIDER_MALFORMED',
      /choices of the answer: empty/,
    ],
    [
      'a choice without a message',
      plain,
      answers(200, { choices: [{}] }),
      'HIL_PROVIDER_MALFORMED',
      /choices\.0\.message/,
    ],
    [
      'empty content',
      plain,
      answers(200, { choices: [{ message: { content: '' }, finish_reason: 'length' }] }),
      'HIL_PROVIDER_MALFORMED',
      /empty \(finished by "length"\)/,
    ],
    [
      'content that is a number',
      plain,
      answers(200, { choices: [{ message: { content: 5 } }] }),
      'HIL_PROVIDER_MALFORMED',
      /choices\.0\.message\.content/,
    ],
    [
      'only reasoning',
      question,
      streams(`${chunk({ reasoning_content: 'hm' })}${chunk({}, 'length')}data: [DONE]\n\n`),
      'HIL_PROVIDER_MALFORMED',
      /empty, only reasoning/,
    ],
    [
      'HTML',
      question,
      streams('<html>', 'text/html'),
      'HIL_PROVIDER_MALFORMED',
      /answered text\/html; expected text\/event-stream/,
    ],
    [
      'one body in place of a stream',
      question,
      answers(200, { choices: [{ message: { content: 'Hi' } }] }),
      'HIL_PROVIDER_MALFORMED',
      /answered application\/json; expected text\/event-stream/,
    ],
    [
      'a frame that is no JSON',
      question,
      streams('data: {"choices"\n\n'),
      'HIL_PROVIDER_MALFORMED',
      /not JSON/,
    ],
    [
      'a frame without choices',
      question,
      streams('data: {"id":"x"}\n\n'),
      'HIL_PROVIDER_MALFORMED',
      /choices of the answer/,
    ],
    [
      'message in place of delta',
      question,
      streams('data: {"choices":[{"message":{"content":"Hi"}}]}\n\n'),
      'HIL_PROVIDER_MALFORMED',
      /expected delta/,
    ],
    [
      'a stream without an end',
      question,
      streams(chunk({ content: 'Hi' })),
      'HIL_PROVIDER_CUT',
      /stream ended before/,
    ],
    [
      'arguments that are no JSON',
      question,
      streams(
        `${chunk({ tool_calls: [{ index: 0, function: { name: 'A', arguments: '{"a"' } }] })}${chunk({}, 'tool_calls')}`,
      ),
      'HIL_PROVIDER_MALFORMED',
      /arguments of A are not JSON/,
    ],
    [
      'a blocked answer',
      question,
      streams(`${chunk({ content: 'H' })}${chunk({}, 'content_filter')}data: [DONE]\n\n`),
      'HIL_PROVIDER_REFUSED',
      /blocked \(content_filter\)/,
    ],
  ];
  it.each(cases)('is refused: %s', async (_, asks, answer, code, message) => {
    await expect((await client(answer)).ask(asks)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message) as string,
    });
  });

  it('is cut: the socket dies in the middle', async () => {
    const asked = await client((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(chunk({ content: 'Hi' }), () => response.destroy());
    });
    await expect(asked.ask(question)).rejects.toMatchObject({ code: 'HIL_PROVIDER_CUT' });
  });

  it('is longer than allowed', async () => {
    const asked = await client(streams(chunk({ content: 'x'.repeat(5000) })), {
      limits: { ...once, maxAnswerBytes: 4096 },
    });
    await expect(asked.ask(question)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_MALFORMED',
      message: expect.stringContaining('longer than 4096 bytes') as string,
    });
  });
});

describe('retries', () => {
  const limits = { attempts: 3, backoffMs: 1, maxBackoffMs: 5 };

  it('asks again when the failure may pass, and reports every failed attempt', async () => {
    const overloaded = answers(503, { code: 50505, message: 'overloaded' });
    const asked = await client(
      (response, request, nth) => (nth < 3 ? overloaded : streams(hello))(response, request, nth),
      { limits },
    );
    const events: LiveEvent[] = [];
    const answer = await asked.ask(question, { onEvent: (event) => events.push(event) });
    expect(answer.attempts).toBe(3);
    // Behind the wait that follows on the last failure, and ahead of the connection.
    const connectedAtMs = events.findLast(({ type }) => type === 'connected')?.hostAtMs ?? 0;
    const failedAtMs = events.findLast(({ type }) => type === 'error')?.hostAtMs ?? 0;
    expect(answer.startedAtHostMs).toBeGreaterThan(failedAtMs);
    expect(answer.startedAtHostMs).toBeLessThan(connectedAtMs);
    expect(events.filter(({ type }) => type === 'error')).toHaveLength(2);
    expect(service?.requests).toHaveLength(3);
  });

  it('gives up after as many attempts as allowed', async () => {
    const asked = await client(answers(429, { message: 'RPM' }, { 'retry-after': '0' }), { limits });
    await expect(asked.ask(question)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_LIMITED',
      facts: { attempts: 3, retryAfterMs: 0 },
    });
  });

  it('does not ask again where it would have to wait longer than allowed', async () => {
    const asked = await client(answers(429, { message: 'RPD' }, { 'retry-after': '3600' }), { limits });
    await expect(asked.ask(question)).rejects.toMatchObject({
      facts: { attempts: 1, retryAfterMs: 3_600_000 },
    });
  });

  it('asks once when asking again cannot help', async () => {
    const asked = await client(answers(401, '"Invalid token"'), { limits });
    await expect(asked.ask(question)).rejects.toMatchObject({ facts: { attempts: 1 } });
    expect(service?.requests).toHaveLength(1);
  });

  it('stops waiting for the next attempt when it is cancelled', async () => {
    const asked = await client(answers(503, 'busy'), {
      limits: { attempts: 9, backoffMs: 600_000, maxBackoffMs: 600_000 },
    });
    const cancel = new AbortController();
    const failed = asked.ask(question, {
      signal: cancel.signal,
      onEvent: ({ type }) => type === 'error' && setImmediate(() => cancel.abort()),
    });
    await expect(failed).rejects.toMatchObject({ code: 'HIL_PROVIDER_CANCELLED' });
  });
});

describe('a spend cap', () => {
  it('counts questions that are asked again, over all clients, and stops the next one', async () => {
    const spend = new SpendCap({ maxTurns: 3 }, systemClock);
    const limits = { attempts: 2, backoffMs: 1, maxBackoffMs: 1 };
    const asked = await client(answers(503, 'busy'), { limits, spend });
    await expect(asked.ask(question)).rejects.toMatchObject({ code: 'HIL_PROVIDER_LIMITED' });
    await expect(asked.ask(question)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_SPEND_CAP',
      message: 'openai: not asked: the spend cap of 3 turns is reached.',
    });
    expect(service?.requests).toHaveLength(3);
  });

  it('counts the seconds that questions were open, those that still are included', () => {
    let nowMs = 0;
    const spend = new SpendCap({ maxSeconds: 2 }, { nowMs: () => nowMs, after: () => () => undefined });
    const end = spend.begin();
    nowMs = 1_500;
    expect(spend.reached).toBeUndefined();
    end();
    nowMs = 9_000;
    const second = spend.begin();
    nowMs = 9_500;
    expect(spend.reached).toBe('2 s');
    second();
    expect(() => spend.begin()).toThrow('spend cap of 2 s');
  });
});

describe('time limits', () => {
  /** A clock whose timers go off when the test says so. */
  function handClock() {
    const timers = new Map<number, Set<() => void>>();
    const clock: Clock = {
      nowMs: () => systemClock.nowMs(),
      after(delayMs, callback) {
        const waiting = timers.get(delayMs) ?? new Set();
        timers.set(delayMs, waiting.add(callback));
        return () => void waiting.delete(callback);
      },
    };
    const pass = (delayMs: number): void => timers.get(delayMs)?.forEach((callback) => callback());
    return { clock, pass };
  }
  const limits = { attempts: 1, connectMs: 11, firstByteMs: 12, idleMs: 13, totalMs: 14 };
  const silent: StubAnswer = () => undefined;
  const headersOnly: StubAnswer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
  };
  const halting: StubAnswer = (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(chunk({ content: 'Hi' }));
  };
  it.each<[string, StubAnswer, LiveEvent['type'], number]>([
    ['no first byte of an answer', silent, 'request', 12],
    ['no first byte of an answer', headersOnly, 'headers', 12],
    ['no further piece of the answer', halting, 'token', 13],
    ['no complete answer', halting, 'token', 14],
  ])('tell of %s', async (what, answer, after, limitMs) => {
    const { clock, pass } = handClock();
    const asked = await client(answer, { clock, limits });
    const failed = asked.ask(question, {
      // Once the client has entered the next stage.
      onEvent: ({ type }) => type === after && setImmediate(() => pass(limitMs)),
    });
    await expect(failed).rejects.toMatchObject({
      code: 'HIL_PROVIDER_TIMEOUT',
      message: `openai: ${what} within ${limitMs} ms.`,
    });
  });

  it('end when the exchange is cancelled', async () => {
    const asked = await client(halting);
    const cancel = new AbortController();
    const failed = asked.ask(question, {
      signal: cancel.signal,
      onEvent: ({ type }) => type === 'token' && cancel.abort(),
    });
    await expect(failed).rejects.toMatchObject({ code: 'HIL_PROVIDER_CANCELLED' });
  });
});

describe('the connection', () => {
  it('is told apart from the service when nobody listens', async () => {
    const asked = await client(silentEnd);
    await service?.close();
    await expect(asked.ask(question)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_UNREACHABLE',
      message: expect.stringMatching(
        /^openai: cannot be reached at 127\.0\.0\.1:\d+: .*ECONNREFUSED/,
      ) as string,
    });
  });

  it('trusts a bench CA when it is given, and nobody else', async () => {
    const certificate = await makeCertificate();
    service = await stubService(streams(hello), certificate);
    const options = {
      url: `${service.url}/v1/chat/completions`,
      credentials: { apiKey: key },
      clock: systemClock,
      limits: once,
    };
    const trusting = openLiveClient('openai', { ...options, ca: certificate.cert });
    await expect(trusting.ask(question)).resolves.toMatchObject({ text: '你好 😀' });
    await expect(openLiveClient('openai', options).ask(question)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_UNREACHABLE',
      facts: { retryable: false },
    });
  });

  const silentEnd: StubAnswer = (response) => void response.destroy();
  it('is cut before an answer', async () => {
    await expect((await client(silentEnd)).ask(question)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_CUT',
      facts: { retryable: true },
    });
  });
});

it('needs its key and names the variable', () => {
  expect(() =>
    openLiveClient('deepseek', { clock: systemClock, credentialVariables: ['DEEPSEEK_API_KEY'] }),
  ).toThrow('deepseek cannot be asked without apiKey; set DEEPSEEK_API_KEY.');
});
