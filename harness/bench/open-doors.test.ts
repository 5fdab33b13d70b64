import type { BenchConfig } from '../config';
import { openDoors } from './open-doors';

const benchAt = (provider: object): Pick<BenchConfig, 'provider'> =>
  ({ provider: { host: '0.0.0.0', ...provider } }) as Pick<BenchConfig, 'provider'>;
const urls = ['ws://0.0.0.0:8081/v1/realtime?model=gpt-realtime', 'wss://localhost:8443/v1/realtime'];

it.each<[string, object, readonly string[], string | undefined, readonly string[]]>([
  ['nothing on loopback', { kind: 'mock', host: '127.0.0.1' }, urls, '127.0.0.1:123', []],
  [
    'where a mock listens and what it asks for',
    { kind: 'mock', credentials: { apiKey: 'BENCH_KEY' } },
    urls,
    undefined,
    [
      'The mock provider listens at ws://0.0.0.0:8081 and wss://localhost:8443 for the whole network: only who shows apiKey is let in.',
    ],
  ],
  [
    'that the time server asks for nothing',
    { kind: 'live' },
    ['https://api.example'],
    '0.0.0.0:123',
    ['The time server at udp://0.0.0.0:123 tells the whole network the time; it knows no keys.'],
  ],
  [
    'that a plugin decides by itself',
    { kind: 'plugin' },
    ['http://192.168.7.2:9000/chat'],
    undefined,
    [
      'The plugin provider listens at http://192.168.7.2:9000 for the whole network: who is let in, the plugin decides.',
    ],
  ],
])('tells %s', (_, provider, at, time, sentences) => {
  expect(openDoors(benchAt(provider), at, time)).toEqual(sentences);
});
