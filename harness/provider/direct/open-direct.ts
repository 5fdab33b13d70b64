import type { ProviderProtocol, VoiceProvider } from '../../ports';
import { boardAddress } from '../proxy/board-side';
import { providerOrigin } from '../proxy/upstreams';

export interface DirectOptions {
  readonly protocol: ProviderProtocol;
  /** Scheme, host and port of the real provider. Default: the protocol's. */
  readonly upstreamUrl?: string;
  /** What the board shows there, by the names of `VoiceProvider.credentials`. Absent: what its firmware has. */
  readonly credentials?: Readonly<Record<string, string>>;
}

/**
 * The real provider as a board reaches it by itself: there is an address and a key to be told, and nothing to be seen.
 * @throws ProviderError `HIL_PROVIDER_UNREADY` when nobody says where it is.
 */
export function openDirect({ protocol, upstreamUrl, credentials }: DirectOptions): VoiceProvider {
  const origin = providerOrigin(protocol, upstreamUrl);
  const { scheme, path } = boardAddress(protocol);
  const secure = origin.protocol === 'https:';
  return {
    name: `live:${protocol}`,
    protocol,
    url: `${scheme}${secure ? 's' : ''}://${origin.host}${path}`,
    unwatched: true,
    ...(credentials === undefined ? {} : { credentials }),
    events: [],
    onEvent: () => () => undefined,
    onLost: () => () => undefined,
    expectTurn: () => Promise.resolve(),
    saveReceived: () => Promise.resolve(undefined),
    close: () => Promise.resolve(),
  };
}
