import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment } from '../../config';
import { ConfigError } from '../../errors';
import {
  baselineOf,
  baselinePaths,
  baselineTitle,
  createRedactor,
  differencesBetween,
  joinRuns,
  readBaseline,
  storeBaseline,
  toJsonText,
  type Baseline,
} from '../../run';
import { armsOfTurns, FEWEST_TURNS, judgeShifts } from '../../verdict';
import { exitCodes } from '../exit-codes';
import { namedRuns } from '../named-runs';
import { isoNow } from '../../ports';

/** `--margin` belongs to a verdict; what is only shown is shown against the default. */
const SHOWN_MARGIN_MS = 30;

const print = (asJson: boolean, value: unknown, text: string): void =>
  void process.stdout.write(asJson ? `${toJsonText(value, 2)}\n` : text);

/** What a file name may hold on every system. */
const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-')
    .replace(/^-+|-+$/g, '');

const turnsOf = ({ arms }: Baseline): number => Math.max(...Object.values(arms).map((arm) => arm.length));

const row = (path: string, baseline: Baseline): string => {
  const { provenance } = baseline;
  const boards = provenance.boards.map(({ name, dialect }) => `${name} (${dialect.name})`).join(', ');
  return `${path}\n  ${baselineTitle(baseline)}\n  ${turnsOf(baseline)} turns · ${boards} · provider ${provenance.provider.name} · earshot ${provenance.earshotVersion}\n`;
};

export interface AcceptArguments {
  readonly runs: readonly string[];
  readonly name: string | undefined;
  readonly folder: string;
  readonly force: boolean;
  readonly reports: string;
  readonly json: boolean;
}

/** Keeps runs as a baseline. @throws RunError as `baselineOf`; ConfigError for a file that is there already. */
export function acceptCommand(args: AcceptArguments): number {
  const runs = namedRuns(args.runs, args.reports);
  const { boards, provider } = runs[0].record;
  const name = args.name ?? slug(`${boards.map((board) => board.name).join('-')}-${provider.name}`);
  if (slug(name) === '')
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `--name ${name}: letters or digits are needed for a file name.`,
    );
  const path = join(args.folder, `${slug(name)}.json`);
  if (existsSync(path) && !args.force) {
    const message = `${path} is there already; --force writes over it, --name gives this one another.`;
    throw new ConfigError('HIL_CONFIG_USAGE', message, { path });
  }
  const acceptedAt = isoNow();
  const baseline = baselineOf(runs, { name, acceptedAt, unfit: args.force });
  storeBaseline(path, baseline, createRedactor(readEnvironment().secrets));
  const turns = turnsOf(baseline);
  const note =
    turns < FEWEST_TURNS
      ? `It has ${turns} turns: nothing can be held against fewer than ${FEWEST_TURNS}, so play more and accept those runs together.\n`
      : '';
  const { runIds } = baseline;
  print(
    args.json,
    { schema: 'earshot/baseline-accepted@1', path, name, turns, runIds },
    `${row(path, baseline)}${note}`,
  );
  return exitCodes.passed;
}

/** Lists a folder of baselines. */
export function listCommand({ folder, json }: { readonly folder: string; readonly json: boolean }): number {
  const found = baselinePaths(folder).map((path) => ({ path, baseline: readBaseline(path) }));
  const listed = found.map(({ path, baseline }) => {
    const { name, acceptedAt, runIds, provenance } = baseline;
    return { path, name, acceptedAt, runIds, turns: turnsOf(baseline), provenance };
  });
  const text = found.map(({ path, baseline }) => row(path, baseline)).join('');
  print(
    json,
    { schema: 'earshot/baselines@1', baselines: listed },
    text === '' ? `No baseline in ${folder}.\n` : text,
  );
  return exitCodes.passed;
}

export interface DiffArguments {
  readonly path: string;
  readonly runs: readonly string[];
  readonly reports: string;
  readonly json: boolean;
}

/** Says what differs, judging nothing. */
export function diffCommand({ path, runs, reports, json }: DiffArguments): number {
  const baseline = readBaseline(path);
  const run = joinRuns(namedRuns(runs, reports));
  const differences = differencesBetween(baseline.provenance, run.record);
  const title = baselineTitle(baseline);
  const reference = { title, arms: baseline.arms, marginMs: SHOWN_MARGIN_MS };
  const shifts = judgeShifts(reference, armsOfTurns(run.turns, run.findings));
  const lines = [
    `${run.record.runId} against ${title}`,
    ...differences.map((one) => `  ${one.what.padEnd(9)} ${one.run}, not ${one.baseline}`),
    ...(differences.length === 0
      ? ['  alike in board, bench, rig, provider, scenario, prompts and version']
      : []),
    ...shifts.map(({ why }) => `  ${why}`),
  ];
  const { runId } = run.record;
  print(
    json,
    { schema: 'earshot/baseline-diff@1', path, runId, differences, shifts },
    `${lines.join('\n')}\n`,
  );
  return differences.length === 0 ? exitCodes.passed : exitCodes.usage;
}
