import { join, resolve } from 'node:path';
import { readEnvironment } from '../../config';
import { toWireError } from '../../errors';
import { findingsOfHost, openSession } from '../bench-session';
import { exitCodeOfError, exitCodes, type ExitCode } from '../exit-codes';
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
      benchPath: defaultBench(),
      overrides: {},
      boardName: environment.board,
      faults: [],
      turns: environment.turns ?? DEFAULT_TURNS,
      holder: { command: 'npx jest', waitMs: 0 },
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
    process.send?.({
      type: 'ready',
      address,
      allureResultsPath: join(host.runPath ?? '', 'allure-results'),
      secretNames: readEnvironment().secretNames ?? [],
    });
  } catch (error) {
    await host.close();
    // Judged before it is told: who hears of it lets go of this process.
    const exitCode = host.runPath === undefined ? exitCodeOfError(error) : judge(host.runPath, error);
    process.send?.({ type: 'failed', error: toWireError(error) });
    return exitCode;
  }
  const died = await Promise.race([finished, host.ended]);
  await host.close();
  return host.runPath === undefined ? exitCodes.benchFault : judge(host.runPath, died);

  /** Judges and reports the run; `error` is why its host did not open or did not live. */
  function judge(runPath: string, error: unknown): ExitCode {
    const findings = [...host.unrecorded, ...(error === undefined ? [] : findingsOfHost(error))];
    const judged = finishRun(runPath, { budgets, interrupted: orphaned, findings });
    printSummary(judged, { json: false, colours: false });
    return judged.verdict.exitCode;
  }
}
