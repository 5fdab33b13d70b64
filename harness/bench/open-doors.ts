import type { BenchConfig } from '../config';
import { isLoopback } from '../provider';

/**
 * What of a bench the whole network can reach, and whom it lets in: a sentence each; none where everything stays on this machine.
 * @param urls - Where the provider listens.
 * @param timeAddress - `host:port` of the time server; undefined: the bench has none.
 */
export function openDoors(
  { provider }: Pick<BenchConfig, 'provider'>,
  urls: readonly string[],
  timeAddress: string | undefined,
): readonly string[] {
  const { host, kind } = provider;
  if (isLoopback(host)) return [];
  const named =
    kind === 'mock' || kind === 'proxy' ? Object.keys(provider.credentials ?? {}).join(', ') : undefined;
  const who = named === undefined ? 'who is let in, the plugin decides' : `only who shows ${named} is let in`;
  const places = urls.map((url) => new URL(url).origin).join(' and ');
  return [
    ...(kind === 'live' ? [] : [`The ${kind} provider listens at ${places} for the whole network: ${who}.`]),
    ...(timeAddress === undefined
      ? []
      : [`The time server at udp://${timeAddress} tells the whole network the time; it knows no keys.`]),
  ];
}
