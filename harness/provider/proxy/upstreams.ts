import { ProviderError } from '../../errors';
import type { ProviderProtocol } from '../../ports';
import { IAM_TOKENS_PATH, iamTokenRequest } from '../auth/iam-token';
import { signSparkUrl } from '../auth/spark-url';
import { signTc3 } from '../auth/tc3';
import { keyIn } from './offered-key';
import { keptAlive, type OutgoingRequest, type Upstream } from './upstream';

/** Where each provider is, unless told otherwise (reference/providers.md 2.2, 3.1, 4.1, 5.1, 7). Pangu's depends on the deployment. */
const origins: Readonly<Partial<Record<ProviderProtocol, string>>> = {
  'openai-realtime': 'https://api.openai.com',
  openai: 'https://api.openai.com',
  siliconflow: 'https://api.siliconflow.cn',
  deepseek: 'https://api.deepseek.com',
  spark: 'https://spark-api.xf-yun.com',
  hunyuan: 'https://hunyuan.tencentcloudapi.com',
  ollama: 'http://127.0.0.1:11434',
};

export interface UpstreamOptions {
  /** Scheme, host and port of the real provider. Default: the protocol's. */
  readonly upstreamUrl?: string;
  /** Where tokens are fetched (pangu). Default: the region's identity service, or the upstream itself where it is none of Huawei's. */
  readonly tokenUrl?: string;
  /** Trusted in place of the certificates that Node comes with. */
  readonly upstreamCa?: string;
  /** The bench's credentials, by the names of `VoiceProvider.credentials`. Absent: the board's own are handed on. */
  readonly credentials?: Readonly<Record<string, string>>;
  readonly unixNowMs: () => number;
}

type Authorise = Upstream['authorise'];
const asItIs: Authorise = (request) => request;
const withHeaders = (request: OutgoingRequest, ...headers: readonly string[]): OutgoingRequest => ({
  ...request,
  headers: [...request.headers, ...headers],
});

const valueOf = (headers: readonly string[], lowerName: string): string | undefined => {
  const at = headers.findIndex((name, place) => place % 2 === 0 && name.toLowerCase() === lowerName);
  return at < 0 ? undefined : headers[at + 1];
};

/** A key that the provider has given out for one session: it carries what the session begins with, so it stays. */
const isEphemeral = (key: string): boolean => key.startsWith('ek_');
interface Swap
  extends Pick<Upstream, 'authorise'>, Partial<Pick<Upstream, 'authoriseMessage' | 'passedProtocols'>> {
  readonly headers: readonly string[];
}

/** How each protocol's request gets the bench's credentials, and which headers carried the board's. */
function swapOf(
  protocol: ProviderProtocol,
  credentials: Readonly<Record<string, string>>,
  originOf: (path: string) => URL,
  unixNowMs: () => number,
): Swap {
  const need = (name: string): string => {
    const value = credentials[name];
    if (value !== undefined) return value;
    const message = `The proxy of ${protocol} needs the credential ${name}; it has ${Object.keys(credentials).join(', ') || 'none'}.`;
    throw new ProviderError('HIL_PROVIDER_UNREADY', message, { protocol, credential: name });
  };
  switch (protocol) {
    case 'spark': {
      const keys = { apiKey: need('apiKey'), apiSecret: need('apiSecret') };
      return {
        headers: [],
        authorise: (request) => {
          const [path = '/'] = request.path.split('?');
          const { origin } = originOf(path);
          const signed = new URL(signSparkUrl(`${origin}${path}`, keys, unixNowMs()));
          return { ...request, path: signed.pathname + signed.search };
        },
        // The application is named in the message, and has to be the one whose key signed.
        authoriseMessage: (data) =>
          credentials.appId === undefined ? data : withAppId(data, credentials.appId),
      };
    }
    case 'hunyuan': {
      const keys = { secretId: need('secretId'), secretKey: need('secretKey') };
      return {
        headers: ['authorization', 'x-tc-timestamp', 'x-tc-token'],
        authorise: (request) => {
          const timestamp = Math.floor(unixNowMs() / 1000);
          const headers = {
            'content-type': valueOf(request.headers, 'content-type') ?? 'application/json',
            host: originOf(request.path).host,
          };
          const signed = {
            method: request.method,
            headers,
            signedHeaders: ['content-type', 'host'],
            body: request.body,
          };
          const authorization = signTc3(signed, keys, { timestamp, service: 'hunyuan' });
          return withHeaders(request, 'authorization', authorization, 'x-tc-timestamp', String(timestamp));
        },
      };
    }
    case 'pangu': {
      const user = {
        user: need('user'),
        password: need('password'),
        domain: need('domain'),
        project: need('project'),
      };
      return {
        // The token that the board got by signing in is a real one already.
        headers: [],
        authorise: (request) => {
          if (!request.path.startsWith(IAM_TOKENS_PATH)) return request;
          const body = Buffer.from(JSON.stringify(iamTokenRequest(user)));
          const headers = request.headers.flatMap((field, at, all) => {
            if (at % 2 === 1) return [];
            return [
              field,
              field.toLowerCase() === 'content-length' ? String(body.length) : (all[at + 1] ?? ''),
            ];
          });
          return { ...request, headers, body };
        },
      };
    }
    case 'ollama':
      return { headers: [], authorise: asItIs };
    case 'openai-realtime': {
      const bearer = `Bearer ${need('apiKey')}`;
      return {
        headers: [],
        authorise: (request) => {
          const shown = valueOf(request.headers, 'authorization')?.replace(/^bearer\s+/i, '');
          const offered = valueOf(request.headers, 'sec-websocket-protocol')?.split(',') ?? [];
          const keys = [shown, ...offered.map((name) => keyIn(name.trim()))];
          if (keys.some((key) => key !== undefined && isEphemeral(key))) return request;
          const headers = request.headers.filter((_, at, all) => {
            const name = all[at - (at % 2)];
            return name?.toLowerCase() !== 'authorization';
          });
          return withHeaders({ ...request, headers }, 'Authorization', bearer);
        },
        passedProtocols: (offered) =>
          offered.filter((name) => {
            const key = keyIn(name);
            return key === undefined || isEphemeral(key);
          }),
      };
    }
    case 'openai':
    case 'siliconflow':
    case 'deepseek': {
      const bearer = `Bearer ${need('apiKey')}`;
      return {
        headers: ['authorization'],
        authorise: (request) => withHeaders(request, 'Authorization', bearer),
      };
    }
  }
}

function withAppId(data: Buffer, appId: string): Buffer {
  try {
    const message = JSON.parse(data.toString('utf8')) as { header?: { app_id?: unknown } };
    if (typeof message.header?.app_id !== 'string') return data;
    message.header.app_id = appId;
    return Buffer.from(JSON.stringify(message));
  } catch {
    // What is no JSON is the provider's to refuse.
    return data;
  }
}

/**
 * Where a provider is: scheme `http` or `https`, host and port.
 * @throws ProviderError `HIL_PROVIDER_UNREADY` when nobody says so.
 */
export function providerOrigin(protocol: ProviderProtocol, upstreamUrl: string | undefined): URL {
  const address = upstreamUrl ?? origins[protocol];
  if (address !== undefined) return new URL(new URL(address).origin.replace(/^ws/, 'http'));
  const message = `${protocol} has no address that is common to all; name the one of your deployment.`;
  throw new ProviderError('HIL_PROVIDER_UNREADY', message, { protocol });
}

/**
 * The real provider behind a proxy.
 * @throws ProviderError `HIL_PROVIDER_UNREADY` when nobody says where it is, or a credential is missing.
 */
export function upstreamOf(protocol: ProviderProtocol, options: UpstreamOptions): Upstream {
  const { credentials, unixNowMs } = options;
  const origin = providerOrigin(protocol, options.upstreamUrl);
  const tokens = tokenOrigin(protocol, origin, options);
  const originOf = (path: string): URL => (path.startsWith(IAM_TOKENS_PATH) ? tokens : origin);
  const swap = credentials === undefined ? undefined : swapOf(protocol, credentials, originOf, unixNowMs);
  return {
    originOf,
    ...keptAlive(options.upstreamCa),
    credentialHeaders: new Set(swap?.headers),
    authorise: swap?.authorise ?? asItIs,
    authoriseMessage: swap?.authoriseMessage ?? ((data) => data),
    passedProtocols: swap?.passedProtocols ?? ((offered) => [...offered]),
  };
}

function tokenOrigin(protocol: ProviderProtocol, origin: URL, options: UpstreamOptions): URL {
  if (options.tokenUrl !== undefined) return new URL(new URL(options.tokenUrl).origin);
  const project = options.credentials?.project;
  const ofHuawei = protocol === 'pangu' && origin.hostname.endsWith('.myhuaweicloud.com');
  return ofHuawei && project !== undefined ? new URL(`https://iam.${project}.myhuaweicloud.com`) : origin;
}
