import { createServer, type Server, type Socket } from 'node:net';
import { HilError, toWireError } from '../../errors';
import { readJsonLines, writeJsonLine } from './json-lines';
import type { HostMethod, HostMethods, RpcRequest } from './protocol';

/** The host's side of every call. */
export type HostHandlers = {
  readonly [M in HostMethod]: (params: HostMethods[M]['params']) => Promise<HostMethods[M]['result']>;
};

export interface RpcServer {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves the suites on a local socket that only this user can open. Requests of one connection are handled in order of
 * arrival and may overlap.
 * @param wasRecorded - Tells whether a finding exists for a thrown error.
 */
export async function serveRpc(
  address: string,
  handlers: HostHandlers,
  wasRecorded: (error: unknown) => boolean,
): Promise<RpcServer> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()); // A suite that went away has nobody to tell.
    socket.on('close', () => sockets.delete(socket));
    readJsonLines(socket, (value) => void answer(socket, value as RpcRequest));
  });
  const answer = async (socket: Socket, { id, method, params }: RpcRequest): Promise<void> => {
    try {
      if (!Object.hasOwn(handlers, method)) {
        throw new HilError('HIL_HARNESS_UNEXPECTED', `The host has no method "${method}".`);
      }
      const handle = handlers[method] as (params: unknown) => Promise<unknown>;
      writeJsonLine(socket, { id, result: await handle(params) });
    } catch (error) {
      writeJsonLine(socket, { id, error: toWireError(error), recorded: wasRecorded(error) });
    }
  };
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, resolve);
  });
  return {
    address,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
