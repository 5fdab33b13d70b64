import { closeAll } from '../../errors';
import type { NetworkShape } from '../../ports';
import { openTcpShaper, type TcpShaper } from '../faults/tcp-shaper';
import { UdpNetwork } from '../faults/udp/udp-network';
import type { PeerPath } from './openai-realtime/webrtc/peer-path';
import type { MockOptions, MockProvider } from './mock-options';

/** The same URL at another port, not a character more: `URL` would add a path. */
const atPort = (url: string, port: number): string => url.replace(`:${new URL(url).port}`, `:${port}`);

/**
 * A mock behind a link that is as its options say, and in a turn as that turn's script says.
 * @param open - Opens the mock; it listens on loopback, at ports of its own.
 */
export async function openShapedMock(
  options: MockOptions & { readonly network: NetworkShape },
  open: (options: MockOptions) => Promise<MockProvider>,
): Promise<MockProvider> {
  const { network, host = '127.0.0.1', port, tlsPort, clock, scenario, ...rest } = options;
  // Calls tell the board where to send their datagrams, so their link is as reachable as the mock was to be.
  const calls = new UdpNetwork({ clock, shape: network, seed: scenario.seed, host });
  const openPeerPath = (): PeerPath => calls.open();
  const mock = await open({ ...rest, clock, scenario, host: '127.0.0.1', openPeerPath });
  const links: TcpShaper[] = [];
  const linkTo = async (url: string, wished: number | undefined): Promise<string> => {
    const upstream = { host: '127.0.0.1', port: Number(new URL(url).port) };
    const link = await openTcpShaper({
      upstream,
      clock,
      shape: network,
      seed: scenario.seed,
      host,
      ...(wished === undefined ? {} : { port: wished }),
    });
    links.push(link);
    return atPort(url, link.port);
  };
  try {
    const url = await linkTo(mock.url, port);
    const tlsUrl = mock.tlsUrl === undefined ? undefined : await linkTo(mock.tlsUrl, tlsPort);
    return {
      ...mock,
      url,
      ...(tlsUrl === undefined ? {} : { tlsUrl }),
      get events() {
        return mock.events;
      },
      expectTurn: async (script) => {
        await mock.expectTurn(script);
        for (const link of [...links, calls]) link.reshape(script.network ?? network);
      },
      networkFacts: ({ fromHostAtMs, toHostAtMs }) => Promise.resolve(calls.facts(fromHostAtMs, toHostAtMs)),
      close: () => closeAll([calls, mock, ...links]),
    };
  } catch (cause) {
    await closeAll([calls, mock, ...links]);
    throw cause;
  }
}
