import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

interface Connection {
  readonly socket: Socket;
  readonly id: string;
  /** What is being read or answered; an upgrade counts until its end. */
  readonly open: Set<Work>;
  closeWhenIdle: boolean;
}

interface Work {
  readonly request: IncomingMessage;
  /** Undefined: an upgrade. */
  readonly response: ServerResponse | undefined;
}

/** Whether a request has been read in full, so that only its answer is missing. */
const isRead = ({ request }: Work): boolean => request.complete;

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
  busy(request: IncomingMessage, response?: ServerResponse): () => void {
    const peer = peerOf(request.socket);
    const connection = this.byPeer.get(peer);
    if (connection === undefined) return () => undefined;
    const work: Work = { request, response };
    connection.open.add(work);
    return () => {
      connection.open.delete(work);
      if (this.byPeer.get(peer) !== connection) return;
      if (connection.closeWhenIdle && ![...connection.open].some(isRead)) connection.socket.destroySoon();
      if (connection.open.size > 0) return;
      this.byPeer.delete(peer);
      this.byPeer.set(peer, connection);
    };
  }

  /**
   * Nothing more can be read of a connection.
   * @returns `later` when it closes by itself after the answers to what was read before; else whether an answer to the rest
   *   can still be written.
   */
  stopReading(socket: Socket): 'later' | 'answerable' | 'unanswerable' {
    const connection = this.byPeer.get(peerOf(socket));
    const open = [...(connection?.open ?? [])];
    if (connection !== undefined && open.some(isRead)) {
      connection.closeWhenIdle = true;
      return 'later';
    }
    return open.some(({ response }) => response?.headersSent === true) ? 'unanswerable' : 'answerable';
  }

  destroy(): void {
    for (const { socket } of this.byPeer.values()) socket.destroy();
  }

  private add(socket: Socket): void {
    const peer = peerOf(socket);
    if (this.byPeer.size >= this.most) this.makeRoom();
    this.byPeer.set(peer, { socket, id: `http_${++opened}`, open: new Set(), closeWhenIdle: false });
    socket.once('close', () => {
      if (this.byPeer.get(peer)?.socket === socket) this.byPeer.delete(peer);
    });
  }

  private makeRoom(): void {
    for (const [peer, { socket, open }] of this.byPeer) {
      if (open.size > 0) continue;
      this.byPeer.delete(peer);
      socket.destroy();
      this.evicted();
      return;
    }
  }
}
