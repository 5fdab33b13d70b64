import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isHilError } from '../../errors';
import { systemWallClock } from '../../ports';
import { leaveSignalsToParent } from '../child-signals';
import { exitCodes } from '../exit-codes';
import { openBundles, openFleet } from '../fleet/fleet-link';
import { jobCalled } from '../fleet/follow-job';
import { mergeJob, UNITS, verdictOf } from '../fleet/merge-job';
import { readMergeOrder } from '../fleet/merge-order';
import { writeMergedVerdict } from '../fleet/merged-run';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/**
 * Makes one run of what the boards of a job played, for an agent, whose heart has to beat meanwhile. Prints the folder that it made. The
 * merge is broken off by ending the process: it has nothing that others wait for.
 */
export async function mergeChildCommand(text: string): Promise<number> {
  const order = readMergeOrder(text);
  leaveSignalsToParent();
  process.on('message', () => process.exit(exitCodes.interrupted));
  process.once('disconnect', () => process.exit(exitCodes.interrupted));
  const { jobId, redisCa, reports } = order;
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const bundles = openBundles(order.bundles);
  const { queue, close } = await openFleet({ ...order, redisCa }, say).then((fleet) => ({
    queue: fleet.queue,
    close: () => fleet.close(),
  }));
  try {
    const job = await jobCalled(jobId, queue);
    const budgetsPath = join(reports, 'budgets');
    if (order.budgets !== undefined) await bundles.fetch(order.budgets, budgetsPath);
    const [file] = order.budgets === undefined ? [] : readdirSync(budgetsPath);
    const runPath = await mergeJob({
      job,
      queue,
      bundles,
      reportsPath: reports,
      budget: file === undefined ? undefined : join(budgetsPath, file),
      language: 'en',
    }).then(
      (judged) => {
        const { path } = judged.run;
        writeMergedVerdict(path, { schema: 'earshot/fleet-verdict@1', ...verdictOf(job, judged) });
        return path;
      },
      (error: unknown) => {
        if (!isHilError(error) || error.code !== 'HIL_FLEET_UNIT_MISSING') throw error;
        const path = join(reports, 'nothing');
        mkdirSync(path);
        writeMergedVerdict(path, {
          schema: 'earshot/fleet-verdict@1',
          jobId,
          firmwareSha256: job.order.firmwareSha256,
          outcome: 'not-judged',
          exitCode: exitCodes.benchFault,
          atMs: systemWallClock(),
          turns: 0,
          why: error.message,
        });
        return path;
      },
    );
    rmSync(join(reports, UNITS), { recursive: true, force: true });
    process.stdout.write(`${JSON.stringify({ runPath })}\n`);
    return exitCodes.passed;
  } finally {
    await close();
    await bundles.close();
  }
}
