/**
 * A bare `ws` echo server in a process of its own: the peer that the mock is compared with. Ahead of what it echoes stands when it
 * wrote it. Sends its port, ends with its parent.
 */
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';
import { systemClock } from '../../ports';

const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
server.on('connection', (socket) =>
  socket.on('message', (data: Buffer) => {
    const written = Buffer.from(`{"type":"echo","written_at_ms":${systemClock.nowMs()}}`);
    socket.send(Buffer.concat([written, data]), { binary: false });
  }),
);
server.on('listening', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => {
  for (const socket of server.clients) socket.terminate();
  server.close();
});
