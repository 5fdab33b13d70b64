import { realpath } from 'node:fs/promises';
import { isLoopback } from '../../provider';
import { fail, ok, skipped, type Check, type CheckContext } from './check';
import { isServer } from './port';

const EVERY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** A board can get to where the provider listens. */
export const route: Check = {
  id: 'route',
  title: 'way from the board to the provider',
  group: 'provider',
  expected: 'the provider listens on an address that the board can reach',
  remedy:
    "Write `provider.host` of the bench file: this machine's address in the board's network, or 0.0.0.0; then `provider.credentials` says who may come in.",
  needs: [],
  uses: [],
  withinMs: 2_000,
  async run({ parts, config, machine }: CheckContext) {
    const { kind, host } = config.provider;
    if (kind === 'live') return skipped('the board reaches its provider by its own network');
    if (parts.boardConfig.kind === 'virtual') return ok(`${host}, on this very machine`);
    const path = await parts.portPath().catch(() => '');
    const device = isServer(path) ? path : await realpath(path).catch(() => path);
    if (device.startsWith('/dev/pts/')) return ok(`${host}; a pseudo-terminal's board is on this machine`);
    const addresses = machine.addresses();
    const facts = { host, addresses };
    if (isLoopback(host))
      return fail(`it listens on ${host}, which no other device can reach`, { origin: 'config', facts });
    if (EVERY_ADDRESS.has(host))
      return addresses.length > 0
        ? ok(`every address of this machine: ${addresses.join(', ')}`, facts)
        : fail('this machine has no address that others could reach it by', {
            remedy: 'Connect this machine to the network of the board.',
            facts,
          });
    if (/^[\d.]+$|:/.test(host) && !addresses.includes(host))
      return fail(`${host} is none of this machine's addresses: ${addresses.join(', ') || 'it has none'}`, {
        origin: 'config',
        facts,
      });
    return ok(host, facts);
  },
};
