import { loadBench, packageRoot, type ProviderConfig } from '../config';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkProtocol } from './fitting-protocol';
import { describeDialect } from './bench-parts';

const providerOf = (protocol: 'openai-realtime' | 'deepseek' | 'spark'): ProviderConfig => ({
  kind: 'proxy',
  protocol: protocol as 'deepseek',
  host: '127.0.0.1',
  port: 0,
  tls: false,
  certsPath: undefined,
  credentials: undefined,
  upstreamUrl: undefined,
  upstreamTransport: 'websocket',
  cassettePath: undefined,
});

it.each([
  ['idf-chat', 'deepseek'],
  ['spark-chat', 'spark'],
  ['realtime-ws', 'openai-realtime'],
] as const)('lets %s talk to %s', (dialect, protocol) => {
  expect(() => checkProtocol(describeDialect({ dialect }), providerOf(protocol))).not.toThrow();
});

it.each([
  ['realtime-ws', 'spark', 'it can talk to openai-realtime.'],
  ['spark-chat', 'openai-realtime', 'it can talk to spark.'],
  ['idf-chat', 'spark', 'it can talk to openai, siliconflow, deepseek.'],
] as const)('does not let %s be judged by %s', (dialect, protocol, fitting) => {
  expect(() => checkProtocol(describeDialect({ dialect }), providerOf(protocol))).toThrow(fitting);
});

it('leaves what a plugin speaks to the team', () => {
  const plugin = {
    kind: 'plugin',
    name: 'acme',
    options: {},
    host: '127.0.0.1',
    port: 0,
    plugins: [],
  } as const;
  expect(() => checkProtocol(describeDialect({ dialect: 'spark-chat' }), plugin)).not.toThrow();
});

it('finds every bench that comes along fitting', () => {
  const folder = join(packageRoot(), 'fixtures/benches');
  const benches = readdirSync(folder).filter((name) => name !== 'budgets.yaml');
  expect(benches.length).toBeGreaterThan(6);
  for (const name of benches) {
    const { boards, provider } = loadBench(join(folder, name));
    for (const board of boards) checkProtocol(describeDialect(board), board.provider ?? provider);
  }
});
