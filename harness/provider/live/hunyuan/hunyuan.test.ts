import { systemClock } from '../../../ports';
import {
  answers,
  streams,
  stubService,
  type StubAnswer,
  type StubService,
} from '../../__fixtures__/stub-service';
import { verifyTc3 } from '../../auth/verify-tc3';
import { openLiveClient } from '../open-live-client';

let service: StubService | undefined;
afterEach(async () => {
  await service?.close();
});

const keys = { secretId: 'AKIDEXAMPLE', secretKey: 'Gu5t9xGARNpq86cd98joQYCN3EXAMPLE' };
const nowMs = 1_700_000_000_000;

async function client(answer: StubAnswer) {
  service = await stubService(answer);
  return openLiveClient('hunyuan', {
    url: service.url,
    credentials: keys,
    credentialVariables: ['TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY'],
    clock: systemClock,
    unixNowMs: () => nowMs,
    limits: { attempts: 1 },
  });
}

const frame = (delta: object, finish = '', usage?: object): string =>
  `data: ${JSON.stringify({ Note: 'n', Choices: [{ FinishReason: finish, Delta: delta }], Usage: usage })}\n\n`;
const question = { text: '你好', stream: true };

it('signs what it sends and reads a stream that ends with its body', async () => {
  const asked = await client(
    streams(
      frame({ Role: 'assistant', Content: '你' }) +
        frame({ Role: 'assistant', Content: '好' }) +
        frame({ Content: '' }, 'stop', { PromptTokens: 1, CompletionTokens: 2, TotalTokens: 3 }),
    ),
  );
  await expect(asked.ask(question)).resolves.toMatchObject({
    text: '你好',
    finishReason: 'stop',
    usage: { promptTokens: 1, answerTokens: 2, totalTokens: 3 },
  });
  const [seen] = service?.requests ?? [];
  expect(seen?.headers).toMatchObject({ 'x-tc-action': 'ChatCompletions', 'x-tc-version': '2023-09-01' });
  expect(
    verifyTc3(
      { method: 'POST', headers: seen!.headers, body: seen!.text },
      { keys, services: ['hunyuan'], unixNowMs: nowMs },
    ),
  ).toBeUndefined();
  expect(seen?.json).toEqual({
    Model: 'hunyuan-lite',
    Messages: [{ Role: 'user', Content: '你好' }],
    Stream: true,
  });
});

it('reads the answer in one body, function calls included', async () => {
  const ToolCalls = [
    { Id: 'call_1', Type: 'function', Function: { Name: 'OpenDoor', Arguments: '{"open":true}' } },
  ];
  const Message = { Role: 'assistant', Content: '', ToolCalls };
  const asked = await client(
    answers(200, { Response: { Choices: [{ FinishReason: 'tool_calls', Message }] } }),
  );
  const tools = [{ name: 'OpenDoor', parameters: { type: 'object' } }];
  await expect(asked.ask({ ...question, stream: false, tools })).resolves.toMatchObject({
    calls: [{ callId: 'call_1', name: 'OpenDoor', arguments: { open: true } }],
  });
  expect(service?.requests[0]?.json.Tools).toEqual([
    { Type: 'function', Function: { Name: 'OpenDoor', Parameters: '{"type":"object"}' } },
  ]);
});

const error = (Code: string): object => ({
  Response: { Error: { Code, Message: `about ${Code}` }, RequestId: 'r' },
});
it.each<[string, StubAnswer, string, string]>([
  [
    'a signature that is wrong',
    answers(200, error('AuthFailure.SignatureFailure')),
    'HIL_PROVIDER_KEY_REJECTED',
    'AuthFailure.SignatureFailure',
  ],
  ['a limit', answers(200, error('RequestLimitExceeded')), 'HIL_PROVIDER_LIMITED', 'RequestLimitExceeded'],
  [
    'a package that is used up',
    answers(200, error('FailedOperation.FreeResourcePackExhausted')),
    'HIL_PROVIDER_QUOTA',
    'FailedOperation.FreeResourcePackExhausted',
  ],
  [
    'a parameter',
    answers(200, error('InvalidParameterValue.Model')),
    'HIL_PROVIDER_REFUSED',
    'InvalidParameterValue.Model',
  ],
  [
    'a stream that broke',
    streams(`${frame({ Content: 'H' })}data: {"ErrorMsg":{"Msg":"engine","Code":4001}}\n\n`),
    'HIL_PROVIDER_LIMITED',
    '4001',
  ],
])('finds the error inside status 200: %s', async (_, answer, code, providerCode) => {
  await expect((await client(answer)).ask(question)).rejects.toMatchObject({ code, facts: { providerCode } });
});

it.each<[string, StubAnswer, boolean, string]>([
  ['no Response', answers(200, { choices: [] }), false, 'HIL_PROVIDER_MALFORMED'],
  ['a string', answers(200, '"ok"'), false, 'HIL_PROVIDER_MALFORMED'],
  ['no Choices', answers(200, { Response: { RequestId: 'r' } }), false, 'HIL_PROVIDER_MALFORMED'],
  ['an empty answer', streams(frame({ Content: '' }, 'stop')), true, 'HIL_PROVIDER_MALFORMED'],
  ['no last frame', streams(frame({ Content: 'H' })), true, 'HIL_PROVIDER_CUT'],
  [
    'OpenAI names',
    streams('data: {"choices":[{"delta":{"content":"H"}}]}\n\n'),
    true,
    'HIL_PROVIDER_MALFORMED',
  ],
  ['JSON in place of a stream', answers(200, { Response: { Choices: [] } }), true, 'HIL_PROVIDER_MALFORMED'],
  [
    'what was moderated',
    streams(frame({ Content: 'H' }) + frame({ Content: '' }, 'sensitive')),
    true,
    'HIL_PROVIDER_REFUSED',
  ],
])('refuses %s', async (_, answer, stream, code) => {
  await expect((await client(answer)).ask({ ...question, stream })).rejects.toMatchObject({ code });
});

describe('with a bearer key and no keys to sign with', () => {
  const completion = {
    choices: [{ index: 0, message: { role: 'assistant', content: '你好' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
  const withKey = async (answer: StubAnswer, credentials: Readonly<Record<string, string>>) => {
    service = await stubService(answer);
    return openLiveClient('hunyuan', {
      url: `${service.url}/v1`,
      credentials,
      credentialVariables: ['HUNYUAN_API_KEY'],
      clock: systemClock,
      limits: { attempts: 1 },
    });
  };

  it('asks the OpenAI-compatible twin', async () => {
    const asked = await withKey(answers(200, completion), { apiKey: 'sk-h', secretId: 'AKID' });
    await expect(asked.ask({ ...question, stream: false })).resolves.toMatchObject({
      text: '你好',
      usage: { answerTokens: 2 },
    });
    const [seen] = service?.requests ?? [];
    expect(seen?.headers.authorization).toBe('Bearer sk-h');
    expect(seen?.json).toEqual({
      model: 'hunyuan-turbos-latest',
      messages: [{ role: 'user', content: '你好' }],
      stream: false,
    });
  });

  it('signs as soon as it has the keys for that', async () => {
    const asked = await withKey(answers(200, error('InternalError')), { ...keys, apiKey: 'sk-h' });
    await expect(asked.ask(question)).rejects.toMatchObject({ facts: { providerCode: 'InternalError' } });
    expect(service?.requests[0]?.headers.authorization).toMatch(/^TC3-HMAC-SHA256 /);
  });

  it('names the key’s variable when the key is refused, and tells of both ways when there is none', async () => {
    const refused = {
      error: { message: 'no such key', type: 'invalid_request_error', param: null, code: null },
    };
    const asked = await withKey(answers(401, refused), { apiKey: 'sk-h' });
    await expect(asked.ask(question)).rejects.toMatchObject({
      code: 'HIL_PROVIDER_KEY_REJECTED',
      message: expect.stringContaining('set HUNYUAN_API_KEY') as string,
    });
    expect(() =>
      openLiveClient('hunyuan', {
        credentialVariables: ['TENCENTCLOUD_SECRET_ID', 'TENCENTCLOUD_SECRET_KEY'],
        otherVariables: ['HUNYUAN_API_KEY'],
        clock: systemClock,
      }),
    ).toThrow('set TENCENTCLOUD_SECRET_ID, TENCENTCLOUD_SECRET_KEY, or HUNYUAN_API_KEY');
  });
});
