import { isIP } from 'node:net';

/** An IP address and a UDP port. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export const keyOf = ({ address, port }: Endpoint): string => `${address} ${port}`;

/** `candidate:` foundation, component, transport, priority, address, port, and the rest (RFC 8839 section 5.1). */
const candidateLine = /^(a=candidate:\S+ \d+ )(\S+)( \d+ )(\S+) (\d+)( .*)?$/;
/** Addresses of one cable only, which nobody reaches without the name of his own end of it (RFC 4007). */
const linkLocal = /^fe[89ab][0-9a-f]:/i;

function endpointOf(line: string): Endpoint | undefined {
  const [, , transport = '', , address = '', port = ''] = candidateLine.exec(line) ?? [];
  const usable = transport.toLowerCase() === 'udp' && isIP(address) !== 0 && !linkLocal.test(address);
  return usable && Number(port) > 0 ? { address, port: Number(port) } : undefined;
}

const linesOf = (sdp: string): readonly string[] => sdp.split(/\r?\n/);

/** Where an SDP says that its writer can be reached, each place once, in order: UDP, by number. */
export function candidatesIn(sdp: string): readonly Endpoint[] {
  const found = linesOf(sdp).flatMap((line) => endpointOf(line) ?? []);
  return [...new Map(found.map((endpoint) => [keyOf(endpoint), endpoint])).values()];
}

/** A candidate that says where a relay learnt of it, would tell the way around that relay. */
const withoutBase = (rest: string): string => rest.replace(/ raddr \S+ rport \d+/, ' raddr 0.0.0.0 rport 0');

/**
 * The SDP with other places in the place of its own. What has none is left out: TCP, names such as a browser's `.local`, link-local
 * addresses. So that no default tells the way either, these say "any", as those of a client that trickles do (RFC 8840
 * section 4.1.1).
 */
export function withCandidates(sdp: string, placeOf: (own: Endpoint) => Endpoint | undefined): string {
  const lines = linesOf(sdp).flatMap((line): string[] => {
    if (line.startsWith('a=candidate:')) {
      const own = endpointOf(line);
      const place = own && placeOf(own);
      if (place === undefined) return [];
      return [
        line.replace(
          candidateLine,
          (_, start: string, transport: string, priority: string, _address, _port, rest = '') =>
            `${start}${transport}${priority}${place.address} ${place.port}${withoutBase(rest as string)}`,
        ),
      ];
    }
    if (line.startsWith('c=IN IP6')) return ['c=IN IP6 ::'];
    if (line.startsWith('c=IN IP4')) return ['c=IN IP4 0.0.0.0'];
    if (line.startsWith('a=rtcp:')) return ['a=rtcp:9 IN IP4 0.0.0.0'];
    // Port 0 refuses a medium, or is bundled into another.
    if (line.startsWith('m=')) return [line.replace(/^(m=\S+) (?!0 )\d+ /, '$1 9 ')];
    return [line];
  });
  return lines.join('\r\n');
}
