/** A bare `ws` echo server in a process of its own: the peer that the mock is compared with. Sends its port, ends with its parent. */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) =>
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary })),
);
server.on('listening', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});
