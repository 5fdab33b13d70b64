import { spawnSync } from 'node:child_process';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  appendFileSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHilError } from '../errors';
import { DeviceClocks, isTextTurn, measureTextTurn } from '../measurement';
import { answering, printing, textTurnOf } from '../measurement/__fixtures__/text-turn';
import { isoNow } from '../ports';
import { AppendFile } from './append-file';
import { fileInRun, isFolderName } from './file-in-run';
import { addFindings, storeVerdict } from './finish-run';
import { latestRunPath } from './latest';
import { readConsole } from './read-console';
import { readRun } from './read-run';
import { createRedactor } from './redaction';
import { createRunStore, type RunStore } from './run-store';
import { machineFiles } from './store-files';
import { createRunId, folderNameOf } from './run-id';
import { endOf, initialRecord, sampleTurn } from './__fixtures__/sample';

let reportsPath: string;
beforeEach(() => (reportsPath = mkdtempSync(join(tmpdir(), 'earshot-run-'))));
afterEach(() => rmSync(reportsPath, { recursive: true, force: true }));

const open = (): RunStore =>
  createRunStore({
    reportsPath,
    record: initialRecord,
    redactor: createRedactor(['hunter2-passwort']),
    nowIso: '2026-03-14T10:15:02+01:00',
  });

const codeOf = (act: () => unknown): string | undefined => {
  try {
    act();
  } catch (thrown) {
    return isHilError(thrown) ? thrown.code : String(thrown);
  }
  return undefined;
};

const finding = {
  code: 'HIL_TURN_CALL_MISSING',
  origin: 'board',
  message: 'SetLightState was not executed.',
  facts: { psw: 'abc' },
  hostAtMs: 7,
  turnId: 't1',
} as const;

it('reads turns in writing back beside spoken ones, and tells a mistake as one of its own kind', async () => {
  const store = open();
  const record = textTurnOf([...answering, ...printing()], { ordered: 'network' });
  const own = textTurnOf(answering, { prompt: undefined, askedAtHostMs: undefined, turnId: 't2' });
  await store.appendTurn(sampleTurn('t0'));
  for (const one of [record, own]) await store.appendTurn({ record: one, measurement: measureTextTurn(one) });
  await store.close();
  const { turns } = readRun(store.path);
  expect(turns.map((turn) => isTextTurn(turn))).toEqual([false, true, true]);
  expect(turns[1]).toEqual({ record, measurement: measureTextTurn(record) });
  expect(turns[2]?.record.prompt).toBeUndefined();

  const path = join(store.path, 'turns.jsonl');
  const lines = readFileSync(path, 'utf8');
  writeFileSync(path, lines.replace('"totalTime":{"state":"measured"', '"totalTime":{"state":"guessed"'));
  expect(() => readRun(store.path)).toThrow(/line 2 .*measurement\.measures\.totalTime/);
});

it('reads back what was stored, with secrets masked and infinities kept', async () => {
  const store = open();
  store.appendEvent('session', { hostAtMs: 1, boardName: 'atom' });
  await store.appendTurn(sampleTurn('t1'));
  store.appendFinding(finding);
  const bound = { quantile: 'p95', boundMs: 800, turnIds: ['t1'], hostAtMs: 8, test: 'a › b' } as const;
  store.appendBound(bound);
  await store.close();
  const end = { record: store.record, ...endOf({ p50: { valueMs: Infinity, judged: false } }) };
  storeVerdict(store.path, end, createRedactor());

  const run = readRun(store.path);
  expect(run.aborted).toBe(false);
  expect(run.record).toMatchObject({ outcome: 'fail', exitCode: 1, endedAtHostMs: 99 });
  expect(run.turns).toHaveLength(1);
  expect(run.turns[0]?.record.consoleLines[0]?.text).toBe('I (1) key ***');
  expect(run.findings).toEqual([{ ...finding, facts: { psw: '***' } }]);
  expect(run.bounds).toEqual([bound]);
  expect(run.events.map(({ kind, seq }) => [kind, seq])).toEqual([
    ['session', 0],
    ['turn', 1],
  ]);
  expect(run.verdict?.distributions.voiceToVoice.p50?.valueMs).toBe(Infinity);
  expect(latestRunPath(reportsPath)).toBe(store.path);
});

it('writes the console byte for byte, apart from secrets', async () => {
  const store = open();
  const sink = store.consoleSink('atom:s3');
  sink.bytes(Buffer.from([0x00, 0xff, 0x0a]), 1);
  sink.bytes(Buffer.from('esp> wifi Lab hun'), 2);
  sink.bytes(Buffer.from('ter2\nlast'), 3);
  sink.line({ index: 0, text: 'esp> wifi Lab hunter2', boot: 0, hostAtMs: 1, byteOffset: 3 });
  expect(store.consoleSink('atom:s3')).toBe(sink);
  await store.close();
  expect(readFileSync(sink.logPath)).toEqual(
    Buffer.concat([Buffer.from([0x00, 0xff, 0x0a]), Buffer.from('esp> wifi Lab ***\nlast')]),
  );
  const lines = readFileSync(join(store.path, 'atom_s3', 'console.jsonl'), 'utf8');
  expect(JSON.parse(lines)).toMatchObject({ schema: 'earshot/console-line@1', text: 'esp> wifi Lab ***' });
});

it('lets the oldest of a console go between two turns, and nothing of the turn before', async () => {
  const store = open();
  const sink = store.consoleSink('korvo');
  /** Lines of a turn, and what went when it was over. */
  const gone = Array.from({ length: 6 }, (_, turn) => {
    for (let index = 10 * turn; index < 10 * (turn + 1); index += 1) {
      const text = `line ${index}`;
      sink.bytes(Buffer.from(`${text}\n`), 1);
      sink.line({ index, text, boot: 0, hostAtMs: 1, byteOffset: 0 });
    }
    // Half a line, and with it half a secret.
    sink.bytes(Buffer.from('key hunter2-pas'), 1);
    const bytes = sink.keepNewest(1_500);
    sink.bytes(Buffer.from('swort\n'), 1);
    return bytes;
  });
  await store.close();
  expect(gone.slice(0, 2)).toEqual([0, 0]);
  expect(gone.some((bytes) => bytes > 1_500)).toBe(true);
  const indices = readConsole(store.path, 'korvo').map(({ index }) => index);
  expect(indices).toEqual(Array.from(indices, (_, at) => 60 - indices.length + at));
  expect(indices.length).toBeGreaterThanOrEqual(20);
  expect(indices.length).toBeLessThan(60);
  const names = ['console.1.log', 'console.log'];
  const raw = names.map((name) => readFileSync(join(store.path, 'korvo', name), 'utf8')).join('');
  expect(raw.match(/line \d+/g)).toEqual(indices.map((index) => `line ${index}`));
  expect(raw).not.toContain('hunter2');
  expect(raw).not.toContain('swort');
  const bytes = readdirSync(join(store.path, 'korvo')).map(
    (name) => statSync(join(store.path, 'korvo', name)).size,
  );
  expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThan(2 * 1_500 + 2_000);
});

it('reads lines back that are longer than what is read at once, up to the one that a killed writer was at', async () => {
  const store = open();
  const sink = store.consoleSink('korvo');
  const lengths = [1, 700_000, 3, 700_001];
  for (const [index, length] of lengths.entries())
    sink.line({ index, text: 'ä'.repeat(length), boot: 0, hostAtMs: 1, byteOffset: 0 });
  await store.close();
  appendFileSync(join(store.path, 'korvo', 'console.jsonl'), '\0\0{"schema":"earshot/cons');
  const lines = readConsole(store.path, 'korvo');
  expect(lines.map(({ text }) => text.length)).toEqual(lengths);
  expect(lines.every(({ text }) => /^ä+$/.test(text))).toBe(true);
});

it("reads the console of a run back, and with it the board's clock over the whole run", async () => {
  const store = open();
  const sink = store.consoleSink('atom:s3');
  const clockRunsFastBy = 1 - 50e-6;
  for (let index = 0; index < 300; index += 1) {
    const deviceAtMs = 3000 + 1000 * index;
    // Every other line waits for a latency timer.
    const hostAtMs = 70_000 + deviceAtMs * clockRunsFastBy + (index % 2) * 12;
    sink.line({
      index,
      text: `I (${deviceAtMs}) APP: x`,
      boot: 1,
      hostAtMs,
      byteOffset: 40 * index,
      deviceAtMs,
    });
  }
  await store.close();
  const lines = readConsole(store.path, 'atom:s3');
  expect(lines).toHaveLength(300);
  const [clock] = DeviceClocks.of(lines, { kind: 'usb' }).clocks;
  expect(clock?.points).toBe(300);
  expect(clock?.driftPpm).toBeCloseTo(-50, 1);
  expect(clock?.atTick(100_000).hostAtMs).toBeCloseTo(70_000 + 100_000 * clockRunsFastBy, 3);
  expect(readConsole(store.path, 'nobody')).toEqual([]);
});

it('saves files below the run folder only', async () => {
  const store = open();
  expect(readFileSync(store.saveBytes('atom/captures/t1.wav', Buffer.from('RIFF')), 'utf8')).toBe('RIFF');
  expect(codeOf(() => store.saveBytes('../elsewhere.wav', Buffer.from('')))).toBe('HIL_RUN_STORE_FAILED');
  expect(codeOf(() => store.pathOf('/tmp/x'))).toBe('HIL_RUN_STORE_FAILED');
  await store.close();
});

it('never writes into the folder of another run, also where the clock was set back to the second in which that began', async () => {
  const first = open();
  await first.close();
  const options = {
    reportsPath,
    record: initialRecord,
    redactor: createRedactor(),
    nowIso: '2026-03-14T10:15:02+01:00',
  };
  expect(codeOf(() => createRunStore({ ...options, runId: first.runId }))).toBe('HIL_RUN_STORE_FAILED');
  const tried: string[] = [];
  const second = createRunStore({
    ...options,
    files: {
      ...machineFiles,
      // The first id that comes to mind has been taken meanwhile.
      makeFolder: (path) => tried.push(path) > 2 && machineFiles.makeFolder(path),
    },
  });
  await second.close();
  expect(tried.slice(1, 3).every((path) => /20260314T091502Z-[0-9a-f]{4}$/.test(path))).toBe(true);
  expect(second.path).toBe(tried[2]);
  expect(readRun(first.path).record).toEqual({ ...first.record, outcome: 'aborted' });
});

it('keeps runs apart, their events in order and the newest the latest, while the wall clock steps back and forth', async () => {
  let unixMs = Date.parse('2026-03-29T00:59:59Z');
  const begin = (): RunStore =>
    createRunStore({
      reportsPath,
      record: initialRecord,
      redactor: createRedactor(),
      nowIso: isoNow(() => unixMs),
    });
  const runs: RunStore[] = [];
  for (const stepMs of [0, -3_600_000, 86_400_000, -86_400_000]) {
    unixMs += stepMs;
    const store = begin();
    runs.push(store);
    store.appendEvent('board', { hostAtMs: 10, type: 'boot' });
    store.appendEvent('board', { hostAtMs: 20, type: 'session-ready' });
    store.appendEvent('provider', { hostAtMs: 30, type: 'session-open' });
    await store.close();
  }
  expect(new Set(runs.map(({ runId }) => runId)).size).toBe(4);
  for (const { path } of runs) {
    const { events } = readRun(path);
    expect(events.map(({ seq, hostAtMs }) => [seq, hostAtMs]).slice(-3)).toEqual(
      [10, 20, 30].map((hostAtMs, index) => [events.length - 3 + index, hostAtMs]),
    );
  }
  expect(latestRunPath(reportsPath)).toBe(runs.at(-1)?.path);
});

it('says that the store failed when its folder cannot be made', () => {
  writeFileSync(join(reportsPath, 'file'), '');
  reportsPath = join(reportsPath, 'file');
  expect(codeOf(open)).toBe('HIL_RUN_STORE_FAILED');
});

it('says that the store failed when the disk is full', () => {
  if (!statSync('/dev/full', { throwIfNoEntry: false })) return;
  expect(codeOf(() => new AppendFile('/dev/full').append(Buffer.from('x')))).toBe('HIL_RUN_STORE_FAILED');
});

it('writes nothing into another file once it is closed, whose descriptor that file may have got', () => {
  const closed = new AppendFile(join(reportsPath, 'one'));
  closed.close();
  const other = new AppendFile(join(reportsPath, 'other'));
  expect(codeOf(() => closed.append(Buffer.from('late')))).toBe('HIL_RUN_STORE_FAILED');
  other.close();
  expect(statSync(other.path).size).toBe(0);
});

describe('a run whose writer was killed', () => {
  it('is readable up to its last complete line, and aborted', async () => {
    const store = open();
    await store.appendTurn(sampleTurn('t1'));
    await store.appendTurn(sampleTurn('t2'));
    await store.close();
    const turnsPath = join(store.path, 'turns.jsonl');
    truncateSync(turnsPath, statSync(turnsPath).size - 10);
    const run = readRun(store.path);
    expect(run).toMatchObject({ aborted: true, verdict: undefined, record: { outcome: 'aborted' } });
    expect(run.turns.map(({ record }) => record.turnId)).toEqual(['t1']);
  });
});

describe('a run that is finished after its writer was killed', () => {
  it('takes findings and a verdict behind a torn line', async () => {
    const store = open();
    store.appendEvent('session', { hostAtMs: 1 });
    store.appendFinding(finding);
    await store.close();
    appendFileSync(join(store.path, 'events.jsonl'), '{"schema":"earshot/ev');
    const redactor = createRedactor(['hunter2-passwort']);
    const died = { ...finding, code: 'HIL_HOST_DIED', origin: 'harness' } as const;
    addFindings(store.path, [{ ...died, message: 'It printed hunter2-passwort.' }], redactor);
    const { record } = readRun(store.path);
    storeVerdict(store.path, { ...endOf({}), record, endedAtHostMs: 50 }, redactor);
    const run = readRun(store.path);
    expect(run.findings.map(({ code }) => code)).toEqual(['HIL_TURN_CALL_MISSING', 'HIL_HOST_DIED']);
    expect(run.findings[1]?.message).toBe('It printed ***.');
    expect(run).toMatchObject({ aborted: false, record: { outcome: 'fail', endedAtHostMs: 50 } });
  });
});

describe('a full disk', () => {
  /** Files of this process end at 4 KiB: what is written beyond fits in part, as on a disk that is full. */
  const withLittleSpace = (script: string): { readonly status: number | null; readonly stdout: string } => {
    const node = [process.execPath, '-e', script].map((word) => `'${word}'`).join(' ');
    return spawnSync('bash', ['-c', `ulimit -f 4; ${node}`], { encoding: 'utf8' });
  };

  it('leaves no torn line behind which nothing could be read', () => {
    const path = join(reportsPath, 'events.jsonl');
    const module = join(__dirname, '../../dist/harness/run/append-file.js');
    const { stdout } = withLittleSpace(`
      const { AppendFile, replaceFile } = require("${module}");
      const file = new AppendFile("${path}");
      const line = Buffer.from(JSON.stringify("x".repeat(997)) + "\\n");
      try { for (;;) file.append(line); } catch (error) { console.log(error.code); }
      try { file.append(Buffer.from("2\\n")); } catch (error) { console.log(error.code); }
      try { replaceFile("${path}.json", "y".repeat(9000)); } catch (error) { console.log(error.code); }
    `);
    expect(stdout).toBe('HIL_RUN_STORE_FAILED\nHIL_RUN_STORE_FAILED\n');
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    expect(lines).toHaveLength(5);
    expect(lines.at(-1)).toBe('2');
    expect(readdirSync(reportsPath)).toEqual(['events.jsonl']);
  });
});

describe('a folder that cannot be read', () => {
  it('is not found without run.json', () => {
    expect(codeOf(() => readRun(join(reportsPath, 'nothing')))).toBe('HIL_RUN_NOT_FOUND');
  });

  it('is too new with a later major', async () => {
    const store = open();
    await store.close();
    const path = join(store.path, 'run.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('earshot/run@1', 'earshot/run@2'));
    expect(codeOf(() => readRun(store.path))).toBe('HIL_RUN_TOO_NEW');
  });

  it('is damaged with file and line when a line in the middle is no JSON', async () => {
    const store = open();
    await store.appendTurn(sampleTurn('t1'));
    await store.close();
    appendFileSync(join(store.path, 'turns.jsonl'), '{"schema":"earshot/turn-line@1"\n');
    expect(() => readRun(store.path)).toThrow(/turns\.jsonl line 2 is not what the store wrote/);
    expect(codeOf(() => readRun(store.path))).toBe('HIL_RUN_DAMAGED');
  });

  it.each(['../../etc/passwd', '/etc/passwd', 'a/../../b.wav', 'C:/x.wav', 'a\\..\\b.wav'])(
    'is damaged when a turn has its sound in %s',
    async (path) => {
      const store = open();
      await store.appendTurn(sampleTurn('t1', path));
      await store.close();
      expect(() => readRun(store.path)).toThrow(/capture\.path: leads out of the run folder/);
    },
  );

  it('is damaged when its id is no name of a folder, and no id leads elsewhere', async () => {
    const store = open();
    await store.close();
    const path = join(store.path, 'run.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(store.runId, '../x'));
    expect(() => readRun(store.path)).toThrow(/runId: is no name of a folder/);
    writeFileSync(join(reportsPath, 'latest.txt'), '../../elsewhere\n');
    expect(latestRunPath(reportsPath)).toBeUndefined();
  });

  it('gives no file that a link leads out of it to', async () => {
    const store = open();
    writeFileSync(join(reportsPath, 'outside.wav'), '');
    store.saveBytes('atom/captures/t1.wav', Buffer.from('RIFF'));
    await store.close();
    symlinkSync(join(reportsPath, 'outside.wav'), join(store.path, 'atom/captures/t2.wav'));
    expect(fileInRun(store.path, 'atom/captures/t1.wav')).toMatch(/t1\.wav$/);
    for (const path of ['atom/captures/t2.wav', '../outside.wav', 'atom/captures/t3.wav', '.', ''])
      expect([path, fileInRun(store.path, path)]).toEqual([path, undefined]);
  });

  it('is damaged when a field has another type', async () => {
    const store = open();
    await store.close();
    const path = join(store.path, 'run.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"faults": []', '"faults": 3'));
    expect(() => readRun(store.path)).toThrow(/run\.json is not what the store wrote: faults/);
  });
});

it('makes run ids that sort by time and are file names everywhere', () => {
  expect(createRunId('2026-03-14T10:15:02+01:00', Buffer.from([0x7f, 0x3a]))).toBe('20260314T091502Z-7f3a');
  expect(['a:b', 'con', 'x.', '..', ''].map(folderNameOf)).toEqual(['a_b', '_con', 'x_', '_', '_']);
  for (const name of ['../../etc', '/etc', '..\\x', '-rf', "a b'$(x)`", '.', '...', 'a/../..'])
    expect([name, isFolderName(folderNameOf(name))]).toEqual([name, true]);
});
