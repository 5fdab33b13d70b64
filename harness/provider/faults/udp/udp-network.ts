import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Clock, NetworkFacts, NetworkShape } from '../../../ports';
import { derivedSeed } from '../../../units';
import type { PeerPath } from '../../mock/openai-realtime/webrtc/peer-path';
import { factsOf } from './link-log';
import { UdpRelay } from './udp-relay';

/** Calls whose facts are kept once they are over: a board that reconnects in a turn leaves some behind. */
const CALLS_KEPT = 32;

export interface UdpNetworkOptions {
  readonly clock: Clock;
  readonly shape: NetworkShape;
  readonly seed: number;
  /** Address that the mock's peers listen on. Default 127.0.0.1. */
  readonly mockHost?: string;
  /** Address at which boards reach the calls. Default: that of the mock. */
  readonly host?: string;
}

/** An address that a board can be told: all addresses are none, so the first of this machine that others reach. */
function addressOf(host: string): string {
  if (host === 'localhost') return '127.0.0.1';
  if (host !== '0.0.0.0' && host !== '::') return host;
  const all = Object.values(networkInterfaces()).flatMap((own) => own ?? []);
  return all.find(({ internal, address }) => !internal && isIPv4(address))?.address ?? '127.0.0.1';
}

/** The network that the calls of a mock pass, whose quality is chosen. */
export class UdpNetwork {
  private relays: UdpRelay[] = [];
  private shape: NetworkShape;
  private opened = 0;

  constructor(private readonly options: UdpNetworkOptions) {
    this.shape = options.shape;
  }

  /** A path for one call. What it does is drawn from the seed and the number of the call. */
  open(): PeerPath {
    const { clock, seed, mockHost = '127.0.0.1', host = mockHost } = this.options;
    this.opened += 1;
    const relay = new UdpRelay({
      clock,
      shape: this.shape,
      seed: derivedSeed(seed, `call ${this.opened}`),
      mockSideHost: mockHost,
      boardSideHost: addressOf(host),
    });
    const over = this.relays.filter(({ isClosed }) => isClosed).slice(-CALLS_KEPT);
    this.relays = [...over, ...this.relays.filter(({ isClosed }) => !isClosed), relay];
    return relay;
  }

  /** The network is like this from now on, for the calls that are open too. */
  reshape(shape: NetworkShape): void {
    this.shape = shape;
    for (const relay of this.relays) relay.reshape(shape);
  }

  /** What became of the datagrams of all calls in a stretch of host time; undefined: there were none. */
  facts(fromMs?: number, toMs?: number): NetworkFacts | undefined {
    const of = (direction: 'up' | 'down') =>
      factsOf(
        this.relays
          .flatMap((relay) => relay.between(direction, fromMs, toMs))
          .sort((a, b) => a.sentAtMs - b.sentAtMs),
      );
    const facts = { up: of('up'), down: of('down') };
    return facts.up.sent + facts.down.sent === 0 ? undefined : facts;
  }

  close(): Promise<void> {
    for (const relay of this.relays) relay.close();
    this.relays = [];
    return Promise.resolve();
  }
}
