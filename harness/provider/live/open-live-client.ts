import { ProviderError } from '../../errors';
import { systemWallClock, type ProviderProtocol } from '../../ports';
import { liveClient, requiredCredentials, type Asker } from './asking';
import { chatCodec, type ChatService } from './chat/chat-codec';
import { httpAsker } from './http-asker';
import type { LiveClient, LiveOptions } from './live-client';
import { hunyuanCodec } from './hunyuan/hunyuan-codec';
import { ollamaCodec } from './ollama/ollama-codec';
import { realtimeAsker } from './openai-realtime/realtime-asker';
import { accessKey } from './pangu/access-key';
import { IamSession } from './pangu/iam-session';
import { iamAccess, panguCodec } from './pangu/pangu-codec';
import { sparkAsker } from './spark/spark-asker';
import { IAM_TOKENS_PATH } from '../auth/iam-token';

/** Where each provider is asked, and the model that is taken unless told otherwise: a small one of each (providers.md 3.1, 7). */
const chatServices = {
  openai: { url: 'https://api.openai.com/v1/chat/completions', model: 'gpt-4o-mini' },
  siliconflow: { url: 'https://api.siliconflow.cn/v1/chat/completions', model: 'deepseek-ai/DeepSeek-V3' },
  deepseek: { url: 'https://api.deepseek.com/chat/completions', model: 'deepseek-chat' },
  /** The twin of Hunyuan (providers.md 5.1). */
  hunyuan: {
    url: 'https://api.hunyuan.cloud.tencent.com/v1/chat/completions',
    model: 'hunyuan-turbos-latest',
  },
} as const satisfies Partial<Record<ProviderProtocol, Omit<ChatService, 'protocol'>>>;
const REALTIME = { url: 'wss://api.openai.com/v1/realtime', model: 'gpt-realtime' };
const HUNYUAN = { url: 'https://hunyuan.tencentcloudapi.com/', model: 'hunyuan-lite' };
const SPARK_HOST = 'wss://spark-api.xf-yun.com';
/** Path of each Spark domain; they must match (providers.md 4.1). */
const sparkPaths: Readonly<Record<string, string>> = {
  lite: '/v1.1/chat',
  generalv2: '/v2.1/chat',
  generalv3: '/v3.1/chat',
  'pro-128k': '/chat/pro-128k',
  'generalv3.5': '/v3.5/chat',
  'max-32k': '/chat/max-32k',
  '4.0Ultra': '/v4.0/chat',
};
const SPARK_DOMAIN = 'generalv3';
const iamFields = ['user', 'password', 'domain', 'project'] as const;
const OLLAMA = { url: 'http://127.0.0.1:11434/api/generate', model: 'deepseek-coder' };

/** A base address with the path that is asked; one that has the path stays. */
const endpoint = (address: string, path: string): string =>
  address.endsWith(path) ? address : `${address.replace(/\/+$/, '')}${path}`;

const chatAsker = (protocol: keyof typeof chatServices, options: LiveOptions): Asker => {
  const { apiKey } = requiredCredentials(protocol, ['apiKey'], options);
  const { url: address, model } = { ...chatServices[protocol], ...chosen(options) };
  const url = endpoint(address, '/chat/completions');
  return httpAsker(chatCodec({ protocol, url, model }, apiKey), options);
};

const chosen = ({ url, model }: LiveOptions): { readonly url?: string; readonly model?: string } => ({
  ...(url === undefined ? {} : { url }),
  ...(model === undefined ? {} : { model }),
});

const unixNow = ({ unixNowMs }: LiveOptions): (() => number) => unixNowMs ?? systemWallClock;

/** The Spark domain that a URL's path serves; undefined for a path that is none of theirs. */
const domainOf = (url: string | undefined): string | undefined => {
  const path = url === undefined ? undefined : new URL(url).pathname;
  return Object.entries(sparkPaths).find(([, served]) => served === path)?.[0];
};

/** The identity service of the project's region; a stand-in serves both at one address. */
function iamUrl(chatUrl: string, project: string): string {
  const { hostname, origin } = new URL(chatUrl);
  const host = hostname.endsWith('.myhuaweicloud.com') ? `https://iam.${project}.myhuaweicloud.com` : origin;
  return `${host}${IAM_TOKENS_PATH}`;
}

const askers: Readonly<Record<ProviderProtocol, (options: LiveOptions) => Asker>> = {
  openai: (options) => chatAsker('openai', options),
  siliconflow: (options) => chatAsker('siliconflow', options),
  deepseek: (options) => chatAsker('deepseek', options),
  spark: (options) => {
    const { appId, apiKey, apiSecret } = requiredCredentials(
      'spark',
      ['appId', 'apiKey', 'apiSecret'],
      options,
    );
    const domain = options.model ?? domainOf(options.url) ?? SPARK_DOMAIN;
    const url = options.url ?? `${SPARK_HOST}${sparkPaths[domain] ?? `/chat/${domain}`}`;
    return sparkAsker({ url, domain, appId }, { apiKey, apiSecret }, options);
  },
  hunyuan: (options) => {
    const { secretId = '', secretKey = '', apiKey = '' } = options.credentials ?? {};
    if (apiKey !== '' && (secretId === '' || secretKey === '')) return chatAsker('hunyuan', options);
    const keys = requiredCredentials('hunyuan', ['secretId', 'secretKey'], options);
    return httpAsker(hunyuanCodec({ ...HUNYUAN, ...chosen(options) }, keys, unixNow(options)), options);
  },
  pangu: (options) => {
    const { credentials = {}, url, model = 'pangu' } = options;
    const signsIn = iamFields.every((field) => (credentials[field] ?? '') !== '');
    const { accessKey: id = '', secretKey = '' } = credentials;
    const signs = !signsIn && id !== '' && secretKey !== '';
    const user = signs ? undefined : requiredCredentials('pangu', iamFields, options);
    if (url === undefined) {
      const message =
        'pangu has no address that is common to all; name the one of your deployment with PANGU_URL.';
      throw new ProviderError('HIL_PROVIDER_KEY_MISSING', message, {
        provider: 'pangu',
        variables: ['PANGU_URL'],
      });
    }
    if (user === undefined) {
      const access = accessKey({ accessKey: id, secretKey }, unixNow(options));
      return httpAsker(panguCodec({ url, model }, access), options);
    }
    const tokenUrl = options.tokenUrl ?? iamUrl(url, user.project);
    const { clock, ca } = options;
    const iam = new IamSession({ url: tokenUrl, user, clock, ca, unixNowMs: unixNow(options) });
    return httpAsker(panguCodec({ url, model }, iamAccess(iam)), options);
  },
  'openai-realtime': (options) => {
    const { apiKey } = requiredCredentials('openai-realtime', ['apiKey'], options);
    return realtimeAsker({ ...REALTIME, ...chosen(options) }, apiKey, options);
  },
  ollama: (options) => {
    const { url, model } = { ...OLLAMA, ...chosen(options) };
    return httpAsker(ollamaCodec({ url: endpoint(url, '/api/generate'), model }), options);
  },
};

/** Protocols that a live client speaks. */
export const liveProtocols = Object.keys(askers) as readonly ProviderProtocol[];

/**
 * A client of a real provider, or of a mock that stands in for it.
 * @throws ProviderError `HIL_PROVIDER_KEY_MISSING` naming the variables to set.
 */
export function openLiveClient(protocol: ProviderProtocol, options: LiveOptions): LiveClient {
  return liveClient(askers[protocol](options), options);
}
