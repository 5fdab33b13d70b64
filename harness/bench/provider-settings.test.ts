import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MockProviderConfig } from '../config';
import { providerSettings } from './provider-settings';

const config: MockProviderConfig = {
  kind: 'mock',
  protocol: 'spark',
  host: '127.0.0.1',
  port: 0,
  tls: false,
  certsPath: undefined,
  credentials: undefined,
  faults: ['rate-limit'],
  network: undefined,
  replayPath: undefined,
  dialect: 'ga',
  toolRace: 'lenient',
};

it('hands on what the file says', () => {
  expect(providerSettings(config)).toEqual({
    protocol: 'spark',
    host: '127.0.0.1',
    port: 0,
    tls: false,
    faults: ['rate-limit'],
    dialect: 'ga',
    toolRace: 'lenient',
  });
});

it('hands on what is to be replayed', () => {
  expect(providerSettings({ ...config, replayPath: '/a.jsonl' })).toMatchObject({ replayPath: '/a.jsonl' });
});

it.each(['0.0.0.0', '192.168.7.2', '::', 'bench.local', '127.evil.example'])(
  'does not let the network in at %s without credentials',
  (host) => {
    expect(() => providerSettings({ ...config, host })).toThrow(`A provider on ${host} lets others in`);
  },
);

it('takes credentials from the environment, and names a variable that is not set', () => {
  // jest.replaceProperty works on the process of the test alone.
  jest.replaceProperty(process, 'env', { BENCH_SECRET: ' s3cret-of-the-bench ', EMPTY: '' });
  const of = (from: string) =>
    providerSettings({ ...config, host: '0.0.0.0', credentials: { apiSecret: from } });
  expect(of('BENCH_SECRET').credentials).toEqual({ apiSecret: 's3cret-of-the-bench' });
  expect(() => of('EMPTY')).toThrow('The environment variable EMPTY is not set.');
  jest.restoreAllMocks();
});

it('reads what earshot certs made, and says how to make it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-settings-'));
  try {
    expect(() => providerSettings({ ...config, certsPath: folder })).toThrow(`earshot certs --out ${folder}`);
    writeFileSync(join(folder, 'server.key'), 'KEY');
    writeFileSync(join(folder, 'server.pem'), 'CERT');
    expect(providerSettings({ ...config, certsPath: folder }).tls).toEqual({ key: 'KEY', cert: 'CERT' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
