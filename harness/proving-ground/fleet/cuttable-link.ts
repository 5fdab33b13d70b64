import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A way to a server that can be cut: nothing gets through then, and who connects is turned away. */
export class CuttableLink {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(private readonly server: Server) {}

  static async to(target: { readonly host: string; readonly port: number }): Promise<CuttableLink> {
    const server = createServer();
    const link = new CuttableLink(server);
    server.on('connection', (near) => {
      if (link.isCut) {
        near.destroy();
        return;
      }
      const far = connect(target.port, target.host);
      for (const socket of [near, far]) {
        link.sockets.add(socket);
        // As clients of Redis do: small packets would wait 40 ms for each other here, which is no time of the queue's.
        socket.setNoDelay(true);
        // What a cut does to either end is what it is for.
        socket.on('error', () => undefined);
        socket.on('close', () => {
          link.sockets.delete(socket);
          near.destroy();
          far.destroy();
        });
      }
      near.pipe(far).pipe(near);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return link;
  }

  get address(): { readonly host: string; readonly port: number } {
    return { host: '127.0.0.1', port: (this.server.address() as AddressInfo).port };
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
  }

  mend(): void {
    this.isCut = false;
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }
}
