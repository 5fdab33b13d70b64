import type { Argv } from 'yargs';
import { givenOnce, wholeNumber } from './argument-checks';
import { clipOptions, levelInRange, namedClipOptions } from './clip-options';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `prompts synth`: a sentence by espeak-ng. */
export const addSynth = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'synth <name>',
    'Have espeak-ng say a sentence, and take it into a corpus',
    (command) =>
      command
        .positional('name', { type: 'string', demandOption: true, describe: 'Name of the clip and its file' })
        .options(namedClipOptions)
        .option('speaker', {
          type: 'string',
          describe: "Voice of espeak-ng, such as en-gb+m3 (default: the language's)",
        })
        .option('speed', { type: 'number', default: 160, describe: 'Words a minute' })
        .option('pitch', { type: 'number', default: 50, describe: 'From 0 to 99' })
        .option('level', { type: 'number', default: -20, describe: 'Active speech level to set, in dBFS' })
        .options(clipOptions)
        .option('json', json)
        .check(
          givenOnce(['transcript', 'utterance', 'language', 'speaker', 'level', 'to', 'licence', 'reports']),
        )
        .check(wholeNumber('speed', 80, 450))
        .check(wholeNumber('pitch', 0, 99))
        .check(levelInRange('level'))
        .example('$0 prompts synth en-blinds-up-a --transcript "Please raise the blinds"', 'a prompt'),
    async ({ name, transcript, utterance, language, speaker, speed, pitch, level, ...rest }) => {
      const { synthCommand } = await import('../commands/prompts-synth.js');
      exit(
        synthCommand({
          id: name,
          transcript,
          utterance,
          language,
          speaker,
          wordsPerMinute: speed,
          pitch,
          levelDbFs: level,
          licence: rest.licence,
          to: rest.to,
          replies: rest.replies,
          force: rest.force,
          dryRun: rest.dryRun,
          reports: rest.reports,
          json: rest.json,
        }),
      );
    },
  );
