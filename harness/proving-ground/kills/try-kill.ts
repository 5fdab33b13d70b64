import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHilError } from '../../errors';
import { readRun } from '../../run';
import { killPlan } from './kill-plan';
import { soundOf, turnOf } from './written-turn';

/** What was left of a run whose writer was killed. JSON. */
export interface KillTrial {
  readonly seed: number;
  /** How the writer ended: `SIGKILL` where the trial is one. */
  readonly endedBy: string;
  /** Turns of which the writer had said that they are stored. */
  readonly acknowledged: number;
  /** Turns that were read back. */
  readonly read: number;
  /** Acknowledged turns that cannot be read back as they were, sound included. */
  readonly lost: readonly string[];
  /** Why the run cannot be read although turns of it were acknowledged; absent: it can. */
  readonly unreadable?: string;
}

interface Killed {
  readonly endedBy: string;
  readonly acknowledged: readonly string[];
}

function writeUntilKilled(root: string, reportsPath: string, seed: number): Promise<Killed> {
  const plan = killPlan(seed);
  const writer = join(root, 'dist/harness/proving-ground/kills/kill-writer.js');
  const child = spawn(process.execPath, [writer, reportsPath, JSON.stringify(plan)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    const { when } = plan;
    if (when.kind === 'outside' && said.split('\n').length > when.acknowledgements) child.kill('SIGKILL');
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      // A line without its end was not said.
      resolve({ endedBy: signal ?? `code ${code}`, acknowledged: said.split('\n').slice(0, -1) }),
    );
  });
}

/**
 * Starts a writer, has it killed where this seed says, and reads back what is left.
 * @param root - Of the repository, built: the writer is a program of `dist`.
 */
export async function tryKill(root: string, seed: number): Promise<KillTrial> {
  const reportsPath = mkdtempSync(join(tmpdir(), 'earshot-kill-'));
  try {
    const { endedBy, acknowledged } = await writeUntilKilled(root, reportsPath, seed);
    const trial = { seed, endedBy, acknowledged: acknowledged.length };
    const path = join(reportsPath, 'killed');
    try {
      const { linesPerTurn } = killPlan(seed);
      const { turns } = readRun(path);
      const stored = new Map(turns.map((turn) => [turn.record.turnId, JSON.stringify(turn)]));
      const lost = acknowledged.filter((turnId, index) => {
        if (stored.get(turnId) !== JSON.stringify(turnOf(index + 1, linesPerTurn))) return true;
        return !readFileSync(join(path, `board/captures/${turnId}.wav`)).equals(soundOf(turnId));
      });
      return { ...trial, read: turns.length, lost };
    } catch (fault) {
      // Before the first turn there may be no run yet.
      const isEarly = acknowledged.length === 0 && isHilError(fault) && fault.code === 'HIL_RUN_NOT_FOUND';
      return {
        ...trial,
        read: 0,
        lost: acknowledged,
        ...(isEarly ? {} : { unreadable: String(fault) }),
      };
    }
  } finally {
    rmSync(reportsPath, { recursive: true, force: true });
  }
}
