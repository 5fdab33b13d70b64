import { systemWallClock, type VoiceProvider } from '../../ports';
import { iamTokenRequest, signTc3 } from '../../provider';
import type { HttpSample } from './fuzz-http';
import { completionSamples } from './samples';

/** Credentials that the mocks have to be opened with, so that samples need no token. */
export const fuzzCredentials = {
  hunyuan: {},
  pangu: { appCode: 'fuzz-app-code' },
} as const satisfies Record<string, Readonly<Record<string, string>>>;

/** Protocols whose requests are signed, or need a token. */
export type SignedProtocol = keyof typeof fuzzCredentials;

export const isSigned = (protocol: string): protocol is SignedProtocol =>
  Object.hasOwn(fuzzCredentials, protocol);

const text = '打开灯';

function hunyuanSamples({ url, credentials = {} }: VoiceProvider): readonly [HttpSample, ...HttpSample[]] {
  const { secretId = '', secretKey = '' } = credentials;
  const headers = (body: Buffer): Readonly<Record<string, string>> => {
    const signed = { 'content-type': 'application/json', host: new URL(url).host };
    const timestamp = Math.floor(systemWallClock() / 1000);
    const request = { method: 'POST', headers: signed, signedHeaders: ['content-type', 'host'], body };
    return {
      ...signed,
      'x-tc-action': 'ChatCompletions',
      'x-tc-version': '2023-09-01',
      'x-tc-timestamp': String(timestamp),
      authorization: signTc3(request, { secretId, secretKey }, { timestamp, service: 'hunyuan' }),
    };
  };
  const post = (body: object): HttpSample => ({ method: 'POST', target: '/', headers, body });
  const Function = { Name: 'SetLightState', Description: 'Switches the light.', Parameters: '{}' };
  const call = { Id: 'c1', Type: 'function', Function: { Name: 'SetLightState', Arguments: '{}' } };
  const user = { Role: 'user', Content: text };
  return [
    post({
      Model: 'hunyuan-lite',
      Messages: [{ Role: 'system', Content: 'Be brief.' }, user],
      Temperature: 0.7,
    }),
    post({ Model: 'hunyuan-lite', Messages: [user], Stream: true, Tools: [{ Type: 'function', Function }] }),
    post({
      Model: 'hunyuan-turbos-latest',
      Messages: [
        user,
        { Role: 'assistant', Content: '', ToolCalls: [call] },
        { Role: 'tool', ToolCallId: 'c1', Content: 'ok' },
      ],
      Stop: ['\n'],
      ToolChoice: 'auto',
    }),
    ...completionSamples('/v1/chat/completions', 'hunyuan-turbos-latest', () => ({
      'content-type': 'application/json',
      authorization: 'Bearer sk-fuzz',
    })),
  ];
}

function panguSamples({ url, credentials = {} }: VoiceProvider): readonly [HttpSample, ...HttpSample[]] {
  const { user = '', password = '', domain = '', project = '', appCode = '' } = credentials;
  const headers = () => ({ 'content-type': 'application/json', 'x-apig-appcode': appCode });
  const post = (target: string, body: object): HttpSample => ({ method: 'POST', target, headers, body });
  const { pathname: v1 } = new URL(url);
  const messages = [{ role: 'user', content: text }];
  const tools = [{ type: 'function', function: { name: 'SetLightState', parameters: {} } }];
  return [
    post(v1, { messages, stream: true, user: 'u', tools }),
    post(v1, { messages: [{ role: 'system', content: 'Be brief.' }, ...messages], max_tokens: 64, n: 1 }),
    post('/api/v2/chat/completions', { model: 'pangu-x', messages, stream: true }),
    post('/v3/auth/tokens?nocatalog=true', iamTokenRequest({ user, password, domain, project })),
  ];
}

/** Requests in good form to a mock that is open with `fuzzCredentials`. */
export const signedSamples = (
  protocol: SignedProtocol,
  provider: VoiceProvider,
): readonly [HttpSample, ...HttpSample[]] =>
  protocol === 'hunyuan' ? hunyuanSamples(provider) : panguSamples(provider);
