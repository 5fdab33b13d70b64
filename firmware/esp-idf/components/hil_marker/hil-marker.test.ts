/** The component on this machine: strict C99, sanitizers, its lines by the grammar page and by the harness's own reader. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markersIn } from '../../../../harness/board/markers';
import { describeWithGcc, run, sanitized, strict } from '../../__fixtures__/host-gcc';

const headers = ['.', 'include', 'testing', 'testing/stubs'].map((folder) => `-I${join(__dirname, folder)}`);
const cFiles = (folder: string): string[] =>
  readdirSync(join(__dirname, folder))
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(__dirname, folder, name));

/** Order of `hil_event_t`. */
const [mic, speechStarted, speechStopped, packetOut, audioIn, i2sOut] = [
  '0',
  '1',
  '2',
  '3',
  '4',
  '5',
] as const;

describeWithGcc('hil_marker, compiled by gcc (skipped where there is none: apt-get install gcc)', () => {
  let folder: string;
  let program: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'earshot-marker-'));
    program = join(folder, 'markers');
    run('gcc', [...strict, ...sanitized, ...headers, ...cFiles('.'), ...cFiles('testing'), '-o', program]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const printed = (...steps: readonly string[]): string => run(program, steps);
  const markers = (...steps: readonly string[]) =>
    printed(...steps)
      .split('\n')
      .flatMap((line) => markersIn(line).map(({ marker }) => marker));
  const names = (...steps: readonly string[]): string[] => markers(...steps).map(({ name }) => name);

  it('has the checksum that the catalogue of CRCs gives for 123456789', () => {
    expect(printed('crc', '123456789', 'crc', '')).toBe('29b1\nffff\n');
  });

  it('prints the example of the grammar page byte for byte', () => {
    const page = readFileSync(join(__dirname, '../../../../docs/markers.md'), 'utf8');
    const [example = ''] = /^ {4}@hil .*$/m.exec(page) ?? [];
    const before = Array.from({ length: 12 }, () => ['named', 'x']).flat();
    expect(printed('at', '1234567', ...before, 'event', speechStopped)).toMatch(`\n${example.trim()}\n`);
  });

  it('numbers every marker from 0, with the stamp of its own instant', () => {
    expect(markers('at', '5', 'event', mic, 'at', '9007199254740991', 'event', speechStarted)).toEqual([
      { name: 'mic-opened', deviceAtUs: 5, number: 0, fields: {} },
      { name: 'speech-started', deviceAtUs: 9_007_199_254_740_991, number: 1, fields: {} },
    ]);
    expect(markers('at', '900', 'late', i2sOut, '400')).toMatchObject([{ deviceAtUs: 400 }]);
  });

  it('prints what was first once, until the microphone opens or speech stops', () => {
    const all = ['event', packetOut, 'event', audioIn, 'event', i2sOut];
    expect(names(...all, ...all)).toEqual(['first-packet-out', 'first-audio-in', 'first-i2s-out']);
    expect(names(...all, 'event', speechStopped, ...all).slice(3)).toEqual([
      'speech-stopped',
      'first-audio-in',
      'first-i2s-out',
    ]);
    expect(names(...all, 'event', mic, ...all).slice(4)).toHaveLength(3);
    expect(names(...all, 'arm', audioIn, ...all).slice(3)).toEqual(['first-audio-in']);
    // Only what is printed once can be armed.
    expect(names('arm', mic, 'event', mic, 'event', mic)).toHaveLength(2);
  });

  it('tells calls and heap', () => {
    expect(
      markers('begun', 'call_1', 'SetVolume', 'done', 'call_1', 'SetVolume', '1', 'null', 'heap'),
    ).toMatchObject([
      { name: 'call-begun', fields: { call: 'call_1', name: 'SetVolume' } },
      { name: 'call-done', fields: { call: 'call_1', name: 'SetVolume', ok: true } },
      { name: 'call-done', fields: { call: '', name: '', ok: false } },
      { name: 'heap', fields: { free: 196_604, least: 180_000, largest: 110_592, psram: 7_926_852 } },
    ]);
  });

  it('keeps a line whole and within 319 characters whatever the strings are', () => {
    const nasty = '"\\'.repeat(200);
    const [first, second] = markers(
      'at',
      '9223372036854775807',
      'begun',
      nasty,
      nasty,
      'at',
      '1',
      'done',
      'a\n\tü',
      '}#0000',
      '0',
    );
    // 2⁶³ − 1 µs is no number that JavaScript holds exactly.
    expect(first).toMatchObject({ deviceAtUs: 1, fields: { call: 'a????', name: '}#0000' } });
    expect(second).toBeUndefined();
    const lines = printed('at', '9223372036854775807', 'done', nasty, nasty, '1').split('\n');
    expect(lines[0]).toMatch(/^@hil \{[ -~]*\}#[0-9a-f]{4}$/);
    expect(lines[0]!.length).toBeLessThanOrEqual(291);
    expect((JSON.parse(lines[0]!.slice(5, -5)) as { call: string }).call).toBe(nasty.slice(0, 48));
  });

  it('prints names of the firmware that are names, and no event that does not exist', () => {
    expect(names('named', 'wake-word', 'named', `a${'9'.repeat(31)}`)).toHaveLength(2);
    for (const name of ['', 'NULL', 'Wake', 'a b', 'ü', '-a', '1a', `a${'9'.repeat(32)}`])
      expect(printed('named', name)).toBe('');
    expect(printed('event', '6', 'event', '-1')).toBe('');
  });

  it('answers pings of a console of its own, and nothing else', () => {
    expect(markers('at', '77', 'line', 'hil ping 4294967295\r\n')).toEqual([
      { name: 'pong', deviceAtUs: 77, number: 0, fields: { id: 4_294_967_295 } },
    ]);
    expect(printed('line', 'hil heap')).toMatch(/^@hil .*\ntaken\n$/);
    for (const line of [
      'hil ping',
      'hil ping ',
      'hil ping x',
      'hil ping 4294967296',
      'hil ping 1 2',
      'hil ping -1',
      'hil heaps',
      'ping 1',
      '',
    ])
      expect(printed('line', line)).toBe('not ours\n');
  });

  it('is a command of esp_console', () => {
    expect(printed('register', 'console', 'ping', '9')).toMatch(
      /^registered hil \(ping <id> \| heap\)\n@hil .*"ev":"pong","id":9\}#[0-9a-f]{4}\nresult 0\n$/,
    );
    expect(printed('register', 'console', 'heap', '')).toMatch(/"ev":"heap"/);
    for (const id of ['x', '1'.repeat(300)])
      expect(printed('register', 'console', 'ping', id)).toMatch(/\nresult 258\n$/);
  });

  it('stands behind whatever another task has printed', () => {
    expect(markersIn(printed('print', 'I (12) wifi: half', 'event', mic).split('\n')[0]!)).toMatchObject([
      { start: 17, marker: { name: 'mic-opened' } },
    ]);
  });
});
