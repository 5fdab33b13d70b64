import type { Server } from 'node:http';
import type { Socket } from 'node:net';

interface Connection {
  readonly socket: Socket;
  readonly id: string;
  requests: number;
  closeWhenIdle: boolean;
}

/** By which a TLS socket and the TCP socket under it are known as the same. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string =>
  `${remoteAddress ?? ''} ${remotePort ?? ''}`;

let opened = 0;

/**
 * All connections of a server, also those that are no HTTP connection yet or no longer. When there are too many, the one
 * that has been idle longest makes room, so that idle ones never lock a board out.
 */
export class Connections {
  /** Idle ones first, the one that has been idle longest at the head. */
  private readonly byPeer = new Map<string, Connection>();

  constructor(
    server: Server,
    private readonly most: number,
    private readonly evicted: () => void,
  ) {
    server.on('connection', (socket: Socket) => this.add(socket));
  }

  /** A name for the connection; undefined once it has gone. */
  idOf(socket: Socket): string | undefined {
    return this.byPeer.get(peerOf(socket))?.id;
  }

  /** A request has begun; the function tells that it has ended. */
  busy(socket: Socket): () => void {
    const peer = peerOf(socket);
    const connection = this.byPeer.get(peer);
    if (connection === undefined) return () => undefined;
    connection.requests++;
    return () => {
      connection.requests--;
      if (connection.requests > 0 || this.byPeer.get(peer) !== connection) return;
      if (connection.closeWhenIdle) connection.socket.destroySoon();
      this.byPeer.delete(peer);
      this.byPeer.set(peer, connection);
    };
  }

  /** Lets a connection that has requests finish them, then closes it; false when it has none. */
  closeAfterRequests(socket: Socket): boolean {
    const connection = this.byPeer.get(peerOf(socket));
    if (connection === undefined || connection.requests === 0) return false;
    connection.closeWhenIdle = true;
    return true;
  }

  destroy(): void {
    for (const { socket } of this.byPeer.values()) socket.destroy();
  }

  private add(socket: Socket): void {
    const peer = peerOf(socket);
    if (this.byPeer.size >= this.most) this.makeRoom();
    this.byPeer.set(peer, { socket, id: `http_${++opened}`, requests: 0, closeWhenIdle: false });
    socket.once('close', () => {
      if (this.byPeer.get(peer)?.socket === socket) this.byPeer.delete(peer);
    });
  }

  private makeRoom(): void {
    for (const [peer, { socket, requests }] of this.byPeer) {
      if (requests > 0) continue;
      this.byPeer.delete(peer);
      socket.destroy();
      this.evicted();
      return;
    }
  }
}
