import { X509Certificate } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keepPrinted } from '../__fixtures__/printed';
import { certsCommand, type CertsArguments } from './certs';

let folder: string;
const printed = keepPrinted();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-certs-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const certs = (over: Partial<CertsArguments> = {}): Promise<number> =>
  certsCommand({ hosts: [], folder, days: 365, newCa: false, json: false, ...over });
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const certificate = (name: string): X509Certificate => new X509Certificate(text(name));

it('makes an authority and a server that it signed, private keys for their owner only', async () => {
  expect(await certs({ hosts: ['bench.local', '192.168.7.2'] })).toBe(0);
  const server = certificate('server.pem');
  expect(server.verify(certificate('ca.pem').publicKey)).toBe(true);
  for (const host of ['localhost', 'bench.local']) expect(server.checkHost(host)).toBe(host);
  expect(server.checkIP('192.168.7.2')).toBe('192.168.7.2');
  for (const key of ['ca.key', 'server.key']) expect(statSync(join(folder, key)).mode & 0o777).toBe(0o600);
  expect(printed.text).toMatch(/New authority .*ca\.pem/);
  expect(printed.text).not.toContain('PRIVATE KEY');
});

it('keeps the authority that firmware trusts already, and makes a new one only when told to', async () => {
  await certs();
  const [ca, server] = [text('ca.pem'), text('server.pem')];
  await certs();
  expect(text('ca.pem')).toBe(ca);
  expect(text('server.pem')).not.toBe(server);
  expect(printed.text).toMatch(/Authority kept/);
  await certs({ newCa: true });
  expect(text('ca.pem')).not.toBe(ca);
});

it('refuses the key of an authority that others may read, and never leaves one of the server so', async () => {
  await certs();
  chmodSync(join(folder, 'server.key'), 0o644);
  await certs();
  expect(statSync(join(folder, 'server.key')).mode & 0o777).toBe(0o600);
  chmodSync(join(folder, 'ca.key'), 0o640);
  await expect(certs()).rejects.toMatchObject({
    code: 'HIL_CONFIG_KEY_EXPOSED',
    facts: { mode: '0640', expected: '0600' },
  });
});

it('does not overwrite half an authority', async () => {
  await certs();
  rmSync(join(folder, 'ca.key'));
  await expect(certs()).rejects.toMatchObject({
    code: 'HIL_CONFIG_USAGE',
    message: expect.stringContaining('--new-ca') as string,
  });
});

it('tells a script where the files are and how long they hold', async () => {
  await certs({ json: true, days: 10 });
  const said = JSON.parse(printed.text) as Record<string, unknown>;
  expect(said).toMatchObject({ schema: 'earshot/certs@1', ca: join(folder, 'ca.pem'), newCa: true });
  expect(new Date(said.validTo as string).getTime()).toBe(
    new Date(certificate('server.pem').validTo).getTime(),
  );
});
