import { at } from '../../__fixtures__/wire-client';
import { sparkErrorFrame, sparkFrame } from './spark-frames';
import { isSparkFault, readSparkQuestion } from './spark-question';

/** A good question, but for one value that is set or, when undefined, left out. */
const asked = (path = '', value?: unknown): string => {
  const question = {
    header: { app_id: '12345678', uid: 'u1' },
    parameter: { chat: { domain: 'generalv3', temperature: 0.5, top_k: 4, max_tokens: 2048, chat_id: 'c1' } },
    payload: {
      message: {
        text: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Hello' },
        ],
      },
      functions: {
        text: [{ name: 'f', description: 'd', parameters: { type: 'object', properties: {} } }],
      },
    },
  };
  const keys = path === '' ? [] : path.split('.');
  const last = keys.pop();
  const owner = keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], question);
  if (last !== undefined) (owner as Record<string, unknown>)[last] = value;
  return JSON.stringify(question);
};

describe('a frame of Spark', () => {
  it('has the documented bytes', () => {
    expect(sparkFrame({ sid: 'cht000b0a1b@dx18', status: 0, seq: 0, piece: { content: 'Hel' } })).toBe(
      '{"header":{"code":0,"message":"Success","sid":"cht000b0a1b@dx18","status":0},' +
        '"payload":{"choices":{"status":0,"seq":0,"text":[{"content":"Hel","role":"assistant","index":0}]}}}',
    );
  });

  it('carries the usage when it is the last', () => {
    const usage = { promptTokens: 4, completionTokens: 2 };
    expect(sparkFrame({ sid: 's', status: 2, seq: 7, piece: { content: '' }, usage })).toBe(
      '{"header":{"code":0,"message":"Success","sid":"s","status":2},"payload":{"choices":{"status":2,"seq":7,' +
        '"text":[{"content":"","role":"assistant","index":0}]},"usage":{"text":{"question_tokens":4,' +
        '"prompt_tokens":4,"completion_tokens":2,"total_tokens":6}}}}',
    );
  });

  it('carries a function call with empty content and its arguments as text', () => {
    const call = { name: 'SetVolume', arguments: { volume: 30 } };
    const frame: unknown = JSON.parse(sparkFrame({ sid: 's', status: 2, seq: 0, piece: { calls: [call] } }));
    expect(at(frame, 'payload', 'choices', 'text')).toEqual([
      {
        content: '',
        role: 'assistant',
        function_call: { name: 'SetVolume', arguments: '{"volume":30}' },
        index: 0,
      },
    ]);
  });

  it('is without payload when it is an error', () => {
    expect(sparkErrorFrame('s', { code: 10013, message: 'no' })).toBe(
      '{"header":{"code":10013,"message":"no","sid":"s","status":2}}',
    );
  });
});

describe('a question to Spark', () => {
  it('is read as documented', () => {
    expect(readSparkQuestion(asked())).toEqual({
      appId: '12345678',
      domain: 'generalv3',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hello' },
      ],
      tools: ['f'],
      maxTokens: 2048,
    });
  });

  it.each([
    ['no JSON', () => '{"header":', 10003],
    ['nothing', () => '', 10003],
    ['null', () => 'null', 10004],
    ['a list', () => '[]', 10004],
    ['no header', () => asked('header'), 10004],
    ['no messages', () => asked('payload.message'), 10004],
    ['a number as content', () => asked('payload.message.text.1.content', 1), 10004],
    ['an empty history', () => asked('payload.message.text', []), 10005],
    ['an app_id of nine', () => asked('header.app_id', '123456789'), 10005],
    ['a uid of 33', () => asked('header.uid', 'u'.repeat(33)), 10005],
    ['temperature 0', () => asked('parameter.chat.temperature', 0), 10005],
    ['top_k 7', () => asked('parameter.chat.top_k', 7), 10005],
    ['max_tokens 0', () => asked('parameter.chat.max_tokens', 0), 10005],
    ['a role that is none', () => asked('payload.message.text.0.role', 'bot'), 10005],
    ['a prototype', () => '{"__proto__":{"header":1}}', 10004],
    ['deep nesting', () => `${'['.repeat(50_000)}${']'.repeat(50_000)}`, 10004],
  ])('is refused for %s', (_name, text, code) => {
    const fault = readSparkQuestion(text());
    expect(isSparkFault(fault) && fault.code).toBe(code);
  });
});
