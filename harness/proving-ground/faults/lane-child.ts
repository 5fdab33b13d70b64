/** One lane of the matrix, in a process of its own: the host of one bench at a time. Started by `run-matrix.ts`. */
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { toWireError } from '../../errors';
import { openHost } from '../../host/run-host';
import { systemClock, type ChildLauncher } from '../../ports';
import { steadyHeapOptions } from '../../provider';
import { writeBench, type BenchName } from './benches';
import type { FaultRow } from './fault-row';
import { judgeRow } from './judge-row';
import type { FromLane, ToLane } from './lane-messages';
import { faultMatrix } from './matrix';
import { OpenBenchRows } from './open-bench-row';

const send = (message: FromLane): void => void process.send?.(message);

/** Rows of one open bench. Ends with the last of them; whatever is open is closed. */
async function runRows({ program, fixtures, folder, bench, rows }: ToLane): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const launch: ChildLauncher = (command) =>
    fork(program, [...command], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
      ...(command[0] === 'provider-child' ? { execArgv: [...steadyHeapOptions] } : {}),
    });
  const host = await openHost(
    {
      benchPath: writeBench(bench as BenchName, { fixtures, folder }),
      overrides: { provider: undefined },
      boardName: undefined,
      faults: [],
      turns: 1,
      reportsPath: folder,
      earshotVersion: 'matrix',
      secrets: [],
    },
    launch,
    systemClock,
    () => undefined,
  );
  try {
    const open = new OpenBenchRows(host, bench as BenchName);
    const { good, why } = await open.next();
    if (!good) throw new Error(`the bench is not good to begin with: ${why ?? 'nobody knows why'}`);
    for (const id of rows) {
      const row = faultMatrix.find((one) => one.id === id);
      if (row === undefined) throw new RangeError(`there is no row ${id}`);
      send({ kind: 'began', id });
      const from = systemClock.nowMs();
      const seen = await open.run(row as Parameters<OpenBenchRows['run']>[0] & FaultRow);
      send({
        kind: 'row',
        result: { ...judgeRow(row, seen), ms: systemClock.nowMs() - from },
        path: host.store.path,
      });
    }
  } finally {
    await host.close();
  }
}

process.once('message', (message) => {
  void runRows(message as ToLane)
    .catch((cause: unknown) => {
      const { message: why, facts } = toWireError(cause);
      send({ kind: 'failed', why: `${why} ${JSON.stringify(facts).slice(0, 400)}` });
    })
    .finally(() => {
      process.removeAllListeners('disconnect');
      process.disconnect();
    });
});
// A parent that has gone: the children of this process see its end the same way.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
