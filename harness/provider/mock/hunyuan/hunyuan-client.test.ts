/** The official client, unmodified, against the mock: it believes that it speaks to hunyuan.tencentcloudapi.com. */
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { LookupFunction } from 'node:net';
import { hunyuan } from 'tencentcloud-sdk-nodejs-hunyuan';
import { scenario, smallCorpus } from '../../__fixtures__/small-corpus';
import { systemClock } from '../../../ports';
import type { MockProvider } from '../mock-options';
import { openHunyuanMock } from './hunyuan-mock';

const corpus = smallCorpus();
const credential = { secretId: 'AKIDEARSHOT', secretKey: 'earshot-secret-key' };
let mock: MockProvider;

beforeAll(async () => {
  mock = await openHunyuanMock({ scenario, corpus, clock: systemClock, tls: true });
});
afterAll(() => mock.close());

/** As a bench's DNS override does. */
const lookup: LookupFunction = (_name, options, found) =>
  options.all === true ? found(null, [{ address: '127.0.0.1', family: 4 }]) : found(null, '127.0.0.1', 4);

type ClientOptions = ConstructorParameters<typeof hunyuan.v20230901.Client>[0];

function client(change: Partial<ClientOptions> = {}) {
  const endpoint = `hunyuan.tencentcloudapi.com:${new URL(mock.url).port}`;
  const agent = new HttpAgent({ lookup });
  return new hunyuan.v20230901.Client({
    credential,
    region: 'ap-guangzhou',
    profile: { httpProfile: { endpoint, protocol: 'http://', agent, reqTimeout: 10 } },
    ...change,
  });
}

type Sse = AsyncIterable<{ readonly data: string }>;

interface StreamEvent {
  readonly Choices: readonly [
    { readonly FinishReason: string; readonly Delta: { readonly Role: string; readonly Content: string } },
  ];
  readonly Usage: { readonly CompletionTokens: number };
}

async function streamed(of: ReturnType<typeof client>, content: string) {
  const Messages = [{ Role: 'user', Content: content }];
  const answer: unknown = await of.ChatCompletions({ Model: 'hunyuan-lite', Messages, Stream: true });
  const events: StreamEvent[] = [];
  for await (const { data } of answer as Sse) events.push(JSON.parse(data) as StreamEvent);
  return events;
}

const saidFor = (utterance: string): string =>
  [...corpus.replies.values()].find((clip) => clip.utterance === utterance)!.transcript;
const joke = corpus.prompts.get('en-joke-a')!.transcript;
const jokeText = saidFor('en-joke');

describe('tencentcloud-sdk-nodejs-hunyuan', () => {
  it('gets a whole answer', async () => {
    const answer = await client().ChatCompletions({
      Model: 'hunyuan-lite',
      Messages: [{ Role: 'user', Content: joke }],
    });
    expect(answer.Choices).toEqual([
      { FinishReason: 'stop', Message: { Role: 'assistant', Content: jokeText } },
    ]);
    expect(answer.Usage?.TotalTokens).toBe(answer.Usage!.PromptTokens! + answer.Usage!.CompletionTokens!);
  });

  it('gets a stream', async () => {
    const events = await streamed(client(), joke);
    expect(events.map(({ Choices }) => Choices[0].Delta.Content).join('')).toBe(jokeText);
    expect(events.slice(0, -1).every(({ Choices }) => Choices[0].FinishReason === '')).toBe(true);
    expect(events.at(-1)!.Choices[0]).toEqual({
      FinishReason: 'stop',
      Delta: { Role: 'assistant', Content: '' },
    });
    expect(events.map(({ Usage }) => Usage.CompletionTokens)).toEqual([
      ...events.slice(1).map((_, index) => index + 1),
      events.length - 1,
    ]);
  });

  it('gets both over TLS, and on an address of its own', async () => {
    const { port } = new URL(mock.tlsUrl!);
    const agent = new HttpsAgent({ ca: mock.tlsCertificate! });
    const httpProfile = { endpoint: `localhost:${port}`, agent, reqTimeout: 10 };
    const events = await streamed(client({ profile: { httpProfile } }), joke);
    expect(events.at(-1)!.Choices[0].FinishReason).toBe('stop');
  });

  it('reads what is refused', async () => {
    const wrong = client({ credential: { ...credential, secretKey: 'other' } });
    await expect(streamed(wrong, joke)).rejects.toMatchObject({ code: 'AuthFailure.SignatureFailure' });
    const unknown = client({ credential: { ...credential, secretId: 'AKIDOTHER' } });
    await expect(streamed(unknown, joke)).rejects.toMatchObject({ code: 'AuthFailure.SecretIdNotFound' });
    await expect(client().GetThread({ ThreadID: 't' })).rejects.toMatchObject({ code: 'InvalidAction' });
  });

  it('calls a function and is told what came of it', async () => {
    const Tools = [{ Type: 'function', Function: { Name: 'SetLightState', Parameters: '{}' } }];
    const asked = [{ Role: 'user', Content: corpus.prompts.get('en-light-on-a')!.transcript }];
    const first = await client().ChatCompletions({ Model: 'hunyuan-lite', Messages: asked, Tools });
    const message = first.Choices![0]!.Message!;
    expect(first.Choices![0]!.FinishReason).toBe('tool_calls');
    expect(message.ToolCalls![0]!.Function).toEqual({
      Name: 'SetLightState',
      Arguments: '{"LightState":true}',
    });
    const ToolCallId = message.ToolCalls![0]!.Id;
    const result = { Role: 'tool', ToolCallId, Content: '{"ok":true}' };
    const second = await client().ChatCompletions({
      Model: 'hunyuan-lite',
      Messages: [...asked, message, result],
      Tools,
    });
    expect(second.Choices![0]!.Message!.Content).toBe(saidFor('en-light-is-on'));
    expect(mock.events.filter(({ type }) => type === 'tool-output')).toMatchObject([
      { callId: ToolCallId, output: '{"ok":true}' },
    ]);
  });

  it('leaves its turn in the log, in order and on one clock', async () => {
    const from = mock.events.length;
    await streamed(client(), joke);
    const events = mock.events.slice(from);
    expect(events.map(({ type }) => type)).toEqual([
      'request',
      'heard',
      'first-token',
      'text-out',
      'response-done',
    ]);
    expect(events[0]).toMatchObject({ prompt: joke, model: 'hunyuan-lite', stream: true });
    expect(events[3]).toMatchObject({ text: jokeText });
    const at = events.map(({ hostAtMs }) => hostAtMs);
    expect(at).toEqual([...at].sort((a, b) => a - b));
  });
});
