import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createRedactor, createRunStore, readRun, type FinishedTurn } from '../../run';
import { seededNormal, seededUniform } from '../../units';
import { gateCommand } from '../commands/gate';
import { endRun } from '../finish-run';
import { playInTurns, type Arm, type InTurnsOptions, type PlayedBlock } from './play-in-turns';

const sample = readRun(resolve(__dirname, '../../../fixtures/runs/gate-pass'));
const redactor = createRedactor([]);
const TURNS = 8;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'earshot-ab-'));
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** A bench that is 20 ms slower with each block, on which the candidate takes so much longer. */
function bench(shiftMs: number, spoils: (arm: Arm, block: number) => boolean = () => false) {
  const normal = seededNormal(seededUniform(3));
  const order: Arm[] = [];
  const blocksPath = mkdtempSync(join(folder, 'blocks-'));
  const playBlock = async (arm: Arm): Promise<PlayedBlock> => {
    const block = order.push(arm);
    const [board] = sample.record.boards;
    const runId = `block-${block}`;
    const startedAt = new Date(Date.UTC(2026, 10, 3, 7, block)).toISOString();
    const unended = { runId, startedAt, outcome: undefined, endedAtHostMs: undefined };
    const store = createRunStore({
      reportsPath: blocksPath,
      runId,
      redactor,
      nowIso: startedAt,
      record: {
        ...sample.record,
        ...unended,
        startedAtHostMs: block * 60_000,
        boards: board === undefined ? [] : [{ ...board, firmware: { project: 'demo', version: arm } }],
      },
    });
    for (const { record, measurement } of sample.turns.slice(0, TURNS)) {
      const valueMs = 500 + 20 * normal() + 20 * block + (arm === 'candidate' ? shiftMs : 0);
      const voiceToVoice = { state: 'measured', valueMs, uncertaintyMs: 0.1 };
      const measures = { ...measurement.measures, voiceToVoice };
      await store.appendTurn({ record, measurement: { ...measurement, measures } } as FinishedTurn);
    }
    if (spoils(arm, block))
      store.appendFinding({
        code: 'HIL_BOARD_PORT_LOST',
        origin: 'bench',
        message: 'The port is gone.',
        facts: {},
        hostAtMs: 1,
      });
    await store.close();
    const { exitCode } = endRun(store.path, { budgets: undefined, interrupted: false, findings: [] });
    return { runPath: store.path, exitCode, interrupted: false };
  };
  return { order, playBlock };
}

const play = (from: Pick<InTurnsOptions, 'playBlock'>, more: Partial<InTurnsOptions> = {}) =>
  playInTurns({
    reportsPath: folder,
    mostPairs: 20,
    marginMs: 30,
    budgets: undefined,
    uniform: seededUniform(5),
    playBlock: from.playBlock,
    say: () => undefined,
    ...more,
  });

const gate = (run: string): number =>
  gateCommand({
    runs: [run],
    budget: undefined,
    baseline: undefined,
    out: undefined,
    reports: folder,
    json: false,
  });

describe('playInTurns', () => {
  it('fails a slower image on a bench that slides by more, once it is decided, and is judged again from its folder', async () => {
    const from = bench(80);
    const { judged } = await play(from);
    const { run, verdict } = judged ?? {};
    expect(verdict).toMatchObject({
      exitCode: 1,
      comparison: {
        against: 'demo release, played in turns with it on the same board',
        shifts: [{ outcome: 'fail', pairs: 12 }],
      },
    });
    const estimateMs = verdict?.comparison?.shifts[0]?.estimateMs ?? NaN;
    expect(Math.abs(estimateMs - 80)).toBeLessThan(20);
    // Pairs are played whole, and either image begins some of them.
    expect(from.order).toHaveLength(24);
    for (let at = 0; at < 24; at += 2) expect(new Set(from.order.slice(at, at + 2)).size).toBe(2);
    expect(new Set(from.order.filter((_, at) => at % 2 === 0)).size).toBe(2);
    // The candidate's run has the candidate's turns only; the other lies beside it.
    expect(run?.turns).toHaveLength(96);
    expect(run?.record.boards[0]?.firmware?.version).toBe('candidate');
    expect(existsSync(join(folder, run?.record.inTurnsWith ?? 'none', 'report.html'))).toBe(true);
    expect(gate(run?.path ?? '')).toBe(1);
    expect(readRun(run?.path ?? '').verdict?.comparison?.shifts[0]?.estimateMs).toBeCloseTo(estimateMs, 3);
  });

  it('stays undecided where there are too few pairs', async () => {
    const few = bench(0);
    const { judged } = await play(few, { mostPairs: 4 });
    expect(few.order).toHaveLength(8);
    expect(judged?.verdict.exitCode).toBe(5);
    expect(judged?.verdict.why).toContain('not judged with 32 turns in 4 pairs against 32 turns in 4 pairs');
  });

  it('ends with the first block that says nothing, whichever image it was of', async () => {
    const from = bench(0, (arm, block) => arm === 'release' && block > 4);
    const { judged } = await play(from);
    expect(from.order.length).toBeLessThan(8);
    expect(judged?.verdict.exitCode).toBe(3);
    expect(judged?.verdict.why).toContain('While the release was played: The port is gone');
  });

  it('tells why there is no verdict where the first image could not be written', async () => {
    const error = new Error('no chip');
    const broken = { runPath: undefined, exitCode: undefined, interrupted: false, error };
    expect(await play({ playBlock: () => Promise.resolve(broken) })).toEqual({
      judged: undefined,
      error,
      interrupted: false,
    });
  });
});
