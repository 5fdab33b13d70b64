import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHilError } from '../errors';
import { sampleTurn, endOf, initialRecord } from './__fixtures__/sample';
import { storeVerdict } from './finish-run';
import { mergeRuns } from './merge-runs';
import { readConsole } from './read-console';
import { readRun, type FinishedTurn } from './read-run';
import { createRedactor } from './redaction';
import { createRunStore, type InitialRunRecord } from './run-store';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'earshot-merge-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const redactor = createRedactor([]);
const [atom] = initialRecord.boards;
const atomWith = (version: string) => ({
  ...initialRecord,
  boards: [{ ...atom, firmware: { project: 'demo', version } }],
});

interface Played {
  readonly nowIso?: string;
  readonly record?: object;
  readonly aborted?: boolean;
}

/** A run of two turns in sessions 1 and 2, with one capture, two boots on the console and a finding of the first turn. */
function play(
  runId: string,
  { nowIso = '2026-03-14T10:00:00Z', record = {}, aborted = false }: Played = {},
): string {
  const initial = { ...initialRecord, startedAtHostMs: 1_000, ...record } as InitialRunRecord;
  const store = createRunStore({ reportsPath: folder, runId, record: initial, redactor, nowIso });
  const boardName = initial.boards[0]?.name ?? '';
  for (const [index, turnId] of ['t0001', 't0002'].entries()) {
    const path = `${boardName}/captures/${turnId}.wav`;
    store.saveBytes(path, Buffer.from(`${runId} ${turnId}`));
    const { record: of, measurement } = sampleTurn(turnId);
    const startedAtHostMs = 2_000 + 1_000 * index;
    const turn = {
      ...of,
      boardName,
      session: 1 + index,
      startedAtHostMs,
      endedAtHostMs: startedAtHostMs + 500,
      capture: {
        path,
        rateHz: 48_000,
        roles: ['speaker'],
        firstRigSample: 0,
        lengthSamples: 1,
        clockPoints: [{ sample: 1, hostAtMs: 2_100 }],
        maxLagMs: 3,
        overruns: 0,
      },
    };
    void store.appendTurn({ record: turn, measurement } as unknown as FinishedTurn);
  }
  store.appendEvent('board', { hostAtMs: 2_050, type: 'session-ready', boot: 1, lineIndex: 1 });
  store.appendFinding({
    code: 'HIL_TURN_CALL_MISSING',
    origin: 'board',
    message: 'No call.',
    facts: {},
    hostAtMs: 2_400,
    turnId: 't0001',
  });
  store.appendBound({ quantile: 'p50', boundMs: 900, turnIds: ['t0001', 't0002'], hostAtMs: 2_500 });
  store.appendTest({
    schema: 'earshot/test@1',
    file: 'a.hil.ts',
    name: ['answers'],
    status: 'passed',
    durationMs: 1,
    failures: [],
    turnIds: ['t0002'],
  });
  const sink = store.consoleSink(boardName);
  sink.bytes(Buffer.from('one\ntwo\n'), 2_000);
  sink.line({ index: 0, text: 'one', boot: 1, byteOffset: 0, hostAtMs: 2_001 });
  sink.line({ index: 1, text: 'two', boot: 2, byteOffset: 4, hostAtMs: 2_002 });
  void store.close();
  if (!aborted)
    storeVerdict(store.path, { record: store.record, ...endOf({}), endedAtHostMs: 4_000 }, redactor);
  return store.path;
}

const merge = (...runs: string[]) => mergeRuns({ runs, out: join(folder, 'merged') });

describe('mergeRuns', () => {
  it('bears that boards talk to other providers where that is known, and names each', () => {
    const provider = { name: 'mock siliconflow', protocol: 'siliconflow' };
    const runs = [play('a'), play('b', { record: { provider } })];
    expect(() => merge(...runs)).toThrow(/provider is mock siliconflow/);
    const { record, path } = mergeRuns({ runs, out: { below: join(folder, 'all') }, despite: ['provider'] });
    expect(path).toBe(join(folder, 'all', record.runId));
    expect(record).toMatchObject({
      provider: { name: `${initialRecord.provider.name}, mock siliconflow` },
      sources: [{ provider: initialRecord.provider }, { provider }],
    });
  });

  it('counts a board on that played several runs: its sessions, boots, lines and bytes', () => {
    const run = merge(
      play('b', { nowIso: '2026-03-14T10:01:00Z', record: { startedAtHostMs: 61_000 } }),
      play('a'),
    );
    expect(run.record).toMatchObject({
      boards: [{ name: 'atom', bench: 'virtual' }],
      sources: [
        { runId: 'a', hostOffsetMs: 0, turns: 2, boards: ['atom'], outcome: 'fail', aborted: false },
        { runId: 'b', hostOffsetMs: 0 },
      ],
    });
    expect(run.turns.map(({ record: { turnId, session } }) => `${turnId} ${session}`).sort()).toEqual([
      't0001@a 1',
      't0001@b 3',
      't0002@a 2',
      't0002@b 4',
    ]);
    expect(run.turns.every(({ record, measurement }) => record.turnId === measurement.turnId)).toBe(true);
    const { boot, byteOffset } =
      run.turns.find(({ record }) => record.turnId === 't0001@b')?.record.consoleLines[0] ?? {};
    expect({ boot, byteOffset }).toEqual({ boot: 4, byteOffset: 8 });
    expect(
      readConsole(run.path, 'atom').map(({ index, boot: of, byteOffset: at }) => [index, of, at]),
    ).toEqual([
      [0, 1, 0],
      [1, 2, 4],
      [2, 4, 8],
      [3, 5, 12],
    ]);
    expect(readFileSync(join(run.path, 'atom/console.log'), 'utf8')).toBe('one\ntwo\none\ntwo\n');
    expect(run.events.filter(({ kind }) => kind === 'board').map(({ data }) => data)).toEqual([
      { type: 'session-ready', boot: 1, lineIndex: 1, runId: 'a', boardName: 'atom' },
      { type: 'session-ready', boot: 4, lineIndex: 3, runId: 'b', boardName: 'atom' },
    ]);
    expect(run.tests.map(({ ranOn, turnIds }) => [ranOn, ...turnIds])).toEqual([
      ['atom on virtual', 't0002@a'],
      ['atom on virtual #2', 't0002@b'],
    ]);
    expect(run.findings.map(({ turnId, facts }) => [turnId, facts])).toEqual([
      ['t0001@a', { runId: 'a' }],
      ['t0001@b', { runId: 'b' }],
    ]);
    expect(run.bounds[1]?.turnIds).toEqual(['t0001@b', 't0002@b']);
  });

  it('keeps every recording, as the same file where it can, and leaves the runs as they were', () => {
    const a = play('a');
    const before = readFileSync(join(a, 'turns.jsonl'), 'utf8');
    const run = merge(a, play('b'));
    for (const { record } of run.turns) {
      const [turnId = '', runId = ''] = record.turnId.split('@');
      const path = record.kind === 'text' ? '' : (record.capture?.path ?? '');
      expect(path).toBe(`atom/captures/${runId}/${turnId}.wav`);
      expect(readFileSync(join(run.path, path), 'utf8')).toBe(`${runId} ${turnId}`);
    }
    expect(statSync(join(run.path, 'atom/captures/a/t0001.wav')).ino).toBe(
      statSync(join(a, 'atom/captures/t0001.wav')).ino,
    );
    expect(readFileSync(join(a, 'turns.jsonl'), 'utf8')).toBe(before);
    expect(existsSync(join(run.path, 'verdict.json'))).toBe(false);
  });

  it('tells boards of two benches apart and moves the times of another machine onto the clock of the first', () => {
    const there = { bench: { name: 'lab-2', path: '/bench.yaml' }, startedAtHostMs: 900_000 };
    // Began 10 s later, by a clock that is 899 s ahead.
    const run = merge(play('b', { nowIso: '2026-03-14T10:00:10Z', record: there }), play('a'));
    const offset = 10_000 - 899_000;
    expect(run.record.boards.map(({ name, bench }) => [name, bench])).toEqual([
      ['atom@virtual', 'virtual'],
      ['atom@lab-2', 'lab-2'],
    ]);
    expect(run.record.bench.name).toBe('virtual, lab-2');
    const moved = run.turns.find(({ record }) => record.turnId === 't0001@b')?.record;
    expect(moved).toMatchObject({
      boardName: 'atom@lab-2',
      startedAtHostMs: 2_000 + offset,
      capture: {
        path: 'atom@lab-2/captures/b/t0001.wav',
        clockPoints: [{ sample: 1, hostAtMs: 2_100 + offset }],
        maxLagMs: 3,
      },
      // Another board: its console is counted by itself.
      consoleLines: [{ boot: 1, byteOffset: 0, hostAtMs: 2 + offset }],
    });
    expect(readConsole(run.path, 'atom@lab-2').map(({ hostAtMs }) => hostAtMs)).toEqual([
      2_001 + offset,
      2_002 + offset,
    ]);
    expect(readConsole(run.path, 'atom@virtual').map(({ hostAtMs }) => hostAtMs)).toEqual([2_001, 2_002]);
  });

  it('keeps names and ids of a merged run that is merged on, whatever the order', () => {
    const [a, b, c] = [play('a'), play('b'), play('c', { nowIso: '2026-03-14T09:00:00Z' })];
    const first = mergeRuns({ runs: [a, b], out: join(folder, 'first') });
    const all = merge(first.path, c);
    const again = mergeRuns({ runs: [b, c, a], out: join(folder, 'again') });
    const idsOf = ({ turns }: typeof all): string[] => turns.map(({ record }) => record.turnId).sort();
    expect(idsOf(all)).toEqual(
      ['a', 'b', 'c'].flatMap((id) => [`t0001@${id}`]).concat(['a', 'b', 'c'].map((id) => `t0002@${id}`)),
    );
    expect(idsOf(again)).toEqual(idsOf(all));
    expect(again.record.runId).toBe(all.record.runId);
    expect(all.record.sources?.map(({ runId }) => runId)).toEqual(['c', 'a', 'b']);
    expect(new Set(all.turns.map(({ record }) => record.session)).size).toBe(6);
    expect(existsSync(join(all.path, 'atom/captures/a/t0001.wav'))).toBe(true);
    expect(all.findings.map(({ facts }) => facts['runId']).sort()).toEqual(['a', 'b', 'c']);
    expect(() => mergeRuns({ runs: [first.path, a], out: join(folder, 'twice') })).toThrow(
      /^Run a would be in it twice/,
    );
  });

  it('carries the live results of Allure, and none that would be written again in the run itself', () => {
    const a = play('a');
    const id = '00cb8d1d-57a5-4795-a8b9-0b0a6c392d9c';
    mkdirSync(join(a, 'allure-results'));
    for (const name of [
      `${id}-result.json`,
      `${id}-attachment.txt`,
      'categories.json',
      'environment.properties',
    ])
      writeFileSync(join(a, 'allure-results', name), name);
    mkdirSync(join(a, 'allure-report'));
    writeFileSync(join(a, 'allure-report/index.html'), 'of a alone');
    const { path } = merge(a, play('b'));
    expect(readdirSync(path)).not.toContain('allure-report');
    expect(readdirSync(join(path, 'allure-results')).sort()).toEqual([
      `${id}-attachment.txt`,
      `${id}-result.json`,
    ]);
    writeFileSync(join(path, 'allure-results', `${id}-result.json`), 'with labels');
    expect(readFileSync(join(a, 'allure-results', `${id}-result.json`), 'utf8')).toBe(`${id}-result.json`);
  });

  it('makes one soak of parts that go on with each other, and of nothing else', () => {
    const internal = { bytesPerHour: 512 };
    const soak = {
      forMs: 60_000,
      playedMs: 0,
      pattern: 'steady',
      bounds: { internal, psram: {} },
      isBound: true,
      isCommanded: true,
      keepEvery: 20,
    };
    const a = play('a', { record: { soak } });
    const partOf = (runId: string, continues?: string): string =>
      play(runId, { nowIso: '2026-03-14T11:00:00Z', record: { soak: { ...soak, playedMs: 9, continues } } });
    const b = partOf('b', a);
    const whole = merge(a, b);
    expect(whole.record.soak).toMatchObject({ bounds: { internal }, isCommanded: true });
    // What was made of two parts goes on as well.
    const c = partOf('c', whole.path);
    const longer = mergeRuns({ runs: [c, whole.path], out: join(folder, 'longer') });
    expect(longer.record.soak).toMatchObject({ bounds: { internal }, isCommanded: true });
    for (const other of [play('d'), partOf('e'), partOf('f', join(folder, 'gone'))])
      expect(() => mergeRuns({ runs: [a, other], out: join(folder, 'never') })).toThrow(
        /^Runs a and \w are not one soak/,
      );
    expect(() => mergeRuns({ runs: [a, b, partOf('g', a)], out: join(folder, 'never') })).toThrow(
      /^Runs a and g are not one soak/,
    );
  });

  it('merges no run on that is compared with another image in pairs', () => {
    const candidate = mergeRuns({
      runs: [play('a')],
      out: join(folder, 'candidate'),
      inTurns: { pairOf: () => 1, with: 'release' },
    });
    expect(candidate.record).toMatchObject({ inTurnsWith: 'release', sources: [{ runId: 'a', pair: 1 }] });
    expect(() => merge(candidate.path, play('b'))).toThrow(/was played in turns with another image/);
  });

  it('marks a source that was broken off', () => {
    const run = merge(play('a'), play('b', { aborted: true }));
    expect(run.record.sources?.map(({ runId, aborted, outcome }) => [runId, aborted, outcome])).toEqual([
      ['a', false, 'fail'],
      ['b', true, 'aborted'],
    ]);
    expect(run.verdict).toBeUndefined();
  });

  it.each<readonly [string, object, object, RegExp]>([
    [
      'another provider',
      {},
      { provider: { name: 'live', protocol: 'openai-realtime' } },
      /provider is live \(openai-realtime\), not mock/,
    ],
    ['other prompts', {}, { corpus: { path: '/f', sha256: '11', prompts: 1 } }, /prompts is 11, not 00/],
    ['another release', atomWith('1.0'), atomWith('1.1'), /firmware of atom is 1\.1, that of atom is 1\.0/],
    [
      'another board of the same name',
      {},
      { boards: [{ ...atom, model: 'Korvo' }] },
      /AtomS3R \(openai-demo\) in one run and Korvo/,
    ],
  ])('refuses %s', (_what, first, second, message) => {
    const runs = [
      play('a', { record: first }),
      play('b', { record: second, nowIso: '2026-03-14T11:00:00Z' }),
    ];
    expect(() => merge(...runs)).toThrow(message);
    expect(readdirSync(folder).sort()).toEqual(['a', 'b', 'latest.txt']);
  });

  it('refuses a run twice, another major, and a folder that is in use', () => {
    const codeOf = (act: () => unknown): string => {
      try {
        act();
        return 'none';
      } catch (error) {
        return isHilError(error) ? error.code : String(error);
      }
    };
    const [a, b] = [play('a'), play('b')];
    expect(codeOf(() => merge(a, a))).toBe('HIL_RUN_UNMERGEABLE');
    expect(codeOf(() => mergeRuns({ runs: [a], out: b }))).toBe('HIL_RUN_UNMERGEABLE');
    expect(codeOf(() => merge(a, join(folder, 'none')))).toBe('HIL_RUN_NOT_FOUND');
    const manifest = join(b, 'run.json');
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('earshot/run@1', 'earshot/run@0'));
    expect(() => merge(a, b)).toThrow(/^Run b is stored as earshot\/run@0, run a as @1\.$/);
    writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('earshot/run@0', 'earshot/run@2'));
    expect(codeOf(() => merge(a, b))).toBe('HIL_RUN_TOO_NEW');
    expect(readRun(a).turns).toHaveLength(2);
    expect(existsSync(join(folder, 'merged'))).toBe(false);
  });
});
