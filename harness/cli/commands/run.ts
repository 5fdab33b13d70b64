import { resolve } from 'node:path';
import { readEnvironment, packageRoot } from '../../config';
import { virtualFaults, type VirtualFault } from '../../bench';
import type { Finding, PromptConditions } from '../../ports';
import { readRun, referenceOf, readBaseline } from '../../run';
import type { Reference } from '../../verdict';
import { findingsOfHost, openSession } from '../bench-session';
import { colourTable } from '../colours';
import { describeError } from '../describe-error';
import type { BaselineChoice, ProviderChoice } from '../command-table';
import { exitCodeOfError, exitCodes } from '../exit-codes';
import { finishRun } from '../finish-run';
import { JestChild } from '../jest-child';
import { Progress } from '../progress';
import { suiteFiles } from '../suite-files';
import { printSummary } from '../print-summary';

export interface RunArguments {
  readonly bench: string;
  readonly board: string | undefined;
  readonly suite: readonly string[];
  readonly turns: number;
  readonly budget: string | undefined;
  /** Undefined: the run is held against nothing. */
  readonly baseline: BaselineChoice | undefined;
  /** Undefined: what the bench file names. */
  readonly provider: ProviderChoice | undefined;
  readonly fault: readonly string[];
  readonly grep: string | undefined;
  /** Active speech level over noise that is added to all prompts; undefined: none. */
  readonly snrDb: number | undefined;
  /** Reverberation time of a room that is added to all prompts; undefined: none. */
  readonly rt60Ms: number | undefined;
  readonly reports: string;
  readonly json: boolean;
}

export const faultNames = Object.keys(virtualFaults);
export const defaultBench = (): string => resolve(packageRoot(), 'fixtures/benches/virtual.yaml');

/** How all prompts are to be heard; nothing where nobody said. */
function conditionsOf({ snrDb, rt60Ms }: RunArguments): { readonly conditions?: PromptConditions } {
  const conditions = {
    ...(snrDb === undefined ? {} : { snrDb }),
    ...(rt60Ms === undefined ? {} : { rt60Ms }),
  };
  return Object.keys(conditions).length === 0 ? {} : { conditions };
}

/**
 * The main job: opens the bench, runs the suites on it, judges what was found and reports.
 * @returns Exit code of DESIGN section 8.
 */
export async function runCommand(args: RunArguments): Promise<number> {
  const files = suiteFiles(args.suite);
  const baseline = args.baseline && readBaseline(args.baseline.path);
  const { ci } = readEnvironment();
  const out = args.json ? process.stderr : process.stdout;
  const progress = new Progress(
    { write: (text) => void out.write(text), columns: out.isTTY && !ci ? out.columns : undefined },
    colourTable(),
  );
  const { host, budgets } = openSession({
    init: {
      benchPath: args.bench,
      overrides: { provider: args.provider },
      boardName: args.board,
      faults: args.fault as VirtualFault[],
      turns: args.turns,
      ...conditionsOf(args),
      reportsPath: resolve(args.reports),
    },
    budgetsPath: args.budget,
    onMessage: (message) => progress.take(message),
  });

  const findings: Finding[] = [];
  let jest: JestChild | undefined;
  let reference: Reference | undefined;
  const interruption = { count: 0 };
  const wasInterrupted = (): boolean => interruption.count > 0;
  const interrupt = (): void => {
    interruption.count += 1;
    if (interruption.count > 1) {
      jest?.kill();
      host.kill();
      return;
    }
    progress.line(
      'Interrupted: closing the bench and keeping what was recorded (once more to stop at once).',
    );
    jest?.kill();
    void host.close();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);

  try {
    const hostAddress = await host.ready;
    const { runPath } = host;
    if (runPath !== undefined && !wasInterrupted()) {
      // Before the first turn: nobody wants to wait for a run that cannot be judged.
      if (args.baseline !== undefined && baseline !== undefined)
        reference = referenceOf(baseline, readRun(runPath), args.baseline);
      jest = new JestChild({ hostAddress, runPath, files, testNamePattern: args.grep });
      const crash = await Promise.race([jest.ended, host.ended]);
      jest.kill();
      await jest.ended;
      if (crash !== undefined && !wasInterrupted()) findings.push(...findingsOfHost(crash));
    }
  } catch (error) {
    if (host.runPath === undefined) {
      progress.end();
      await host.close();
      if (wasInterrupted()) return exitCodes.interrupted;
      process.stderr.write(`${describeError(error)}\n`);
      return exitCodeOfError(error);
    }
    if (!wasInterrupted()) {
      progress.line(describeError(error));
      findings.push(...findingsOfHost(error));
    }
  }
  await host.close();
  progress.end();

  const { runPath } = host;
  if (runPath === undefined) return exitCodes.interrupted;
  const judged = finishRun(runPath, {
    budgets,
    reference,
    interrupted: wasInterrupted(),
    findings: [...host.unrecorded, ...findings],
  });
  printSummary(judged, { json: args.json, colours: colourTable().isColorSupported });
  return judged.verdict.exitCode;
}
