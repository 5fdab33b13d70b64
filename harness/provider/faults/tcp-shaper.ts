import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { ProviderError, type Closable } from '../../errors';
import { directionShape, type Clock, type NetworkShape } from '../../ports';
import { derivedSeed, seededUniform } from '../../units';
import { ShapedFlow } from './shaped-flow';

export interface TcpShaperOptions {
  /** Where the provider listens. */
  readonly upstream: { readonly host: string; readonly port: number };
  readonly clock: Clock;
  /** Default: a link that changes nothing. */
  readonly shape?: NetworkShape;
  /** Of the jitter. */
  readonly seed: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
}

/** A link in front of a provider whose quality is chosen. */
export interface TcpShaper extends Closable {
  readonly port: number;
  /** The link is like this from now on, also for connections that are open. A cut counts bytes of each connection from its start. */
  reshape(shape: NetworkShape): void;
}

/**
 * Ends a connection by RST alone. `resetAndDestroy` sends a FIN ahead of it, which a peer takes for a proper end; the flag that
 * it sets makes `destroy` reset the handle. What was written before has left by then.
 */
function reset(socket: Socket): void {
  socket.write('', () => {
    (socket as Socket & { resetAndClosing: boolean }).resetAndClosing = true;
    socket.destroy();
  });
}

/**
 * Opens a link to a provider: boards connect here instead of there. Bytes are never changed, only held or lost.
 * @throws ProviderError `HIL_PROVIDER_PORT_TAKEN`, `HIL_PROVIDER_UNREADY`.
 */
export async function openTcpShaper(options: TcpShaperOptions): Promise<TcpShaper> {
  const { upstream, clock, seed, host = '127.0.0.1', port = 0 } = options;
  let { shape = {} } = options;
  let connections = 0;
  const open = new Set<Socket>();
  const keep = (socket: Socket): void => {
    open.add(socket);
    socket.setNoDelay(true);
    // How it ended is seen by its close, on which the other side is ended too.
    socket.on('error', () => undefined);
    socket.once('close', () => open.delete(socket));
  };
  const server = createServer({ allowHalfOpen: true }, (board) => {
    connections += 1;
    const random = seededUniform(derivedSeed(seed, `connection ${connections}`));
    const provider = connect({ ...upstream, allowHalfOpen: true });
    keep(board);
    keep(provider);
    let broken = false;
    const breakLink = (): void => {
      broken = true;
      const { how } = shape.cut ?? { how: 'end' };
      if (how === 'stall') {
        for (const flow of [up, down]) flow.freeze();
        return;
      }
      for (const flow of [up, down]) flow.swallow();
      provider.destroy();
      if (how === 'reset') reset(board);
      if (how === 'end') board.end();
    };
    const along = (direction: 'up' | 'down') => () => directionShape(shape, direction);
    const up = new ShapedFlow(board, provider, clock, random, along('up'));
    const down = new ShapedFlow(provider, board, clock, random, along('down'), breakLink);
    board.once('close', () => {
      for (const flow of [up, down]) flow.stop();
      provider.destroy();
    });
    provider.once('error', () => {
      if (!broken) reset(board);
    });
    provider.once('close', () => {
      if (!broken && !provider.readableEnded) board.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const taken = cause.code === 'EADDRINUSE';
      reject(
        new ProviderError(
          taken ? 'HIL_PROVIDER_PORT_TAKEN' : 'HIL_PROVIDER_UNREADY',
          taken
            ? `Port ${port} of ${host} is taken by another process.`
            : `The shaped link cannot listen on ${host}:${port}: ${cause.message}.`,
          { host, port },
          { cause },
        ),
      );
    });
    server.listen(port, host, resolve);
  });
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    reshape: (next) => {
      shape = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
