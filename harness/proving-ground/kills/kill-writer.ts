/**
 * Writes turns of a run as fast as it can and says of each on standard output that it is stored, until it is killed: by itself where its
 * plan says so, or by whoever started it. `node kill-writer.js REPORTS PLAN`.
 */
import { writeSync } from 'node:fs';
import { createRedactor, createRunStore, machineFiles, type StoreFiles } from '../../run/writer';
import type { KillPlan } from './kill-plan';
import { killedRecord, soundOf, turnOf } from './written-turn';

/** More than any plan waits for. */
const MOST_TURNS = 400;

/** The files of this machine, with a kill in the middle of a write. */
function mortal({ when }: KillPlan): StoreFiles {
  if (when.kind === 'outside') return machineFiles;
  let writes = 0;
  return {
    ...machineFiles,
    write(descriptor, bytes, from) {
      const isLast = writes === when.write;
      writes += 1;
      if (!isLast) return machineFiles.write(descriptor, bytes, from);
      const part = bytes.subarray(from, from + Math.floor(when.share * (bytes.length - from)));
      if (part.length > 0) machineFiles.write(descriptor, part, 0);
      process.kill(process.pid, 'SIGKILL');
      throw new Error('A killed process goes on.');
    },
  };
}

async function write(reportsPath: string, plan: KillPlan): Promise<void> {
  const store = createRunStore({
    reportsPath,
    runId: 'killed',
    record: killedRecord,
    redactor: createRedactor(),
    nowIso: '2026-03-14T09:00:00Z',
    files: mortal(plan),
  });
  const sink = store.consoleSink('board');
  for (let count = 1; count <= MOST_TURNS; count += 1) {
    const turn = turnOf(count, plan.linesPerTurn);
    for (const line of turn.record.consoleLines.slice(0, 5)) {
      sink.bytes(Buffer.from(`${line.text}\n`), line.hostAtMs);
      sink.line(line);
    }
    if (count % 3 === 0) store.update({ faults: [`turn ${count}`] });
    const { turnId } = turn.record;
    store.saveBytes(`board/captures/${turnId}.wav`, soundOf(turnId));
    await store.appendTurn(turn);
    writeSync(1, `${turnId}\n`);
  }
}

const [, , reportsPath = '', plan = ''] = process.argv;
void write(reportsPath, JSON.parse(plan) as KillPlan);
