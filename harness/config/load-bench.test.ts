import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadBench } from './load-bench';
import { packageRoot } from './package-root';

const folder = mkdtempSync(join(tmpdir(), 'earshot-bench-'));
const benchOf = (text: string): string => {
  const path = join(folder, 'mine.yaml');
  writeFileSync(path, `schema: earshot/bench@1\n${text}`);
  return path;
};
const smallest = 'boards:\n  - { name: b1, kind: virtual }\n';

describe('loadBench', () => {
  it('reads the bench that needs no hardware', () => {
    const root = packageRoot();
    const bench = loadBench(join(root, 'fixtures/benches/virtual.yaml'));
    expect(bench).toMatchObject({
      name: 'virtual',
      corpusPath: join(root, 'fixtures'),
      scenarioPath: join(root, 'fixtures/scenarios/voice-assistant.yaml'),
      budgetsPath: join(root, 'fixtures/benches/budgets.yaml'),
      provider: { kind: 'mock', protocol: 'openai-realtime', port: 0, tls: false },
      turn: { quietMs: 400, deadlineMs: 8000, playbackGainDb: 0, retakes: 2, badTakes: 0.25 },
    });
    expect(bench.boards).toHaveLength(1);
    expect(bench.boards[0]).toMatchObject({
      kind: 'virtual',
      name: 'virtual-1',
      firmwareDialect: 'realtime-ws',
      rig: { driftPpm: 40, room: { rt60Ms: 200 }, paths: { playbackToMic: { gainDb: -6, delayMs: 0.9 } } },
    });
  });

  it('fills in everything that a bench file leaves out', () => {
    const bench = loadBench(benchOf(smallest));
    expect(bench.name).toBe('mine');
    expect(bench.corpusPath).toBe(join(packageRoot(), 'fixtures'));
    expect(bench.budgetsPath).toBeUndefined();
    expect(bench.boards[0]).toEqual({
      kind: 'virtual',
      name: 'b1',
      model: 'ESP32-S3 virtual',
      dialect: 'realtime-ws',
      firmwareDialect: 'realtime-ws',
      bootTimeoutMs: 20_000,
      sessionTimeoutMs: 30_000,
      crystalPpm: 0,
      rig: {
        kind: 'virtual',
        driftPpm: 0,
        snrDb: 30,
        room: { rt60Ms: 0, directToReverberantDb: 6 },
        paths: {
          playbackToMic: { gainDb: -6, delayMs: 0.9 },
          playbackToSpeakerChannel: { gainDb: -26, delayMs: 1.5 },
          boardToMic: { gainDb: -26, delayMs: 10 },
          boardToSpeakerChannel: { gainDb: -3, delayMs: 0.6 },
        },
        loopbackGainDb: 0,
        seed: 1,
        calibrationMaxAgeMs: 30 * 86_400_000,
      },
    });
  });

  it('has the question of a simulated board that asks one of its own, and of no other', () => {
    const withQuestion = (kind: string) =>
      benchOf(`boards: [{ name: b1, ${kind}, dialect: idf-chat, question: '现在几点 "?"' }]\n`);
    expect(loadBench(withQuestion('kind: virtual')).boards[0]).toMatchObject({ question: '现在几点 "?"' });
    expect(() => loadBench(withQuestion('kind: serial, port: /dev/ttyUSB0'))).toThrow(/question/);
  });

  it('has the flash of a simulated board beside the file, and an image that was written there', () => {
    const path = benchOf('boards: [{ name: b1, kind: virtual, dialect: idf-chat, flash: b1.flash }]\n');
    const flashPath = join(dirname(path), 'b1.flash');
    expect(loadBench(path).boards[0]).toMatchObject({ flashPath });
    const flashed = { imagePath: '/build/app.bin' };
    expect(loadBench(path, { flashed }).boards[0]).toMatchObject({ flashPath, imagePath: '/build/app.bin' });
    const other = { ...flashed, flashPath: '/other.flash' };
    expect(loadBench(path, { flashed: other }).boards[0]).toMatchObject({ flashPath: '/other.flash' });
  });

  it('has the sound server of a simulated board, its folder beside the file, and of no other', () => {
    const rig = 'rig: { kind: pulse, sink: o, source: i, channels: { speaker: 0 } }';
    const withSound = (kind: string, more = '') =>
      benchOf(`boards: [{ name: b1, ${kind}, sound: { kind: pulse, source: m, sink: s${more} }, ${rig} }]\n`);
    expect(loadBench(withSound('kind: virtual')).boards[0]).toMatchObject({
      sound: { kind: 'pulse', source: 'm', sink: 's', bufferMs: 100 },
    });
    const path = withSound('kind: virtual', ', buffer: 200ms, record: kept');
    expect(loadBench(path).boards[0]).toMatchObject({
      sound: { bufferMs: 200, recordPath: join(dirname(path), 'kept') },
    });
    expect(() => loadBench(withSound('kind: serial, port: /dev/ttyUSB0'))).toThrow(/sound/);
  });

  it('has no simulated board that its rig cannot hear', () => {
    const bench = (board: string) => benchOf(`boards: [{ name: b1, kind: virtual, ${board} }]\n`);
    expect(() => loadBench(bench('sound: { kind: pulse, source: m, sink: s }'))).toThrow(
      /boards\[0\]\.sound .*a virtual rig hears no sound server/,
    );
    expect(() =>
      loadBench(bench('rig: { kind: pulse, sink: o, source: i, channels: { speaker: 0 } }')),
    ).toThrow(/boards\[0\]\.rig .*a rig of kind pulse hears a virtual board in a sound server only/);
  });

  describe('of a board on a serial port', () => {
    const serial = (more: string) =>
      loadBench(benchOf(`boards: [{ name: b1, kind: serial, port: /dev/ttyUSB0, ${more} }]\n`)).boards[0];

    it('has its reset as one step, as several, or as a sequence', () => {
      expect(serial('rig: {}')).toMatchObject({ reset: 'auto' });
      expect(serial('rig: {}')).not.toHaveProperty('power');
      expect(serial('reset: hard')).toMatchObject({ reset: ['hard'] });
      expect(serial("reset: { sequence: 'R0|D1|W0.1|D0' }")).toMatchObject({
        reset: [{ sequence: 'R0|D1|W0.1|D0' }],
      });
      expect(serial("reset: [tight, { sequence: 'D0|R1|W0.3|R0' }]")).toMatchObject({
        reset: ['tight', { sequence: 'D0|R1|W0.3|R0' }],
      });
    });

    it.each([
      ['reset: soft', 'boards[0].reset is "soft"; expected one of auto, hard,'],
      ['reset: [hard, harder]', 'boards[0].reset[1] is "harder"; expected one of hard,'],
      ['reset: []', 'expected at least 1 entries'],
      ['reset: [auto, hard]', 'boards[0].reset[0] is "auto"; expected one of hard,'],
      ['reset: [hard, classic]', 'classic leaves the chip in download mode'],
      ["reset: { sequence: 'D0|R7' }", '"R7" is no command of it'],
      ['reset: power', 'nothing says how power is switched'],
      ['power: {}', 'expected one of uhubctl, command and plugin'],
      ['power: { plugin: a, uhubctl: { location: 1-1, port: 1 } }', 'expected one of'],
      ['power: { command: { off: [a] } }', 'expected cycle, or off and on'],
      ['power: { command: { cycle: [a], options: 1 } }', 'options'],
      ['power: { uhubctl: { location: 1-1, port: 1 }, options: 1 }', 'only a plugin is told options'],
    ])('refuses %s', (more, why) => {
      expect(() => serial(more)).toThrow(why);
    });

    it('has its power as a hub, as programs, or as a plugin; a path is relative to the bench file', () => {
      const times = { offMs: 2000, timeoutMs: 30_000 };
      expect(serial('power: { uhubctl: { location: 1-1.4, port: 2 } }')).toMatchObject({
        power: { kind: 'uhubctl', ...times, program: 'uhubctl', location: '1-1.4', port: 2 },
      });
      expect(serial('power: { command: { cycle: [./relay.sh, cycle] }, timeout: 5s }')).toMatchObject({
        power: { kind: 'cycle-command', timeoutMs: 5000, cycle: [join(folder, 'relay.sh'), 'cycle'] },
      });
      expect(serial('power: { command: { off: [relay, off], on: [relay, on] }, offTime: 1s }')).toMatchObject(
        {
          power: { kind: 'switch-command', offMs: 1000, off: ['relay', 'off'], on: ['relay', 'on'] },
        },
      );
      expect(serial('reset: [hard, power], power: { plugin: relay, options: { pin: 3 } }')).toMatchObject({
        reset: ['hard', 'power'],
        power: { kind: 'plugin', ...times, plugin: 'relay', options: { pin: 3 } },
      });
    });
  });

  describe('a rig with a sound card', () => {
    const rigOf = (rig: string) =>
      loadBench(benchOf(`boards:\n  - { name: b1, kind: serial, port: /dev/ttyUSB0, rig: { ${rig} } }\n`))
        .boards[0]?.rig;

    it('is a card of ALSA, by its stable name, with what cards commonly have', () => {
      expect(rigOf('kind: alsa, card: "usb:0d8c:0014:A1", channels: { speaker: 1, loopback: 0 }')).toEqual({
        kind: 'alsa',
        card: 'usb:0d8c:0014:A1',
        device: 0,
        rateHz: 48_000,
        format: 'S16_LE',
        inputs: 2,
        outputs: 2,
        channels: { speaker: 1, loopback: 0 },
        topology: 'loopback',
        calibrationMaxAgeMs: 2_592_000_000,
      });
    });

    it('is a sink and a source of a sound server', () => {
      const stated = 'acousticDelay: 0.9ms, roundTrip: { delay: 46ms, uncertainty: 2ms }';
      expect(
        rigOf(`kind: pulse, sink: out, source: in, rate: 96000, channels: { speaker: 0 }, ${stated}`),
      ).toEqual({
        kind: 'pulse',
        sink: 'out',
        source: 'in',
        rateHz: 96_000,
        format: 'S16_LE',
        channels: { speaker: 0 },
        topology: 'bleed',
        acousticDelayMs: 0.9,
        calibrationMaxAgeMs: 2_592_000_000,
        roundTrip: { ms: 46, uncertaintyMs: 2 },
      });
    });

    it.each([
      ['kind: alsa, card: hw:1, channels: { speaker: 0 }', 'expected usb:VID:PID:SERIAL'],
      ['kind: alsa, card: pcm:x, channels: { speaker: 2 }', 'the card has 2 inputs, counted from 0'],
      ['kind: alsa, card: pcm:x, channels: { speaker: 0, loopback: 0 }', 'one input cannot be both'],
      ['kind: alsa, card: pcm:x, rate: 22050, channels: { speaker: 0 }', 'boards[0].rig.rate'],
      [
        'kind: pulse, sink: s, source: m, topology: loopback, channels: { speaker: 0 }',
        'channels has no loopback',
      ],
      ['kind: pulse, sink: s, source: m, seed: 1, channels: { speaker: 0 }', 'seed'],
      ['kind: coreaudio', 'kind'],
    ])('refuses %s', (rig, message) => {
      expect(() => rigOf(rig)).toThrow(message);
    });
  });

  it('takes paths relative to the bench file and is frozen', () => {
    const bench = loadBench(benchOf(`${smallest}scenario: s/own.yaml\nbudgets: /abs/b.yaml\n`));
    expect(bench.scenarioPath).toBe(join(folder, 's/own.yaml'));
    expect(bench.budgetsPath).toBe('/abs/b.yaml');
    const { rig } = bench.boards[0] ?? {};
    expect(rig?.kind === 'virtual' && Object.isFrozen(rig.paths.boardToMic)).toBe(true);
  });

  it('finds the image under test beside the bench file, and expects none otherwise', () => {
    const withImage = benchOf('boards: [{ name: b1, kind: virtual, image: build/app.bin }]\n');
    expect(loadBench(withImage).boards[0]).toMatchObject({ imagePath: join(folder, 'build/app.bin') });
    expect(loadBench(benchOf(smallest)).boards[0]).not.toHaveProperty('imagePath');
  });

  it('lets overrides win over the file', () => {
    const path = benchOf('boards:\n  - { name: b1, kind: virtual }\n  - { name: b2, kind: virtual }\n');
    const bench = loadBench(path, {
      boards: ['b2'],
      budgetsPath: 'x.yaml',
      turn: { quietMs: 100 },
      provider: { kind: 'proxy', protocol: 'deepseek' },
    });
    expect(bench.boards.map(({ name }) => name)).toEqual(['b2']);
    expect(bench.budgetsPath).toBe(join(process.cwd(), 'x.yaml'));
    expect(bench.turn).toMatchObject({ quietMs: 100, deadlineMs: 8000 });
    expect(bench.provider).toMatchObject({ kind: 'proxy', protocol: 'deepseek', tls: false });
    const spoken = loadBench(path, { provider: { kind: 'proxy', protocol: 'openai-realtime' } });
    expect(spoken.provider).toMatchObject({ kind: 'proxy', protocol: 'openai-realtime' });
    expect(() => loadBench(path, { boards: ['b3'] })).toThrow(/has no board b3; did you mean b1 or b2\?/);
  });

  it.each([
    ['boards: []', 'boards is a list of 0; expected at least 1 entries'],
    [
      'boards: [{ name: b1, kind: virtul }]',
      'boards[0].kind is "virtul"; expected one of serial, virtual; did you mean virtual?',
    ],
    ['boards: [{ name: b1 }]', 'boards[0].kind is missing; expected one of serial, virtual'],
    ['boards: [{ name: b1, kind: serial, rig: {} }]', 'boards[0].port is missing; expected a text'],
    [
      'boards: [{ name: b1, kind: serial, port: { vid: 1001 } }]',
      'boards[0].port.vid is 1001; expected four hex digits in quotes',
    ],
    [
      'boards: [{ name: b1, kind: serial, port: { location: 1-2.3, serial: x } }]',
      'the key boards[0].port.serial is unknown',
    ],
    [
      'boards: [{ name: b1, kind: serial, port: {} }]',
      'boards[0].port is a mapping; expected serialNumber, vid, pid, location or interface',
    ],
    [`${smallest}turn: { quiet: 400 }`, 'turn.quiet is 400; a unit is missing: write 400ms'],
    [`${smallest}turn: { quiet: '400' }`, 'turn.quiet is "400"; a unit is missing: write 400ms'],
    [`${smallest}turn: { quiet: 9h }`, 'turn.quiet is "9h"; expected 20ms to 1min'],
    [`${smallest}turn: { quiet: }`, 'turn.quiet is empty; write a duration such as 200ms, 1.5s or 2min'],
    [`${smallest}turn: { quietMs: 400ms }`, 'the key turn.quietMs is unknown; did you mean quiet?'],
    [`${smallest}turn: yes`, 'turn is "yes"; expected a mapping'],
    [`${smallest}provider: { port: 70000 }`, 'provider.port is 70000; expected at most 65535'],
    [`${smallest}provider: { port: 1.5 }`, 'provider.port is 1.5; expected a whole number'],
    [
      'boards: [{ name: b1, kind: virtual }, { name: b1, kind: virtual }]',
      'boards[1].name is "b1"; another board has this name already',
    ],
    ['boards: [{ name: "a b/", kind: virtual }]', 'boards[0].name is "a b/"; expected letters, digits'],
    [
      'boards: [{ nam: b1, kind: virtual, crystalPpm: .nan }]',
      'the key boards[0].nam is unknown; did you mean name? (and 1 more problem)',
    ],
  ])('refuses %s', (text, sentence) => {
    expect(() => loadBench(benchOf(text))).toThrow(sentence);
  });

  it('reads what boards are told of the time, and refuses an answer that is two', () => {
    const bench = (answers: string) => loadBench(benchOf(`${smallest}ntp: { answers: ${answers} }`));
    expect(bench('[{ skew: -1h }, { kissOfDeath: RATE }, { silence: true }]').ntp).toEqual({
      port: 0,
      answers: [{ skewMs: -3_600_000 }, { kissOfDeath: 'RATE' }, { silence: true }],
    });
    expect(() => bench('[{ skew: 1s, silence: true }]')).toThrow(
      'expected one of skew, kissOfDeath and silence',
    );
    expect(() => bench('[]')).toThrow('ntp.answers');
  });

  it('reads a proxy, with paths beside the bench file', () => {
    const { provider, path } = loadBench(
      benchOf(
        `${smallest}provider: { kind: proxy, protocol: spark, upstream: "wss://example.com", cassette: a.jsonl }`,
      ),
    );
    expect(provider).toEqual({
      kind: 'proxy',
      protocol: 'spark',
      host: '127.0.0.1',
      port: 0,
      tls: false,
      certsPath: undefined,
      upstreamUrl: 'wss://example.com',
      upstreamTransport: 'websocket',
      cassettePath: join(path, '../a.jsonl'),
    });
    expect(() => loadBench(benchOf(`${smallest}provider: { kind: proxy, protocol: sparkle }`))).toThrow(
      'provider.protocol is "sparkle"',
    );
    const calling = (protocol: string): string =>
      benchOf(`${smallest}provider: { kind: proxy, protocol: ${protocol}, upstreamTransport: webrtc }`);
    expect(loadBench(calling('openai-realtime')).provider).toMatchObject({ upstreamTransport: 'webrtc' });
    expect(() => loadBench(calling('spark'))).toThrow('no board calls spark over WebRTC: leave it out');
    expect(() => loadBench(benchOf(`${smallest}provider: { kind: porxy }`))).toThrow('did you mean proxy?');
  });

  it('finds what a mock replays beside the bench file', () => {
    const { provider, path } = loadBench(
      benchOf(`${smallest}provider: { kind: mock, protocol: spark, replay: a.jsonl }`),
    );
    expect(provider).toMatchObject({ protocol: 'spark', replayPath: join(path, '../a.jsonl') });
    expect(() =>
      loadBench(benchOf(`${smallest}provider: { kind: proxy, protocol: spark, replay: a.jsonl }`)),
    ).toThrow('provider.replay is unknown');
  });

  it('takes a port for TLS where something listens with TLS, and at a port of its own', () => {
    const provider = (written: string) => loadBench(benchOf(`${smallest}provider: ${written}`)).provider;
    expect(provider('{}')).toMatchObject({ port: 0, tlsPort: 0 });
    expect(provider('{ tls: true, tlsPort: 8443 }')).toMatchObject({ tls: true, tlsPort: 8443 });
    expect(provider('{ certs: certs, port: 8080, tlsPort: 8443 }')).toMatchObject({
      port: 8080,
      tlsPort: 8443,
    });
    expect(() => provider('{ tlsPort: 8443 }')).toThrow(/provider.tlsPort.*without tls/);
    expect(() => provider('{ tls: true, port: 8443, tlsPort: 8443 }')).toThrow(
      /provider.tlsPort.*port has the same/,
    );
    expect(() => provider('{ tls: true, tlsPort: 70000 }')).toThrow('provider.tlsPort');
    expect(() => provider('{ kind: proxy, protocol: spark, tls: true, tlsPort: 8443 }')).toThrow(
      'provider.tlsPort is unknown',
    );
  });

  it('takes dialect and race of OpenAI Realtime, and of no other protocol', () => {
    const provider = (written: string) => loadBench(benchOf(`${smallest}provider: ${written}`)).provider;
    expect(provider('{}')).toMatchObject({ dialect: 'ga', toolRace: 'lenient' });
    const both = { dialect: 'beta', toolRace: 'strict' };
    expect(provider('{ dialect: beta, toolRace: strict }')).toMatchObject(both);
    expect(provider('{ dialect: auto }')).toMatchObject({ dialect: 'auto' });
    expect(() => provider('{ dialect: gamma }')).toThrow('provider.dialect is "gamma"');
    expect(() => provider('{ protocol: deepseek, dialect: beta }')).toThrow(
      /provider.dialect.*only openai-realtime/,
    );
    expect(() => provider('{ protocol: spark, toolRace: strict }')).toThrow(
      /provider.toolRace.*only openai-realtime/,
    );
  });

  it('finds the certificates beside the bench file, and takes variables for credentials', () => {
    const { provider, path } = loadBench(
      benchOf(
        `${smallest}provider: { certs: ../certs, credentials: { apiKey: BENCH_KEY }, faults: [bad-key] }`,
      ),
    );
    expect(provider).toMatchObject({
      certsPath: join(path, '../../certs'),
      credentials: { apiKey: 'BENCH_KEY' },
      faults: ['bad-key'],
    });
    expect(() => loadBench(benchOf(`${smallest}provider: { credentials: { apiKey: sk-123 } }`))).toThrow(
      'expected the name of an environment variable',
    );
  });

  describe('the network', () => {
    const networkOf = (written: string, protocol = 'openai-realtime') => {
      const { provider } = loadBench(
        benchOf(`${smallest}provider: { protocol: ${protocol}, network: ${written} }`),
      );
      return provider.kind === 'mock' ? provider.network : undefined;
    };

    it('takes shares alone or with what else could be said, and each way of its own', () => {
      const written =
        '{ delay: 30ms, loss: 5%, reorder: 0.5 %, up: { loss: { rate: 10%, burst: 3 }, jitter: 1ms }, cut: { afterBytes: 0, how: stall, lasts: 1s } }';
      expect(networkOf(written)).toEqual({
        delayMs: 30,
        jitterMs: 0,
        loss: { rate: 0.05 },
        reorder: { rate: 0.005, byMs: 40 },
        up: { loss: { rate: 0.1, burst: 3 }, jitterMs: 1 },
        cut: { afterBytes: 0, how: 'stall', lastsMs: 1000 },
      });
    });

    it.each([
      ['{ loss: 5 }', 'a sign is missing: write 5%'],
      ['{ loss: 120% }', 'expected 0% to 100%'],
      ['{ loss: five }', 'write a share such as 5%'],
      ['{ loss: { rate: 90%, burst: 3 } }', 'only in runs of at least 9.0 on average'],
      ['{ loss: { rate: 5%, run: 3 } }', 'provider.network.loss.run is unknown'],
    ])('refuses %s: %s', (written, message) => {
      expect(() => networkOf(written)).toThrow(message);
    });

    it.each([
      '{ loss: 5% }',
      '{ down: { reorder: 1% } }',
      '{ cut: { afterBytes: 0, how: stall, lasts: 1s } }',
    ])('refuses %s where nothing travels in datagrams', (written) => {
      expect(() => networkOf(written, 'spark')).toThrow('nothing of spark travels in datagrams');
      expect(() => networkOf(written)).not.toThrow();
    });
  });
});
