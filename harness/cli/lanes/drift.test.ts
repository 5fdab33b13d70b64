import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRedactor, type FinishedRun } from '../../run';
import { initialRecord, sampleTurn } from '../../run/__fixtures__/sample';
import { seededUniform } from '../../units';
import type { Arms } from '../../verdict';
import { driftedBoards, type BoardHistory } from './drift';
import { forgetOwnBaselines, keepOwnBaseline, ownBaseline } from './own-baselines';

/** Latencies of a board in ten sessions of eight turns, around this one. */
function armsAround(medianMs: number, seed: number): Arms {
  const uniform = seededUniform(seed);
  return {
    voiceToVoice: Array.from({ length: 80 }, (_, index) => ({
      valueMs: medianMs + 80 * (uniform() - 0.5),
      session: String(Math.floor(index / 8)),
      stratum: 'en-weather-a',
    })),
  };
}

const boardAt = (board: string, beforeMs: number | undefined, nowMs: number, seed: number): BoardHistory => ({
  board,
  arms: armsAround(nowMs, seed),
  own:
    beforeMs === undefined
      ? undefined
      : { acceptedAt: '2026-11-01T22:00:00Z', arms: armsAround(beforeMs, seed + 100) },
});
const allAlike = (boards: readonly BoardHistory[]) => (one: string) =>
  boards.map(({ board }) => board).filter((board) => board !== one);
const driftedOf = (...boards: readonly BoardHistory[]) => driftedBoards(boards, allAlike(boards));

it('a board that is slower than itself while its like is not has drifted, and says since when', () => {
  const drifted = driftedOf(boardAt('a', 600, 760, 1), boardAt('b', 640, 640, 2));
  expect([...drifted.keys()]).toEqual(['a']);
  expect(drifted.get('a')).toMatch(
    /^is slower than itself, and b, with the same firmware, is not: voice-to-voice is \+1[56]\d\.\d ms against itself of 2026-11-01/,
  );
});

it('boards that are all slower have not: it is what they share', () => {
  expect(driftedOf(boardAt('a', 600, 760, 1), boardAt('b', 640, 800, 2)).size).toBe(0);
});

it('boards that have nobody to be compared with, or nothing of their own, have not', () => {
  expect(driftedOf(boardAt('a', 600, 760, 1)).size).toBe(0);
  expect(driftedOf(boardAt('a', undefined, 760, 1), boardAt('b', 640, 640, 2)).size).toBe(0);
  // What the other one did is not known, so it is no witness.
  expect(driftedOf(boardAt('a', 600, 760, 1), boardAt('b', undefined, 640, 2)).size).toBe(0);
});

it('a board that has always been slower than its like has not', () => {
  expect(driftedOf(boardAt('a', 760, 760, 1), boardAt('b', 640, 640, 2)).size).toBe(0);
});

describe('what a board did', () => {
  const place = { board: 'atom', bench: '/lab/bench.yaml' };
  const redactor = createRedactor([]);
  const stateFolder = (): string => mkdtempSync(join(tmpdir(), 'earshot-own-'));
  const board = initialRecord.boards[0]!;

  function runOf(turns: number, firmware: string, outcome: 'pass' | 'fail' = 'pass'): FinishedRun {
    const record = {
      ...initialRecord,
      schema: 'earshot/run@1',
      runId: 'r1',
      startedAt: '2026-11-01T22:00:00Z',
      boards: [{ ...board, firmware: { project: 'demo', version: '1', elfSha256Prefix: firmware } }],
      outcome,
    };
    const measured = Array.from({ length: turns }, (_, index) => {
      const turn = sampleTurn(`t${index}`) as {
        readonly record: object;
        readonly measurement: { readonly measures: object };
      };
      const voiceToVoice = { state: 'measured', valueMs: 600, uncertaintyMs: 1 };
      const measures = { ...turn.measurement.measures, voiceToVoice };
      return { ...turn, measurement: { ...turn.measurement, measures } };
    });
    return { record, turns: measured, findings: [], bounds: [], tests: [] } as unknown as FinishedRun;
  }

  it('is kept once for each firmware, and forgotten with its quarantine', () => {
    const state = stateFolder();
    keepOwnBaseline(place, runOf(40, 'aa'), redactor, state);
    keepOwnBaseline(place, runOf(60, 'aa'), redactor, state);
    keepOwnBaseline(place, runOf(50, 'bb'), redactor, state);
    const turnsWith = (firmware: string): number | undefined =>
      ownBaseline(place, runOf(1, firmware), state)?.arms.voiceToVoice?.length;
    expect([turnsWith('aa'), turnsWith('bb'), turnsWith('cc')]).toEqual([40, 50, undefined]);
    expect(ownBaseline({ ...place, board: 'at' }, runOf(1, 'aa'), state)).toBeUndefined();
    forgetOwnBaselines({ ...place, board: 'at' }, state);
    expect(turnsWith('aa')).toBe(40);
    forgetOwnBaselines(place, state);
    expect([turnsWith('aa'), turnsWith('bb')]).toEqual([undefined, undefined]);
  });

  it('that cannot be written costs no verdict: it says why', () => {
    const file = join(stateFolder(), 'a-file');
    writeFileSync(file, '');
    expect(keepOwnBaseline(place, runOf(40, 'aa'), redactor, file)).toMatch(
      /^What atom did is not kept as its own baseline: .*(ENOTDIR|EEXIST)/,
    );
    expect(ownBaseline(place, runOf(1, 'aa'), file)).toBeUndefined();
  });

  it('is not kept of too few turns or of a run that failed, and not used on another rig', () => {
    const state = stateFolder();
    keepOwnBaseline(place, runOf(39, 'aa'), redactor, state);
    keepOwnBaseline(place, runOf(60, 'aa', 'fail'), redactor, state);
    expect(ownBaseline(place, runOf(1, 'aa'), state)).toBeUndefined();
    keepOwnBaseline(place, runOf(60, 'aa'), redactor, state);
    const run = runOf(1, 'aa');
    const elsewhere = { ...run, record: { ...run.record, rig: { ...run.record.rig!, rateHz: 44_100 } } };
    expect(ownBaseline(place, elsewhere, state)).toBeUndefined();
    expect(ownBaseline(place, run, state)?.runIds).toEqual(['r1']);
  });
});
