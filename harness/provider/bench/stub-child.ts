/** A provider that streams an answer in pieces, each of which says when it was written; in a process of its own. */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { systemClock } from '../../ports';

const PIECES = 200;
/** As far apart as the tokens of a fast model. */
const EVERY_MS = 2;

function stream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const write = (piece: number): void => {
    if (response.destroyed) return;
    const isLast = piece === PIECES;
    const choice = { index: 0, delta: { content: 'word ' }, finish_reason: isLast ? 'stop' : null };
    const frame = { choices: [choice], writtenAtMs: systemClock.nowMs() };
    response.write(`data: ${JSON.stringify(frame)}\n\n`);
    if (isLast) response.end('data: [DONE]\n\n');
    else systemClock.after(EVERY_MS, () => write(piece + 1));
  };
  write(1);
}

const server = createServer({ noDelay: true }, (request, response) => {
  request.resume();
  request.once('end', () => stream(response));
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => {
  server.closeAllConnections();
  server.close();
});
