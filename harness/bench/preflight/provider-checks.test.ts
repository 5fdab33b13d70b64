import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProviderConfig } from '../../config';
import { makeBenchCa, makeServerCertificate, type KeyAndCertificate } from '../../provider';
import {
  benchWith,
  fakeContext,
  serialBoard,
  virtualBoard,
  type FakeContext,
} from './__fixtures__/fake-context';
import { certificate } from './certificate';
import { thisMachine } from './machine';
import { route } from './route';
import { upstream } from './upstream';

const mock = benchWith().provider as Extract<ProviderConfig, { readonly kind: 'mock' }>;
const proxy = (upstreamUrl: string): ProviderConfig => ({
  kind: 'proxy',
  protocol: 'deepseek',
  host: '127.0.0.1',
  port: 0,
  tls: false,
  certsPath: undefined,
  credentials: undefined,
  upstreamUrl,
  upstreamTransport: 'websocket',
  cassettePath: undefined,
});

describe('route', () => {
  const from = (host: string, more: FakeContext = {}) =>
    route.run(fakeContext({ config: benchWith({ provider: { ...mock, host } }), ...more }));

  it('leads from a board of metal to an address of this machine only', async () => {
    expect(await from('127.0.0.1')).toMatchObject({
      state: 'fail',
      origin: 'config',
      seen: 'it listens on 127.0.0.1, which no other device can reach',
    });
    expect(await from('192.168.7.3')).toMatchObject({ state: 'fail', origin: 'config' });
    expect(await from('192.168.7.2')).toMatchObject({ state: 'ok' });
    expect(await from('0.0.0.0')).toMatchObject({
      state: 'ok',
      seen: 'every address of this machine: 192.168.7.2',
    });
    expect(await from('0.0.0.0', { machine: { addresses: () => [] } })).toMatchObject({
      state: 'fail',
      origin: 'bench',
    });
  });

  it('is short for a simulated board, and for one behind a pseudo-terminal', async () => {
    expect(await from('127.0.0.1', { board: virtualBoard })).toMatchObject({ state: 'ok' });
    const parts = { portPath: () => Promise.resolve('/dev/pts/7') };
    expect(await from('127.0.0.1', { parts, board: serialBoard })).toMatchObject({ state: 'ok' });
  });
});

describe('upstream', () => {
  it('is there when it takes a connection, and fails as the provider’s when not', async () => {
    const server = createServer((socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const examine = () =>
      upstream.run(
        fakeContext({
          config: benchWith({ provider: proxy(`http://127.0.0.1:${port}`) }),
          machine: thisMachine,
        }),
      );
    expect(await examine()).toMatchObject({ state: expect.stringMatching(/ok|warn/) as string });
    await new Promise((resolve) => server.close(resolve));
    expect(await examine()).toMatchObject({
      state: 'fail',
      origin: 'provider',
      seen: expect.stringContaining(`127.0.0.1:${port} takes no connection: connect ECONNREFUSED`) as string,
    });
  });

  it('is of no account to a mock', async () => {
    expect(await upstream.run(fakeContext())).toMatchObject({ state: 'skipped' });
  });
});

describe('certificate', () => {
  const NOW = Date.UTC(2026, 10, 21, 12);
  const DAY_MS = 86_400_000;
  let folder: string;
  let ca: KeyAndCertificate;
  beforeAll(async () => {
    ca = await makeBenchCa('earshot bench', { from: new Date(NOW - 10 * DAY_MS), days: 3650 });
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-certs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const made = (fromDays: number, days: number, hosts = ['localhost', '127.0.0.1', 'bench.local']) =>
    makeServerCertificate(ca, hosts, { from: new Date(NOW + fromDays * DAY_MS), days });
  async function examine(
    server: KeyAndCertificate,
    { authority = ca, key = server.key, host = '0.0.0.0' } = {},
  ) {
    writeFileSync(join(folder, 'server.pem'), server.cert);
    writeFileSync(join(folder, 'server.key'), key, { mode: 0o600 });
    writeFileSync(join(folder, 'ca.pem'), authority.cert);
    return certificate.run(
      fakeContext({ config: benchWith({ provider: { ...mock, host, certsPath: folder } }) }),
    );
  }

  it('is well in its time, signed, and for a name that boards use', async () => {
    expect(await examine(await made(-1, 365))).toMatchObject({
      state: 'ok',
      seen: 'for localhost, 127.0.0.1, bench.local, until 2027-11-20',
    });
  });

  it('is told of before it runs out, fails when it has, and before it begins', async () => {
    expect(await examine(await made(-1, 8))).toMatchObject({
      state: 'warn',
      seen: expect.stringContaining('7 days are left') as string,
    });
    expect(await examine(await made(-8, 7))).toMatchObject({
      state: 'fail',
      seen: 'the certificate expired on 2026-11-20',
    });
    expect(await examine(await made(2, 7))).toMatchObject({
      state: 'fail',
      seen: 'the certificate begins on 2026-11-23, and here it is 2026-11-21',
    });
  });

  it('fails with another key, another authority, and with no name but this machine’s own', async () => {
    const server = await made(-1, 365);
    const other = await made(-1, 365);
    expect(await examine(server, { key: other.key })).toMatchObject({
      seen: 'server.key is not the key of server.pem',
    });
    const authority = await makeBenchCa('another', { from: new Date(NOW - DAY_MS), days: 3650 });
    expect(await examine(server, { authority })).toMatchObject({
      state: 'fail',
      seen: expect.stringContaining('ca.pem has not signed server.pem') as string,
    });
    expect(await examine(await made(-1, 365, ['localhost', '127.0.0.1']))).toMatchObject({
      state: 'fail',
      seen: 'it is for localhost, 127.0.0.1 alone, and boards come by 192.168.7.2',
    });
  });

  it('is missing where nobody made it', async () => {
    const config = benchWith({ provider: { ...mock, certsPath: join(folder, 'gone') } });
    await expect(certificate.run(fakeContext({ config }))).rejects.toMatchObject({
      code: 'HIL_CONFIG_FILE_MISSING',
    });
  });
});
