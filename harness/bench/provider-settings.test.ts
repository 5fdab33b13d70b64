import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardConfig, LiveProviderConfig, MockProviderConfig } from '../config';
import { openDirect } from '../provider';
import { directSettings, providerSettings } from './provider-settings';

const config: MockProviderConfig = {
  kind: 'mock',
  protocol: 'spark',
  host: '127.0.0.1',
  port: 0,
  tlsPort: 0,
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

it('hands on the port of TLS that is asked for', () => {
  expect(providerSettings({ ...config, tls: true, tlsPort: 8443 })).toMatchObject({
    tls: true,
    tlsPort: 8443,
  });
});

it('hands on what is to be replayed', () => {
  expect(providerSettings({ ...config, replayPath: '/a.jsonl' })).toMatchObject({ replayPath: '/a.jsonl' });
});

it.each(['0.0.0.0', '192.168.7.2', '::', 'bench.local', '127.evil.example'])(
  'does not let the network in at %s without credentials',
  (host) => {
    expect(() => providerSettings({ ...config, host })).toThrow(
      `The mock provider is to listen on ${host}, where others can reach it`,
    );
  },
);

it('takes credentials from the environment, and names a variable that is not set', () => {
  // jest.replaceProperty works on the process of the test alone.
  jest.replaceProperty(process, 'env', { KEY: 'k', BENCH_SECRET: ' s3cret-of-the-bench ', EMPTY: '' });
  const of = (from: string) =>
    providerSettings({ ...config, host: '0.0.0.0', credentials: { apiKey: 'KEY', apiSecret: from } });
  expect(of('BENCH_SECRET').credentials).toEqual({ apiKey: 'k', apiSecret: 's3cret-of-the-bench' });
  expect(() => of('EMPTY')).toThrow('The environment variable EMPTY is not set.');
  jest.restoreAllMocks();
});

it('reads what earshot certs made, and says how to make it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-settings-'));
  try {
    expect(() => providerSettings({ ...config, certsPath: folder })).toThrow(`earshot certs --out ${folder}`);
    writeFileSync(join(folder, 'server.key'), 'KEY');
    chmodSync(join(folder, 'server.key'), 0o600);
    writeFileSync(join(folder, 'server.pem'), 'CERT');
    expect(providerSettings({ ...config, certsPath: folder }).tls).toEqual({ key: 'KEY', cert: 'CERT' });
    chmodSync(join(folder, 'server.key'), 0o644);
    expect(() => providerSettings({ ...config, certsPath: folder })).toThrow(
      `\`chmod 600 ${join(folder, 'server.key')}\``,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a provider that the board reaches by itself', () => {
  const live: LiveProviderConfig = {
    kind: 'live',
    protocol: 'openai-realtime',
    host: '127.0.0.1',
    upstreamUrl: undefined,
  };
  const board = (kind: 'virtual' | 'serial'): BoardConfig => ({ kind, name: 'b1' }) as BoardConfig;
  const variables = ['OPENAI_API_KEY', 'OPENAI_REALTIME_URL'];
  const kept = variables.map((name) => process.env[name]);
  beforeEach(() => variables.forEach((name) => Reflect.deleteProperty(process.env, name)));
  afterAll(() =>
    variables.forEach((name, index) => {
      if (kept[index] !== undefined) process.env[name] = kept[index];
    }),
  );

  it('is told to simulated boards with the key of the bench, and to others without: their firmware has one', () => {
    process.env['OPENAI_API_KEY'] = 'sk-of-the-bench';
    expect(directSettings(live, board('virtual'))).toEqual({
      protocol: 'openai-realtime',
      credentials: { apiKey: 'sk-of-the-bench' },
    });
    expect(directSettings(live, board('serial'))).toEqual({ protocol: 'openai-realtime' });
  });

  it('is not asked by a simulated board that has no key', () => {
    expect(() => directSettings(live, board('virtual'))).toThrow('needs its key; set OPENAI_API_KEY.');
  });

  it('has an address of its own, or the one that the bench names, and nothing to be seen', () => {
    expect(openDirect({ protocol: 'openai-realtime' })).toMatchObject({
      name: 'live:openai-realtime',
      url: 'wss://api.openai.com/v1/realtime?model=gpt-realtime',
      unwatched: true,
      events: [],
    });
    expect(openDirect({ protocol: 'spark', upstreamUrl: 'ws://127.0.0.1:9/x' }).url).toBe(
      'ws://127.0.0.1:9/v3.1/chat',
    );
    expect(openDirect({ protocol: 'deepseek' }).url).toBe('https://api.deepseek.com');
    expect(() => openDirect({ protocol: 'pangu' })).toThrow('pangu has no address that is common to all');
  });
});
