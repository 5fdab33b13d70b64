import { resolve } from 'node:path';
import { allChecks, chosenChecks, examineBench, type CheckReport } from '../../bench';
import { loadBench, readEnvironment } from '../../config';
import { ConfigError } from '../../errors';
import { systemClock } from '../../ports';
import { createRedactor } from '../../run';
import { colourTable } from '../colours';
import { exitCodeOfChecks } from '../doctor/exit-code';
import { InOrder } from '../doctor/in-order';
import { renderCheck, renderSummary } from '../doctor/render';
import { exitCodes } from '../exit-codes';
import { launchChild } from '../launch-child';
import { onEndingSignal } from '../run-signals';

export interface DoctorArguments {
  readonly bench: string;
  readonly board: string | undefined;
  /** Checks and groups; none: all. */
  readonly only: readonly string[];
  readonly reset: boolean;
  /** It ends by then, counted from the start of this process. */
  readonly withinMs: number;
  readonly faults: readonly string[];
  readonly reports: string;
  readonly json: boolean;
}

/** What an interrupted doctor may take to close the bench. */
const CLOSE_WITHIN_MS = 5_000;

/** Looks at every part of a bench. @returns 0 when nothing failed; else by whose fault it is, the bench's being 3. */
export async function doctorCommand(args: DoctorArguments): Promise<number> {
  const config = loadBench(args.bench);
  const checks = args.only.length === 0 ? allChecks : chosenChecks(args.only);
  if (args.faults.length > 0 && config.boards.some(({ kind }) => kind !== 'virtual'))
    throw new ConfigError('HIL_CONFIG_USAGE', '--fault breaks virtual parts; this bench has a real board.');
  const redactor = createRedactor(readEnvironment().secrets);
  const print = (text: string): void => void process.stdout.write(redactor.text(text));
  const colours = colourTable();
  const told = new InOrder<CheckReport>(
    checks.map(({ id }) => id),
    (report) => print(renderCheck(report, colours)),
  );
  const ended = new AbortController();
  const interrupt = (): void => {
    if (ended.signal.aborted) process.exit(exitCodes.interrupted);
    ended.abort();
    systemClock.after(CLOSE_WITHIN_MS, () => process.exit(exitCodes.interrupted));
  };
  const stopHearing = onEndingSignal(interrupt);
  if (!args.json) print(`${config.name}: ${config.path}\n`);
  const startedAtMs = systemClock.nowMs();
  try {
    const reports = await examineBench({
      config,
      boardName: args.board,
      checks,
      reportsPath: resolve(args.reports),
      mayReset: args.reset,
      withinMs: args.withinMs - 1000 * process.uptime(),
      faults: args.faults,
      launch: launchChild,
      clock: systemClock,
      holder: { command: 'earshot doctor' },
      signal: ended.signal,
      onReport: (report) => {
        if (!args.json) told.take(report);
      },
    });
    const tookMs = systemClock.nowMs() - startedAtMs;
    const exitCode = exitCodeOfChecks(reports);
    if (args.json) {
      const { name, path } = config;
      const found = { schema: 'earshot/doctor@1', bench: { name, path }, exitCode, tookMs, checks: reports };
      process.stdout.write(`${JSON.stringify(redactor.value(found), null, 2)}\n`);
    } else print(`\n${renderSummary(reports, tookMs)}`);
    return exitCode;
  } catch (cause) {
    if (!ended.signal.aborted) throw cause;
    process.stderr.write('Interrupted: the bench is closed.\n');
    return exitCodes.interrupted;
  } finally {
    stopHearing();
  }
}
