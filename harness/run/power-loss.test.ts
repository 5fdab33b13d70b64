/** What outlives the power, a full disk and a kill at every instant at which the store does anything. */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHilError } from '../errors';
import { seededUniform } from '../units';
import { readRun } from './read-run';
import { createRedactor } from './redaction';
import { createRunStore, type RunStore } from './run-store';
import { ForgetfulFiles, PowerLoss, type ForgetfulOptions } from './__fixtures__/forgetful-files';
import { initialRecord, sampleTurn } from './__fixtures__/sample';

const TOP = '/disk';
const REPORTS = `${TOP}/reports`;
const TURNS = 3;

let folder: string;
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'earshot-power-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Life {
  readonly files: ForgetfulFiles;
  /** Turns whose `appendTurn` resolved. */
  readonly acknowledged: readonly string[];
  /** What ended it; undefined: it came to its end. */
  readonly end: unknown;
  readonly store: RunStore | undefined;
}

const captureOf = (turnId: string): string => `atom/captures/${turnId}.wav`;
const soundOf = (turnId: string): Buffer => Buffer.alloc(1500, turnId);

/** A short run: everything that a store does, once or more. */
async function live(options: ForgetfulOptions): Promise<Life> {
  const files = new ForgetfulFiles(TOP, options);
  const acknowledged: string[] = [];
  let store: RunStore | undefined;
  try {
    store = createRunStore({
      reportsPath: REPORTS,
      runId: 'run',
      record: initialRecord,
      redactor: createRedactor(),
      nowIso: '2026-03-14T09:00:00Z',
      files,
    });
    const sink = store.consoleSink('atom');
    for (let count = 1; count <= TURNS; count += 1) {
      const turnId = `t${count}`;
      sink.bytes(Buffer.from(`I (${count}) turn\n`), count);
      sink.line({ index: count, text: `I (${count}) turn`, boot: 1, hostAtMs: count, byteOffset: 0 });
      store.appendEvent('board', { hostAtMs: count, type: 'session-ready' });
      if (count === 2) store.update({ faults: ['dead-mic'] });
      store.saveBytes(captureOf(turnId), soundOf(turnId));
      await store.appendTurn(sampleTurn(turnId, captureOf(turnId)));
      acknowledged.push(turnId);
    }
    await store.close();
    return { files, acknowledged, end: store.failure, store };
  } catch (end) {
    return { files, acknowledged, end, store };
  }
}

const goneAt =
  (instant: number) =>
  (operation: number): void => {
    if (operation >= instant) throw new PowerLoss();
  };

let images = 0;
/** The run as the disk has it after the power went. */
function left(files: ForgetfulFiles, random: (() => number) | undefined): string {
  const target = join(folder, String(images++));
  files.afterPowerLoss(target, random);
  return join(target, 'reports/run');
}

/** Acknowledged turns that cannot be read back whole, sound included. */
function lostOf({ files, acknowledged }: Life, random: (() => number) | undefined): string[] {
  if (acknowledged.length === 0) return [];
  const path = left(files, random);
  const read = new Set(readRun(path).turns.map(({ record }) => record.turnId));
  const lost = acknowledged.filter(
    (turnId) => !read.has(turnId) || !readFileSync(join(path, captureOf(turnId))).equals(soundOf(turnId)),
  );
  rmSync(join(path, '../..'), { recursive: true });
  return lost;
}

it('loses no turn that was acknowledged, whenever the power goes and whatever it leaves of the unsynced', async () => {
  const { files, acknowledged } = await live({});
  expect(acknowledged).toHaveLength(TURNS);
  const instants = files.count;
  expect(instants).toBeGreaterThan(60);
  const seen = new Set<number>();
  for (let instant = 0; instant <= instants; instant += 1) {
    const life = await live({ before: goneAt(instant) });
    seen.add(life.acknowledged.length);
    const random = seededUniform(1000 + instant);
    expect([instant, lostOf(life, undefined), lostOf(life, random)]).toEqual([instant, [], []]);
  }
  expect([...seen]).toEqual([0, 1, 2, 3]);
});

it('would lose turns if nothing were synced: the disks of this test forget', async () => {
  const life = await live({ deaf: true });
  expect(life.acknowledged).toHaveLength(TURNS);
  expect(() => lostOf(life, undefined)).toThrow(/no run\.json/);
});

it('stops at a full disk with every line whole, and says whose fault it is', async () => {
  const { files } = await live({});
  const whole = files.contentOf(`${REPORTS}/run/turns.jsonl`)!.length;
  const codes = new Set<unknown>();
  // Every size from an empty disk to one that has just enough.
  for (let sizeBytes = 200; sizeBytes < whole + 16_000; sizeBytes += 597) {
    const { files: full, acknowledged, end, store } = await live({ sizeBytes });
    codes.add(isHilError(end) ? end.code : end);
    if (store === undefined) continue;
    const target = join(folder, String(images++));
    full.asItIs(target);
    const path = join(target, 'reports/run');
    const { turns, aborted } = readRun(path);
    const read = turns.map(({ record }) => record.turnId);
    expect(read.slice(0, acknowledged.length)).toEqual(acknowledged);
    expect(aborted).toBe(true);
    for (const name of ['turns.jsonl', 'events.jsonl'])
      expect(readFileSync(join(path, name), 'utf8')).toMatch(/^$|\n$/);
    expect(readdirSync(path).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    // Behind a hole nothing is written, also when there is room again.
    expect(end === undefined || store.failure === end).toBe(true);
    rmSync(target, { recursive: true });
  }
  expect([...codes].sort()).toEqual(['HIL_RUN_STORE_FAILED', undefined]);
});

it('takes whatever comes while a slow disk syncs, and acknowledges a turn when it is there', async () => {
  /** A disk whose syncs take until they are let go. */
  class SlowFiles extends ForgetfulFiles {
    readonly held: (() => void)[] = [];
    override async sync(path: string): Promise<void> {
      await new Promise<void>((resolve) => this.held.push(resolve));
      return super.sync(path);
    }
  }
  const files = new SlowFiles(TOP);
  const options = { reportsPath: REPORTS, runId: 'run', record: initialRecord, redactor: createRedactor() };
  const store = createRunStore({ ...options, nowIso: '2026-03-14T09:00:00Z', files });
  const sink = store.consoleSink('atom');
  store.saveBytes(captureOf('t1'), soundOf('t1'));
  let acknowledged: string[] = [];
  const turn = store.appendTurn(sampleTurn('t1', captureOf('t1'))).then(() => (acknowledged = ['t1']));
  // The disk is not done with the turn, and the board goes on.
  for (let count = 1; count <= 100; count += 1) {
    sink.bytes(Buffer.from(`I (${count}) meanwhile\n`), count);
    store.appendEvent('board', { hostAtMs: count, type: 'session-ready' });
    await Promise.resolve();
  }
  expect(files.contentOf(`${REPORTS}/run/atom/console.log`)?.toString()).toMatch(
    /^I \(1\).*I \(100\) meanwhile\n$/s,
  );
  expect(acknowledged).toEqual([]);
  expect(readRun(left(files, undefined)).turns).toEqual([]);
  const letGo = (): void => files.held.splice(0).forEach((resolve) => resolve());
  letGo();
  await turn;
  expect(lostOf({ files, acknowledged, end: undefined, store }, undefined)).toEqual([]);
  const closed = store.close();
  const state = { isClosed: false };
  void closed.then(() => (state.isClosed = true));
  // As often as closing syncs.
  while (!state.isClosed) {
    letGo();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { events } = readRun(left(files, undefined));
  expect(events.filter(({ kind }) => kind === 'board')).toHaveLength(100);
});
