/** One lane of the matrix, in a process of its own: the host of one bench. Started by `lane.ts`. */
import { fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { toWireError } from '../../errors';
import { openHost, type OpenHost } from '../../host/run-host';
import { systemClock, type ChildLauncher } from '../../ports';
import { steadyHeapOptions } from '../../provider';
import { writeBench, type BenchName } from './benches';
import type { FaultRow } from './fault-row';
import { judgeRow } from './judge-row';
import type { FromLane, LaneBench, ToLane } from './lane-messages';
import { faultMatrix } from './matrix';
import { OpenBenchRows } from './open-bench-row';

const send = (message: FromLane): void => void process.send?.(message);

/** What the parent orders, one after the other; `end` when it is gone. */
function orders(): () => Promise<ToLane> {
  const waiting: ToLane[] = [];
  let wanted: ((order: ToLane) => void) | undefined;
  process.on('message', (message) => {
    const order = message as ToLane;
    if (wanted === undefined) waiting.push(order);
    else wanted(order);
    wanted = undefined;
  });
  return () => {
    const order = waiting.shift();
    return order === undefined
      ? new Promise((resolve) => {
          wanted = resolve;
        })
      : Promise.resolve(order);
  };
}

function open({ program, fixtures, folder, bench }: LaneBench): Promise<OpenHost> {
  mkdirSync(folder, { recursive: true });
  const launch: ChildLauncher = (command) =>
    fork(program, [...command], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'json',
      ...(command[0] === 'provider-child' ? { execArgv: [...steadyHeapOptions] } : {}),
    });
  return openHost(
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
}

/** Rows as they are ordered, on one open bench. Ends with the order to; whatever is open is closed. */
async function runRows(next: () => Promise<ToLane>): Promise<void> {
  const first = await next();
  if (first.kind !== 'open') throw new RangeError(`a lane begins with "open", not "${first.kind}"`);
  const host = await open(first);
  try {
    const rows = new OpenBenchRows(host, first.bench as BenchName);
    const { good, why } = await rows.next();
    if (!good) throw new Error(`the bench is not good to begin with: ${why ?? 'nobody knows why'}`);
    send({ kind: 'ready' });
    for (let order = await next(); order.kind === 'row'; order = await next()) {
      const { id } = order;
      const row = faultMatrix.find((one) => one.id === id);
      if (row === undefined) throw new RangeError(`there is no row ${id}`);
      const from = systemClock.nowMs();
      const seen = await rows.run(row as Parameters<OpenBenchRows['run']>[0] & FaultRow);
      send({ kind: 'row', result: { ...judgeRow(row, seen), ms: systemClock.nowMs() - from } });
    }
  } finally {
    await host.close();
  }
}

void runRows(orders())
  .catch((cause: unknown) => {
    const { message: why, facts } = toWireError(cause);
    send({ kind: 'failed', why: `${why} ${JSON.stringify(facts).slice(0, 400)}` });
  })
  .finally(() => {
    process.removeAllListeners('disconnect');
    process.disconnect();
  });
// A parent that has gone: the children of this process see its end the same way.
process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
