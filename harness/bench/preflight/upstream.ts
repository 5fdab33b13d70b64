import { liveSettings } from '../../config';
import { providerOrigin } from '../../provider';
import { fail, messageOf, ok, skipped, warn, type Check, type CheckContext } from './check';

const HTTPS_PORT = 443;
const HTTP_PORT = 80;

/** The real provider, where the bench needs one. */
export const upstream: Check = {
  id: 'upstream',
  title: 'real provider',
  group: 'provider',
  expected: 'the real provider behind a proxy, or of a live bench, takes connections, and its key is set',
  remedy: 'Check the network of this machine, its proxy settings and `provider.upstream` in the bench file.',
  needs: [],
  uses: [],
  withinMs: 5_000,
  async run({ config, machine, signal }: CheckContext) {
    const { provider } = config;
    if (provider.kind !== 'proxy' && provider.kind !== 'live')
      return skipped('the bench asks no real provider');
    const { protocol } = provider;
    const live = liveSettings(protocol);
    const { protocol: scheme, hostname, port } = providerOrigin(protocol, provider.upstreamUrl ?? live.url);
    const at = `${hostname}:${port || (scheme === 'https:' ? HTTPS_PORT : HTTP_PORT)}`;
    try {
      await machine.reach(
        hostname.replace(/^\[|\]$/g, ''),
        Number(at.slice(at.lastIndexOf(':') + 1)),
        signal,
      );
    } catch (cause) {
      return fail(`${at} takes no connection: ${messageOf(cause)}`, {
        origin: 'provider',
        facts: { protocol, at },
      });
    }
    const hasKeys = Object.keys(live.credentials).length >= live.variables.length;
    // By name only: a key is nobody's to read. A board that asks by itself has its own.
    if (!hasKeys && provider.kind === 'proxy')
      return warn(`${at} takes connections, but ${live.variables.join(', ')} are not all set`, {
        origin: 'config',
        remedy: `Set ${live.variables.join(', ')} in the environment or in .env, unless the board shows a key of its own.`,
        facts: { protocol, at },
      });
    return ok(`${at} takes connections`);
  },
};
