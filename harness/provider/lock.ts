import { ProviderError } from '../errors';
import type { ProviderProtocol } from '../ports';
import { isLoopback } from './loopback';

type Credentials = Readonly<Record<string, string>>;

const has = (named: Credentials, ...names: readonly string[]): boolean =>
  names.every((name) => (named[name] ?? '') !== '');

const byKey = { isLocked: (named: Credentials) => has(named, 'apiKey'), needs: 'apiKey' };

/**
 * What keeps strangers out of a provider of ours. Each protocol's default credentials are known to everybody, so it has to be a secret of
 * the caller's own, and no door may be left on its defaults.
 */
const locks: Readonly<
  Record<ProviderProtocol, { readonly isLocked: (named: Credentials) => boolean; readonly needs: string }>
> = {
  'openai-realtime': byKey,
  openai: byKey,
  siliconflow: byKey,
  deepseek: byKey,
  ollama: byKey,
  spark: { isLocked: (named) => has(named, 'apiKey', 'apiSecret'), needs: 'apiKey and apiSecret' },
  hunyuan: {
    isLocked: (named) =>
      has(named, 'secretId', 'secretKey') ||
      (has(named, 'apiKey') && !('secretId' in named) && !('secretKey' in named)),
    needs: 'secretId and secretKey, or apiKey alone',
  },
  pangu: {
    isLocked: (named) =>
      has(named, 'password') ||
      (has(named, 'accessKey', 'secretKey') &&
        !['user', 'domain', 'project', 'password'].some((name) => name in named)),
    needs: 'user and password, or accessKey and secretKey alone',
  },
};

/**
 * Refuses to let the network in without a secret that boards have to show.
 * @param what - Is to listen: `mock provider`.
 * @throws ProviderError `HIL_PROVIDER_OPEN_TO_ALL` naming the credentials that are missing.
 */
export function assertLocked(
  what: string,
  protocol: ProviderProtocol,
  host = '127.0.0.1',
  credentials: Credentials = {},
): void {
  const { isLocked, needs } = locks[protocol];
  if (isLoopback(host) || isLocked(credentials)) return;
  const named = Object.keys(credentials).join(', ') || 'nothing';
  throw new ProviderError(
    'HIL_PROVIDER_OPEN_TO_ALL',
    `The ${what} is to listen on ${host}, where others can reach it, and has ${named} to know boards by; ${protocol} needs ${needs} (provider.credentials of the bench file, or --api-key and --credential).`,
    { host, protocol, needs },
  );
}
