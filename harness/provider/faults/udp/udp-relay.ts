import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6, type AddressInfo } from 'node:net';
import { directionShape, type Clock, type NetworkShape } from '../../../ports';
import { derivedSeed } from '../../../units';
import { CutSwitch } from './link-cut';
import type { DatagramEntry } from './link-log';
import type { PeerPath } from '../../mock/openai-realtime/webrtc/peer-path';
import { candidatesIn, keyOf, withCandidates, type Endpoint } from './sdp-candidates';
import { ShapedDirection } from './shaped-direction';

/** Places of one side: a machine has some addresses, and a stranger who sends from ever new ports gets no more. */
const MOST_PLACES = 8;

/** A place of one side, and the socket that stands in for it: what it sends comes to the other side from there. */
interface Place extends Endpoint {
  readonly standIn: Socket;
}

/** The places of one side, by address and port. */
class Side {
  private readonly places = new Map<string, Place>();

  constructor(
    private readonly standInHost: string,
    private readonly received: (datagram: Buffer, from: Endpoint, standsFor: Place) => void,
  ) {}

  find(endpoint: Endpoint): Place | undefined {
    return this.places.get(keyOf(endpoint));
  }

  /** The place whose port this is: a peer that listens on all addresses answers from another one than it has told. */
  findPort(port: number): Place | undefined {
    return [...this.places.values()].find((place) => place.port === port);
  }

  /** Makes a place known; undefined: there are too many, or nothing can stand in for it. */
  admit(endpoint: Endpoint): Place | undefined {
    const known = this.find(endpoint);
    if (known !== undefined || this.places.size >= MOST_PLACES) return known;
    const standIn = createSocket(isIPv6(this.standInHost) ? 'udp6' : 'udp4');
    const place: Place = { address: endpoint.address, port: endpoint.port, standIn };
    this.places.set(keyOf(endpoint), place);
    standIn.on('message', (datagram, from: RemoteInfo) => this.received(datagram, from, place));
    // It cannot be bound: the place has no candidate, and what it says is lost.
    standIn.on('error', () => {
      if (this.places.delete(keyOf(endpoint))) standIn.close();
    });
    standIn.bind({ address: this.standInHost, port: 0, exclusive: true });
    return place;
  }

  /** Where the stand-ins of these places listen, by place. */
  async listening(endpoints: readonly Endpoint[]): Promise<ReadonlyMap<string, Endpoint>> {
    const listening = new Map<string, Endpoint>();
    for (const endpoint of endpoints) {
      const standIn = this.admit(endpoint)?.standIn;
      const address = standIn && (await addressOf(standIn));
      if (address !== undefined) listening.set(keyOf(endpoint), address);
    }
    return listening;
  }

  close(): void {
    for (const { standIn } of this.places.values()) standIn.close();
    this.places.clear();
  }
}

/** Where a socket that was told to bind listens; undefined: it could not. */
const addressOf = (socket: Socket): Promise<Endpoint | undefined> =>
  new Promise((resolve) => {
    const tell = (): void => {
      const { address, port }: AddressInfo = socket.address();
      resolve({ address, port });
    };
    try {
      tell();
    } catch {
      // Not bound yet, which `address` throws on.
      socket.once('listening', tell);
      socket.once('close', () => resolve(undefined));
    }
  });

export interface UdpRelayOptions {
  readonly clock: Clock;
  readonly shape: NetworkShape;
  readonly seed: number;
  /** Address at which the mock's peer reaches the relay, and at which a board does. */
  readonly mockSideHost: string;
  readonly boardSideHost: string;
}

/**
 * A relay for the datagrams of one call: ICE, DTLS, SCTP and SRTP pass it both ways, as neither side is told the other's own
 * places. For each place of one side a socket stands in on the other, so that who answers a sender answers over the relay, and
 * a place that no candidate told, as of a board behind a browser's hidden names, gets a socket when it first speaks.
 */
export class UdpRelay implements PeerPath {
  private readonly up: ShapedDirection;
  private readonly down: ShapedDirection;
  private readonly board: Side;
  private readonly mock: Side;
  private shape: NetworkShape;
  private cut: CutSwitch;
  private closed = false;

  constructor(private readonly options: UdpRelayOptions) {
    const { clock, seed, mockSideHost, boardSideHost } = options;
    this.shape = options.shape;
    this.cut = new CutSwitch(this.shape.cut);
    this.up = new ShapedDirection(clock, derivedSeed(seed, 'up'));
    this.down = new ShapedDirection(clock, derivedSeed(seed, 'down'));
    this.board = new Side(mockSideHost, (datagram, from, board) => {
      const mock = this.mock.find(from) ?? this.mock.findPort(from.port) ?? this.mock.admit(from);
      if (mock !== undefined) this.pass('down', datagram, mock.standIn, board);
    });
    this.mock = new Side(boardSideHost, (datagram, from, mock) => {
      const board = this.board.find(from) ?? this.board.admit(from);
      if (board !== undefined) this.pass('up', datagram, board.standIn, mock);
    });
  }

  async remote(offerSdp: string): Promise<string> {
    const standIns = await this.board.listening(candidatesIn(offerSdp));
    return withCandidates(offerSdp, (place) => standIns.get(keyOf(place)));
  }

  async local(answerSdp: string): Promise<string> {
    const standIns = await this.mock.listening(candidatesIn(answerSdp));
    return withCandidates(answerSdp, (place) => standIns.get(keyOf(place)));
  }

  get isClosed(): boolean {
    return this.closed;
  }

  /** The link is like this from now on; a cut begins to count anew. What waits keeps its time. */
  reshape(shape: NetworkShape): void {
    this.shape = shape;
    this.cut = new CutSwitch(shape.cut);
  }

  /** What became of the datagrams that were sent from the first instant up to the second. */
  between(direction: 'up' | 'down', fromMs?: number, toMs?: number): readonly DatagramEntry[] {
    return this[direction].between(fromMs, toMs);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.up.close();
    this.down.close();
    this.board.close();
    this.mock.close();
  }

  private pass(direction: 'up' | 'down', datagram: Buffer, through: Socket, to: Endpoint): void {
    if (this.closed) return;
    if (direction === 'down') this.cut.count(datagram.length);
    const isCut = this.cut.isCut(this.options.clock.nowMs());
    this[direction].pass(datagram, directionShape(this.shape, direction), isCut, () => {
      if (!this.closed) through.send(datagram, to.port, to.address, () => undefined);
    });
  }
}
