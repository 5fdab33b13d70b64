import { join, resolve } from 'node:path';
import { readEnvironment } from '../../config';
import { toWireError } from '../../errors';
import { findingsOfHost, openSession } from '../bench-session';
import { exitCodes } from '../exit-codes';
import { finishRun } from '../finish-run';
import { printSummary } from '../print-summary';
import { defaultBench } from './run';

/** Plain `npx jest` has no parent that opens a bench: its global set-up forks this. Small counts; `earshot run` has options. */
const DEFAULT_TURNS = 3;

/**
 * Opens a bench for a Jest run that is going on, tells its address, and judges when Jest is done or gone.
 * @returns Exit code of DESIGN section 8.
 */
export async function benchForJestCommand(): Promise<number> {
  const environment = readEnvironment();
  const { host, budgets } = openSession({
    init: {
      benchPath: environment.benchPath ?? defaultBench(),
      overrides: {},
      boardName: environment.board,
      faults: [],
      turns: environment.turns ?? DEFAULT_TURNS,
      reportsPath: environment.reportsPath ?? resolve('reports'),
    },
    budgetsPath: undefined,
    onMessage: () => undefined,
  });
  let orphaned = false;
  const finished = new Promise<void>((done) => {
    process.on('message', () => done());
    process.on('disconnect', () => {
      orphaned = true;
      done();
    });
  });
  try {
    const address = await host.ready;
    process.send?.({ type: 'ready', address, allureResultsPath: join(host.runPath ?? '', 'allure-results') });
  } catch (error) {
    process.send?.({ type: 'failed', error: toWireError(error) });
    await host.close();
    return exitCodes.benchFault;
  }
  const died = await Promise.race([finished, host.ended]);
  await host.close();
  if (host.runPath === undefined) return exitCodes.benchFault;
  const findings = died === undefined ? [] : findingsOfHost(died);
  const judged = finishRun(host.runPath, { budgets, interrupted: orphaned, findings });
  printSummary(judged, { json: false, colours: false });
  return judged.verdict.exitCode;
}
