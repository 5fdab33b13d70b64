import { panguBody, panguChunk, panguV1, panguV2 } from './pangu-frames';
import { iamRefusal, panguFault, panguRefusal, tokenFault } from './pangu-fault';
import { isPanguFault, readPanguRequest } from './pangu-request';

const head = { id: 'chat-1', created: 1_745_725_837, model: 'pangu-nlp-n1-32k_x', promptTokens: 64 };

describe('an answer of Pangu', () => {
  it('streams V1 in the documented bytes: no space, `message`, the role alone first', () => {
    expect(panguChunk(head, panguV1, { piece: { role: 'assistant' }, finish: null, tokens: 0 })).toBe(
      'data:{"id":"chat-1","object":"chat.completion.chunk","created":1745725837,"model":"pangu-nlp-n1-32k_x",' +
        '"choices":[{"index":0,"logprobs":null,"finish_reason":null,"message":{"role":"assistant"}}],' +
        '"usage":{"prompt_tokens":64,"total_tokens":64,"completion_tokens":0}}\n\n',
    );
    expect(panguChunk(head, panguV1, { piece: { content: 'Hi' }, finish: null, tokens: 1 })).toContain(
      '"choices":[{"index":0,"logprobs":null,"finish_reason":null,"message":{"content":"Hi"}}],' +
        '"usage":{"prompt_tokens":64,"total_tokens":65,"completion_tokens":1}',
    );
    expect(panguV1.done).toBe('data:[DONE]');
  });

  it('streams V2 as OpenAI does', () => {
    const chunk = panguChunk(head, panguV2, { piece: { content: 'Hi' }, finish: 'stop', tokens: 1 });
    expect(chunk).toMatch(/^data: \{/);
    expect(chunk).toContain('"finish_reason":"stop","delta":{"content":"Hi"}');
  });

  it('comes whole with the extras of the service', () => {
    expect(panguBody(head, { content: 'Hi', calls: [], finish: 'stop', tokens: 1 })).toEqual({
      id: 'chat-1',
      object: 'chat.completion',
      created: 1_745_725_837,
      model: 'pangu-nlp-n1-32k_x',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi', tool_calls: [] },
          logprobs: null,
          finish_reason: 'stop',
          stop_reason: null,
        },
      ],
      usage: { prompt_tokens: 64, total_tokens: 65, completion_tokens: 1 },
      prompt_logprobs: null,
    });
  });
});

describe('a refusal of Pangu', () => {
  it('has one shape for each of service, gateway and identity service', () => {
    expect(JSON.parse(panguRefusal(panguFault('PANGU.3267')).body)).toEqual({
      error_code: 'PANGU.3267',
      error_msg: 'The number of queries per second exceeds the limit.',
    });
    const gateway = panguRefusal(tokenFault('decrypt token fail'));
    expect(gateway.status).toBe(401);
    expect(JSON.parse(gateway.body)).toEqual({
      error_msg: 'Incorrect IAM authentication information: decrypt token fail',
      error_code: 'APIG.0301',
      request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(iamRefusal(401, 'no').body).toBe('{"error":{"message":"no","code":401,"title":"Unauthorized"}}');
  });
});

describe('a request to Pangu', () => {
  const messages = [{ role: 'user', content: 'hello' }];
  it('is read as documented', () => {
    const tools = [{ type: 'function', function: { name: 'f', parameters: {} } }];
    expect(readPanguRequest(JSON.stringify({ messages, user: 'u', stream: true, n: 1, tools }))).toEqual({
      messages,
      stream: true,
      tools: ['f'],
    });
  });

  it.each([
    ['no JSON', '{', 'PANGU.0010'],
    ['null', 'null', 'PANGU.0010'],
    ['no messages', '{}', 'PANGU.3278'],
    ['no role', '{"messages":[{"content":"x"}]}', 'PANGU.3278'],
    ['no message at all', '{"messages":[]}', 'PANGU.0010'],
    ['a text as messages', '{"messages":"hello"}', 'PANGU.0010'],
    ['max_tokens 0', JSON.stringify({ messages, max_tokens: 0 }), 'PANGU.3317'],
  ])('is refused for %s', (_name, body, code) => {
    const fault = readPanguRequest(body);
    expect(isPanguFault(fault) && fault.code).toBe(code);
  });
});
