import { once } from 'node:events';
import WebSocket from 'ws';
import { systemClock, type ProviderProtocol, type RealtimeDialect } from '../../ports';
import { scenario, smallCorpus } from '../__fixtures__/small-corpus';
import { openMock } from './open-mock';

const options = { scenario, corpus: smallCorpus(), clock: systemClock };

it.each(['0.0.0.0', '::', '192.168.7.1'])('does not listen on %s without a key', async (host) => {
  for (const credentials of [undefined, { apiKey: '' }])
    await expect(
      openMock('deepseek', { ...options, host, ...(credentials && { credentials }) }),
    ).rejects.toMatchObject({ code: 'HIL_PROVIDER_OPEN_TO_ALL' });
});

it.each<[ProviderProtocol, Readonly<Record<string, string>>]>([
  ['openai-realtime', { token: 'mine' }],
  ['ollama', { password: 'mine' }],
  ['spark', { appId: 'mine' }],
  ['spark', { apiPassword: 'mine' }],
  ['spark', { apiKey: 'mine', apiSecret: '' }],
  ['hunyuan', { apiKey: 'mine', secretId: 'mine' }],
  ['pangu', { user: 'mine' }],
  ['pangu', { appCode: 'mine' }],
  ['pangu', { accessKey: 'mine', secretKey: 'mine', user: 'mine' }],
])('does not take for a key of %s what leaves a door on its defaults: %j', async (protocol, credentials) => {
  await expect(openMock(protocol, { ...options, host: '0.0.0.0', credentials })).rejects.toMatchObject({
    code: 'HIL_PROVIDER_OPEN_TO_ALL',
    origin: 'config',
    message: expect.stringContaining(` ${protocol} needs `) as string,
  });
});

it('listens anywhere with a key, which it asks for', async () => {
  const mock = await openMock('deepseek', { ...options, host: '0.0.0.0', credentials: { apiKey: 'sk-own' } });
  try {
    const models = mock.url.replace('0.0.0.0', '127.0.0.1').replace('chat/completions', 'models');
    const ask = async (key: string): Promise<number> =>
      (await fetch(models, { headers: { authorization: `Bearer ${key}` } })).status;
    await expect(ask('sk-own')).resolves.toBe(200);
    await expect(ask('sk-other')).resolves.toBe(401);
  } finally {
    await mock.close();
  }
});

/** What a client is told first: the kind of its session, or why it gets none. */
async function greeting(url: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const client = new WebSocket(url, { headers: { authorization: 'Bearer sk-test', ...headers } });
  const [first] = (await once(client, 'message')) as [Buffer];
  client.terminate();
  const { error, session } = JSON.parse(first.toString()) as {
    readonly error?: { readonly code: string };
    readonly session?: { readonly input_audio_format?: string; readonly audio?: object };
  };
  return error?.code ?? session?.input_audio_format ?? (session?.audio === undefined ? '?' : 'nested');
}

it.each<[RealtimeDialect | undefined, string, string]>([
  [undefined, 'nested', 'beta_api_shape_disabled'],
  ['auto', 'nested', 'pcm16'],
  ['beta', 'pcm16', 'pcm16'],
])('speaks the dialect of OpenAI Realtime that it is told: %s', async (dialect, plain, beta) => {
  const mock = await openMock('openai-realtime', { ...options, ...(dialect && { dialect }) });
  try {
    await expect(greeting(mock.url, {})).resolves.toBe(plain);
    await expect(greeting(mock.url, { 'openai-beta': 'realtime=v1' })).resolves.toBe(beta);
  } finally {
    await mock.close();
  }
});
