import { isIPv4, isIPv6 } from 'node:net';
import type { Clock, NetworkFacts, NetworkShape } from '../../../ports';
import { derivedSeed } from '../../../units';
import type { PeerPath } from './peer-path';
import { UdpRelay } from './udp-relay';

/** Calls whose facts are kept once they are over: a board that reconnects in a turn leaves some behind. */
const CALLS_KEPT = 32;

export interface UdpNetworkOptions {
  readonly clock: Clock;
  readonly shape: NetworkShape;
  readonly seed: number;
  /** Where the mock listens. Default 127.0.0.1. */
  readonly host?: string;
}

/** The network that the calls of a mock pass, whose quality is chosen. */
export class UdpNetwork {
  private readonly relays = new Map<string, UdpRelay>();
  private shape: NetworkShape;
  private opened = 0;

  constructor(private readonly options: UdpNetworkOptions) {
    this.shape = options.shape;
  }

  /** A path for one call. What it does is drawn from the seed and the number of the call. */
  open(sessionId: string): PeerPath {
    const { clock, seed, host = '127.0.0.1' } = this.options;
    this.opened += 1;
    const relay = new UdpRelay({
      clock,
      shape: this.shape,
      seed: derivedSeed(seed, `call ${this.opened}`),
      mockSideHosts: {
        ipv4: isIPv4(host) && host !== '0.0.0.0' ? host : '127.0.0.1',
        ipv6: isIPv6(host) && host !== '::' ? host : '::1',
      },
    });
    this.relays.set(sessionId, relay);
    const over = [...this.relays].filter(([, { isClosed }]) => isClosed);
    for (const [id] of over.slice(0, -CALLS_KEPT)) this.relays.delete(id);
    return relay;
  }

  /** The network is like this from now on, for the calls that are open too. */
  reshape(shape: NetworkShape): void {
    this.shape = shape;
    for (const relay of this.relays.values()) relay.reshape(shape);
  }

  /** What became of a call's datagrams in a stretch of host time; undefined: there is no such call. */
  facts(sessionId: string, fromMs?: number, toMs?: number): NetworkFacts | undefined {
    return this.relays.get(sessionId)?.facts(fromMs, toMs);
  }

  close(): void {
    for (const relay of this.relays.values()) relay.close();
    this.relays.clear();
  }
}
