/** The least that hands an HTTP exchange on, in a process of its own: the peer that the proxy is compared with. */
import { Agent, createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';

const upstreamPort = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true, noDelay: true });
const server = createServer({ noDelay: true }, (request, response) => {
  const { method, url: path, headers } = request;
  const call = httpRequest({ port: upstreamPort, host: '127.0.0.1', method, path, headers, agent });
  call.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  request.pipe(call);
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => {
  agent.destroy();
  server.closeAllConnections();
  server.close();
});
