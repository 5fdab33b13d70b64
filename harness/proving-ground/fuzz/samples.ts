import type { ProviderProtocol } from '../../ports';
import type { HttpSample } from './fuzz-http';

const json = { 'content-type': 'application/json' };
const keyed = (): Readonly<Record<string, string>> => ({ ...json, authorization: 'Bearer sk-test' });
const open = (): Readonly<Record<string, string>> => json;

const tool = {
  type: 'function',
  function: { name: 'SetLightState', description: 'Switches the light.', parameters: { type: 'object' } },
};

/** Requests for a chat completion in good form. */
export const completionSamples = (
  target: string,
  model: string,
  headers: HttpSample['headers'],
): readonly [HttpSample, ...HttpSample[]] => {
  const post = (body: object): HttpSample => ({ method: 'POST', target, headers, body });
  const call = { id: 'c1', type: 'function', function: { name: 'SetLightState', arguments: '{}' } };
  const user = { role: 'user', content: '打开灯' };
  return [
    post({
      model,
      messages: [{ role: 'system', content: 'Be brief.' }, user],
      max_tokens: 512,
      temperature: 0.7,
    }),
    post({ model, messages: [user], stream: true, stream_options: { include_usage: true }, tools: [tool] }),
    post({
      model,
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'Turn on the light' }] },
        { role: 'assistant', content: null, tool_calls: [call] },
        { role: 'tool', tool_call_id: 'c1', content: 'ok' },
      ],
      tools: [tool],
      tool_choice: 'auto',
      stop: ['\n'],
    }),
  ];
};

const chat = (target: string, model: string): readonly [HttpSample, ...HttpSample[]] => [
  ...completionSamples(target, model, keyed),
  { method: 'GET', target: target.replace('chat/completions', 'models'), headers: keyed },
];

const ollama = (target: string, body: object): HttpSample => ({
  method: 'POST',
  target,
  headers: open,
  body,
});

/** Requests in good form of the protocols that take no signature. */
export const httpSamples: Readonly<
  Partial<Record<ProviderProtocol, readonly [HttpSample, ...HttpSample[]]>>
> = {
  openai: chat('/v1/chat/completions', 'gpt-4o-mini'),
  siliconflow: chat('/v1/chat/completions', 'deepseek-ai/DeepSeek-R1'),
  deepseek: chat('/chat/completions', 'deepseek-reasoner'),
  ollama: [
    ollama('/api/generate', { model: 'qwen3', prompt: '打开灯', options: { num_predict: 64, stop: ['\n'] } }),
    ollama('/api/generate', { model: 'qwen3', prompt: 'hi', stream: false, keep_alive: '5m', think: true }),
    ollama('/api/chat', {
      model: 'qwen3',
      messages: [
        { role: 'user', content: 'Turn on the light' },
        { role: 'tool', content: 'ok', tool_name: 'SetLightState' },
      ],
      tools: [tool],
    }),
    { method: 'GET', target: '/api/tags', headers: open },
  ],
};
