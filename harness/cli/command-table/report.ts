import type { Argv } from 'yargs';
import { givenOnce } from './argument-checks';
import { json, lang, reports } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `report`: a stored run again, or several as one. */
export const addReport = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'report',
    'Render a stored run again, finish one that was killed, or merge several',
    (report) =>
      report
        .command(
          '$0 [run]',
          'Render a stored run again, or finish one that was killed',
          (command) =>
            command
              .positional('run', {
                type: 'string',
                describe: 'Run folder (default: the latest below --reports)',
              })
              .option('history', {
                type: 'string',
                describe:
                  'Instead of one run: the latency of all runs of this folder by release, in its history.html',
              })
              .option('allure', {
                type: 'boolean',
                default: false,
                describe: "Make Allure's report as well, in allure-report/ of the run (npm package allure 3)",
              })
              .option('allure-history', {
                type: 'string',
                describe: "Allure's history file (default: allure-history.jsonl beside the run)",
              })
              .option('reports', reports)
              .option('lang', lang)
              .option('json', json)
              .check(givenOnce(['history', 'allure-history', 'reports', 'lang']))
              .conflicts('history', 'run')
              .conflicts('history', 'allure-history')
              .implies('allure-history', 'allure'),
          async ({ run, history, reports: folder, lang: language, json: asJson, allure, allureHistory }) => {
            if (history !== undefined) {
              const { historyCommand } = await import('../commands/history.js');
              exit(historyCommand({ folder: history, json: asJson }));
              return;
            }
            const { reportCommand } = await import('../commands/report.js');
            exit(reportCommand({ run, reports: folder, language, json: asJson, allure, allureHistory }));
          },
        )
        .command(
          'merge <run..>',
          'Make one run of several, such as those of other boards, benches or shards, and judge it',
          (command) =>
            command
              .positional('run', {
                type: 'string',
                array: true,
                demandOption: true,
                describe: 'Run folders, in any order; merged ones too',
              })
              .option('out', {
                type: 'string',
                demandOption: true,
                describe: 'Run folder to make, with turns, recordings, verdict and reports',
              })
              .option('budget', {
                type: 'string',
                describe: 'Budgets file (default: the one that the bench files of all runs name)',
              })
              .option('lang', lang)
              .option('json', json)
              .check(givenOnce(['out', 'budget', 'lang']))
              .example('$0 report merge reports/A reports/B --out reports/night', 'two runs as one'),
          async ({ run, out, budget, lang: language, json: asJson }) => {
            const { mergeCommand } = await import('../commands/merge.js');
            exit(mergeCommand({ runs: run, out, budget, language, json: asJson }));
          },
        ),
  );
