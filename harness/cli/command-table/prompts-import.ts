import type { Argv } from 'yargs';
import { givenOnce } from './argument-checks';
import { clipOptions, levelInRange } from './clip-options';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `prompts import`: a folder of WAVs. */
export const addImport = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'import <folder>',
    'Take a folder of WAVs into a corpus; each file that is unfit is named, and the exit code is 2',
    (command) =>
      command
        .positional('folder', { type: 'string', demandOption: true, describe: 'Where the mono WAVs are' })
        .option('transcripts', {
          type: 'string',
          describe: 'List of words: a line is a file, a tab, its words (default: NAME.txt beside NAME.wav)',
        })
        .option('language', { type: 'string', describe: 'en, zh, … (default: how each name begins)' })
        .option('voice', { type: 'string', describe: 'Who speaks (default: recorded)' })
        .option('level', {
          type: 'number',
          describe: 'Cut to the speech and set this active level, in dBFS (default: take each file as it is)',
        })
        .options(clipOptions)
        .option('json', json)
        .check(givenOnce(['transcripts', 'language', 'voice', 'level', 'to', 'licence', 'reports']))
        .check(levelInRange('level'))
        .example('$0 prompts import takes --to prompts --voice Ann --level -20', 'a folder of recordings'),
    async ({ folder, to, language, voice, transcripts, licence, level, replies, force, ...rest }) => {
      const { importCommand } = await import('../commands/prompts-import.js');
      exit(
        importCommand({
          from: folder,
          to,
          language,
          voice,
          transcripts,
          licence,
          levelDbFs: level,
          replies,
          force,
          dryRun: rest.dryRun,
          reports: rest.reports,
          json: rest.json,
        }),
      );
    },
  );
