import { iamTokenRequest } from '../auth/iam-token';
import { signSparkUrl } from '../auth/spark-url';
import { signTc3 } from '../auth/tc3';
import { Gate } from './gate';

const NOW = Date.UTC(2026, 10, 22);
const gateOf = (protocol: ConstructorParameters<typeof Gate>[0], admits: Record<string, string>): Gate =>
  new Gate(protocol, admits, () => NOW);

type Asked = Parameters<Gate['refusal']>[0];
const asking = (headers: Asked['headers'], over: Partial<Asked> = {}): Asked => ({
  method: 'POST',
  target: '/v1/chat/completions',
  headers,
  body: Buffer.from('{}'),
  ...over,
});
const bearer = (key: string): Asked['headers'] => ({ authorization: `Bearer ${key}` });

it.each(['deepseek', 'openai', 'siliconflow', 'ollama', 'openai-realtime'] as const)(
  'lets in to %s who shows the key, and nobody else',
  (protocol) => {
    const gate = gateOf(protocol, { apiKey: 'bench-token-1' });
    expect(gate.refusal(asking(bearer('bench-token-1')))).toBeUndefined();
    for (const headers of [{}, bearer('bench-token-2'), bearer('ek_0123456789abcdef')])
      expect(gate.refusal(asking(headers))).toMatch(/key/);
  },
);

it('lets in to OpenAI Realtime by subprotocol, and by a key that was given out here, the latest of them', () => {
  const gate = gateOf('openai-realtime', { apiKey: 'bench-token-1' });
  const offered = (key: string): Asked['headers'] => ({
    'sec-websocket-protocol': `realtime, openai-insecure-api-key.${key}`,
  });
  expect(gate.refusal(asking(offered('bench-token-1')))).toBeUndefined();
  expect(gate.refusal(asking(offered('bench-token-2')))).toMatch(/not the one/);
  const give = (key: string, cut = 20): void => {
    const tap = gate.tap();
    const text = JSON.stringify({ value: key, expires_at: 1 });
    tap.body(Buffer.from(text.slice(0, cut)), 0);
    tap.body(Buffer.from(text.slice(cut)), 0);
    tap.ended('complete', 0);
  };
  give('ek_first_0123456789');
  expect(gate.refusal(asking(bearer('ek_first_0123456789')))).toBeUndefined();
  expect(gate.refusal(asking(offered('ek_first_0123456789')))).toBeUndefined();
  // What of it had come first is no key.
  expect(gate.refusal(asking(bearer('ek_first_01')))).toMatch(/not the one/);
  for (let at = 0; at < 256; at += 1) give(`ek_later_${at}_0123456789`, 3);
  expect(gate.refusal(asking(bearer('ek_first_0123456789')))).toMatch(/not the one/);
  expect(gate.refusal(asking(bearer('ek_later_255_0123456789')))).toBeUndefined();
});

it('checks the signatures of Spark and Hunyuan', () => {
  const keys = { apiKey: 'spark-key-1', apiSecret: 'spark-secret-1' };
  const spark = gateOf('spark', keys);
  const signed = (with_: typeof keys): Asked => {
    const url = new URL(signSparkUrl('ws://bench.local:8081/v3.1/chat', with_, NOW));
    return asking(
      { host: 'bench.local:8081', upgrade: 'websocket' },
      { method: 'GET', target: url.pathname + url.search },
    );
  };
  expect(spark.refusal(signed(keys))).toBeUndefined();
  expect(spark.refusal(signed({ ...keys, apiSecret: 'guessed' }))).toBeDefined();
  const tencent = { secretId: 'AKIDexample', secretKey: 'tencent-secret-1' };
  const hunyuan = gateOf('hunyuan', tencent);
  const request = (with_: typeof tencent): Asked => {
    const headers = { 'content-type': 'application/json', host: 'hunyuan.tencentcloudapi.com' };
    const body = Buffer.from('{"Model":"hunyuan-lite"}');
    const authorization = signTc3(
      { method: 'POST', headers, signedHeaders: ['content-type', 'host'], body },
      with_,
      { timestamp: NOW / 1000, service: 'hunyuan' },
    );
    return asking({ ...headers, authorization, 'x-tc-timestamp': String(NOW / 1000) }, { target: '/', body });
  };
  expect(hunyuan.refusal(request(tencent))).toBeUndefined();
  expect(hunyuan.refusal(request({ ...tencent, secretKey: 'guessed' }))).toBeDefined();
});

it('lets in to Pangu who signs in with the password, and then by the token that was got here', () => {
  const gate = gateOf('pangu', { user: 'bench', password: 'pangu-pass-1' });
  const user = { user: 'bench', domain: 'bench', project: 'cn-southwest-2' };
  const signIn = (password: string): Asked =>
    asking(
      {},
      {
        target: '/v3/auth/tokens?nocatalog=true',
        body: Buffer.from(JSON.stringify(iamTokenRequest({ ...user, password }))),
      },
    );
  expect(gate.refusal(signIn('pangu-pass-1'))).toBeUndefined();
  expect(gate.refusal(signIn('guessed'))).toMatch(/not the one/);
  const chat = asking({ 'x-auth-token': 'MIItoken' }, { target: '/v1/p/deployments/d/chat/completions' });
  expect(gate.refusal(chat)).toMatch(/no token/);
  gate.tap().answered(201, { 'x-subject-token': 'MIItoken' }, 0);
  expect(gate.refusal(chat)).toBeUndefined();
  expect(() => gateOf('pangu', { accessKey: 'a', secretKey: 'b' })).toThrow(/cannot check/);
});
