import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:https';
import { get } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { makeBenchCa, makeServerCertificate } from './bench-ca';

const validity = { from: new Date(Date.now() - 60_000), days: 30 };

it('signs a server that a client trusts by the authority alone', async () => {
  const ca = await makeBenchCa('bench 7', validity);
  const { key, cert } = await makeServerCertificate(ca, ['localhost', '127.0.0.1', 'bench.local'], validity);
  const server = createServer({ key, cert }, (_, response) => response.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const request = get({ host: 'localhost', port, ca: ca.cert, agent: false });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    expect((await response.toArray()).join('')).toBe('hello');
    const stranger = await makeBenchCa('somebody else', validity);
    const refused = get({ host: 'localhost', port, ca: stranger.cert, agent: false });
    const [error] = (await once(refused, 'error').catch((cause: unknown) => [cause])) as [Error];
    expect(error.message).toMatch(/certificate|self.signed|verify/i);
  } finally {
    server.close();
  }
});

it('says of a server what a client checks', async () => {
  const ca = await makeBenchCa('bench 7', validity);
  const made = await makeServerCertificate(ca, ['bench.local', '192.168.7.2'], validity);
  const cert = new X509Certificate(made.cert);
  expect(cert.checkIP('192.168.7.2')).toBe('192.168.7.2');
  expect(cert.checkHost('bench.local')).toBe('bench.local');
  expect(cert.checkHost('localhost')).toBeUndefined();
  expect(cert.ca).toBe(false);
  expect(cert.verify(new X509Certificate(ca.cert).publicKey)).toBe(true);
  expect(new Date(cert.validTo).getTime() - new Date(cert.validFrom).getTime()).toBe(30 * 86_400_000);
});
