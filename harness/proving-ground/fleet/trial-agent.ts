/** An agent of a fleet as `earshot fleet agent` is one, but for its boards, which take a second for a unit. `node trial-agent.js ORDER`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import {
  BenchAgent,
  openBundleStore,
  type AgentBoard,
  type BoardHands,
  type Claim,
  type FleetQueue,
  type Played,
} from '../../fleet';
import { BullMqQueue, RedisRoll } from '../../fleet/bullmq';
import { systemClock } from '../../ports';
import { trialRunId, type TrialAgentOrder, type TrialWord } from './trial-words';

const tell = (word: TrialWord): void => void writeSync(1, `${JSON.stringify(word)}\n`);

/** Of the kind that submitters of trials ask for. */
const offer = { boardModel: 'Trial', rig: 'none', languages: ['en'], providers: ['mock'] };

async function play(order: TrialAgentOrder, claim: Claim, signal: AbortSignal): Promise<Played> {
  const { unit, board, token } = claim;
  const { piece, attempt } = unit;
  const runId = trialRunId(piece, token);
  const runner = spawn(process.execPath, [
    join(__dirname, 'trial-runner.js'),
    order.template,
    order.folder,
    runId,
    String(order.unitMs),
  ]);
  tell({ what: 'plays', piece, attempt, board });
  const stop = (): void => void runner.kill('SIGKILL');
  signal.addEventListener('abort', stop, { once: true });
  const [code] = (await once(runner, 'exit')) as [number | null];
  if (signal.aborted) tell({ what: 'broke-off', piece, board });
  return code === 0
    ? { end: 'judged', runPath: join(order.folder, runId) }
    : { end: 'spoilt', reason: `its runner ended with ${code}` };
}

const handsOf = (order: TrialAgentOrder): BoardHands => ({
  look: () => Promise.resolve({ state: 'ready' }),
  play: (claim, signal) => play(order, claim, signal),
  quarantine: () => Promise.resolve(),
  release: () => Promise.resolve(),
});

type AskedQueue = Pick<FleetQueue, 'claim' | 'heartbeat' | 'complete' | 'fail' | 'onCancel'>;

/** The queue with a clock beside it. */
function timed(queue: FleetQueue, deliversTwice: boolean): AskedQueue {
  const claimMs = new Map<string, number>();
  return {
    heartbeat: (claim) => queue.heartbeat(claim),
    onCancel: (listener) => queue.onCancel(listener),
    fail: (claim, reason) => queue.fail(claim, reason),
    async claim(seat) {
      const fromMs = systemClock.nowMs();
      const claim = await queue.claim(seat);
      if (claim !== undefined) claimMs.set(claim.unit.id, systemClock.nowMs() - fromMs);
      return claim;
    },
    async complete(claim, bundle) {
      const fromMs = systemClock.nowMs();
      const acceptance = await queue.complete(claim, bundle);
      const overheadMs = systemClock.nowMs() - fromMs + (claimMs.get(claim.unit.id) ?? 0);
      tell({ what: 'delivered', piece: claim.unit.piece, acceptance, overheadMs });
      return deliversTwice ? queue.complete(claim, bundle) : acceptance;
    },
  };
}

async function work(order: TrialAgentOrder): Promise<void> {
  const { redis, prefix, leaseMs, bench, boards, bundles, deliversTwice } = order;
  const queue = await BullMqQueue.open({ redis, prefix, leaseMs });
  const roll = await RedisRoll.open({ redis, prefix, leaseMs });
  const store = openBundleStore(bundles);
  const agent = new BenchAgent({
    bench,
    host: 'trial',
    version: '0',
    roll,
    queue: timed(queue, deliversTwice),
    bundles: store,
    clock: systemClock,
    say: (text) => void process.stderr.write(`${text}\n`),
    onDelivered: (runPath) => rmSync(runPath, { recursive: true, force: true }),
    boards: Array.from({ length: boards }, (_, index): AgentBoard => ({
      name: `b${index}`,
      dialect: 'realtime-ws',
      offer,
      hands: handsOf(order),
    })),
  });
  process.on('SIGTERM', () => agent.leave());
  tell({ what: 'ready' });
  await agent.run();
  await agent.signOff();
  await Promise.all([queue.close(), roll.close(), store.close()]);
}

const [, , text = '{}'] = process.argv;
void work(JSON.parse(text) as TrialAgentOrder);
