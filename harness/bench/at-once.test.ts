import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadBench } from '../config';
import { checkAtOnce, unlikeIn } from './at-once';
import { benchOfBoard } from './bench-parts';

const folder = mkdtempSync(join(tmpdir(), 'earshot-at-once-'));

function bench(...lines: readonly string[]) {
  const path = join(folder, 'bench.yaml');
  writeFileSync(path, ['schema: earshot/bench@1', ...lines, ''].join('\n'));
  return loadBench(path);
}

const virtual = (name: string, more = ''): string => `  - { name: ${name}, kind: virtual${more} }`;
const serial = (name: string, more: string): string => `  - { name: ${name}, kind: serial, ${more} }`;

const check = (config: ReturnType<typeof bench>): void => checkAtOnce(config, config.boards);

describe('boards at once', () => {
  it('may share a provider on any free port', () => {
    expect(() => check(bench('boards:', virtual('a'), virtual('b')))).not.toThrow();
  });

  it.each([
    [['provider: { port: 8081 }', 'boards:', virtual('a'), virtual('b')], 'TCP port 8081 of the provider'],
    [
      ['provider: { tls: true, tlsPort: 8443 }', 'boards:', virtual('a'), virtual('b')],
      'TCP port 8443 of the provider',
    ],
    [['ntp: { port: 123 }', 'boards:', virtual('a'), virtual('b')], 'UDP port 123 of the time server'],
    [
      ['boards:', serial('a', 'port: /dev/ttyUSB0'), serial('b', 'port: /dev/ttyUSB0')],
      'the serial port /dev/ttyUSB0',
    ],
    [
      [
        'boards:',
        serial('a', 'port: /dev/ttyUSB0, rig: { kind: alsa, card: "pcm:rig", channels: { speaker: 0 } }'),
        serial('b', 'port: /dev/ttyUSB1, rig: { kind: alsa, card: "pcm:rig", channels: { speaker: 1 } }'),
      ],
      'the sound card pcm:rig device 0',
    ],
  ])('are refused what only one can have: %j', (lines, what) => {
    expect(() => check(bench(...lines))).toThrow(
      `Boards a and b cannot be tested at once, both take ${what}:`,
    );
  });

  it('may each have a fixed port of their own', () => {
    const config = bench(
      'provider: { port: 8081 }',
      'boards:',
      virtual('a'),
      virtual('b', ', provider: { port: 8082 }'),
    );
    expect(() => check(config)).not.toThrow();
    expect(
      [benchOfBoard(config, 'a'), benchOfBoard(config, 'b')].map(({ provider }) => provider),
    ).toMatchObject([{ port: 8081 }, { port: 8082 }]);
  });

  it('stand for each other when they differ in nothing but what is each one’s own', () => {
    const config = bench(
      'boards:',
      virtual('a', ', crystalPpm: 12'),
      virtual('b', ', rig: { seed: 7 }, provider: { port: 8082 }'),
      virtual('c', ', model: Korvo'),
      virtual('d', ', dialect: idf-chat, provider: { protocol: siliconflow }'),
    );
    const [a, b, c, d] = config.boards as [
      (typeof config.boards)[0],
      (typeof config.boards)[0],
      (typeof config.boards)[0],
      (typeof config.boards)[0],
    ];
    expect(unlikeIn(config, a, b)).toEqual([]);
    expect(unlikeIn(config, a, c)).toEqual(['model']);
    expect(unlikeIn(config, a, d)).toEqual(['dialect', 'provider']);
  });
});
