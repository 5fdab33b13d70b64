import type { Argv } from 'yargs';
import { givenOnce } from './argument-checks';
import { baselineOptions, checkBaselineOptions, readBaselineChoice } from './baseline-choice';
import { json, lang, reports } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

const runs = {
  type: 'string',
  array: true,
  default: [] as string[],
  describe: 'Run folders, taken together (default: the latest below --reports)',
} as const;

/** Adds `gate`: a verdict on runs that were played. */
export const addGate = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'gate [run..]',
    'Judge one run, or several together, against budgets and a baseline',
    (command) =>
      command
        .positional('run', runs)
        .option('budget', {
          type: 'string',
          describe: "Budgets file (default: the one that the run's bench file names, where it is there)",
        })
        .options(baselineOptions)
        .option('out', {
          type: 'string',
          describe:
            'Folder for verdict.json, junit.xml and summary.md (default: the run folder, or one below --reports)',
        })
        .option('reports', reports)
        .option('lang', lang)
        .option('json', json)
        .check(givenOnce(['budget', 'baseline', 'margin', 'out', 'reports', 'lang']))
        .check(checkBaselineOptions)
        .example('$0 gate --baseline baselines/korvo.json', 'the latest run against a baseline')
        .example('$0 gate reports/A reports/B --budget budgets.yaml', 'two runs as one'),
    async ({ run, budget, out, reports: folder, lang: language, json: asJson, ...rest }) => {
      const { gateCommand } = await import('../commands/gate.js');
      exit(
        gateCommand({
          runs: run,
          budget,
          baseline: readBaselineChoice(rest),
          out,
          reports: folder,
          language,
          json: asJson,
        }),
      );
    },
  );

const baselines = {
  type: 'string',
  default: 'baselines',
  describe: 'Folder of baselines',
} as const;

/** Adds `baseline` and what it does with them. */
export const addBaseline = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command('baseline', 'Accept, list and compare baselines', (baseline) =>
    baseline
      .command(
        'accept [run..]',
        'Keep the latencies of runs as what later ones are held against',
        (command) =>
          command
            .positional('run', runs)
            .option('name', { type: 'string', describe: 'Name, and file name (default: board and provider)' })
            .option('baselines', baselines)
            .option('force', {
              type: 'boolean',
              default: false,
              describe: 'Write over a baseline of this name, and take runs that did not pass',
            })
            .option('reports', reports)
            .option('json', json)
            .check(givenOnce(['name', 'baselines', 'reports'])),
        async ({ run, name, baselines: folder, force, reports: reportsFolder, json: asJson }) => {
          const { acceptCommand } = await import('../commands/baseline.js');
          exit(acceptCommand({ runs: run, name, folder, force, reports: reportsFolder, json: asJson }));
        },
      )
      .command(
        'list',
        'List baselines with the firmware, board and provider that they are of',
        (command) =>
          command
            .option('baselines', baselines)
            .option('json', json)
            .check(givenOnce(['baselines'])),
        async ({ baselines: folder, json: asJson }) => {
          const { listCommand } = await import('../commands/baseline.js');
          exit(listCommand({ folder, json: asJson }));
        },
      )
      .command(
        'diff <baseline> [run..]',
        'Say what a run differs in from a baseline, and by how much; exit code 2 where they cannot be compared',
        (command) =>
          command
            .positional('baseline', { type: 'string', demandOption: true, describe: 'File of the baseline' })
            .positional('run', runs)
            .option('reports', reports)
            .option('json', json)
            .check(givenOnce(['reports'])),
        async ({ baseline: path, run, reports: folder, json: asJson }) => {
          const { diffCommand } = await import('../commands/baseline.js');
          exit(diffCommand({ path, runs: run, reports: folder, json: asJson }));
        },
      )
      .demandCommand(1, 'Name what to do: accept, list or diff.'),
  );
