import type { Argv } from 'yargs';
import { givenOnce, UsageError, wholeNumber } from './argument-checks';
import { clipOptions, levelInRange, namedClipOptions } from './clip-options';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** No recording is longer: prompts are sentences. */
const LONGEST_SECONDS = 60;

/** Adds `record`: a clip from a microphone. */
export const addRecord = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'record <name>',
    'Record a prompt from a microphone, cut it, set its level, and take it into a corpus',
    (command) =>
      command
        .positional('name', { type: 'string', demandOption: true, describe: 'Name of the clip and its file' })
        .options(namedClipOptions)
        .option('voice', { type: 'string', describe: 'Who speaks (default: recorded)' })
        .option('seconds', { type: 'number', describe: 'Length of the recording (default: until Enter)' })
        .option('countdown', {
          type: 'number',
          default: 3,
          describe: 'Seconds before it begins, on a terminal',
        })
        .option('level', { type: 'number', default: -20, describe: 'Active speech level to set, in dBFS' })
        .option('with', {
          choices: ['arecord', 'parec'] as const,
          describe: 'Recorder (default: the first installed)',
        })
        .option('device', {
          type: 'string',
          describe: 'Microphone, as the recorder calls it (default: its own)',
        })
        .option('rate', { type: 'number', default: 48_000, describe: 'Samples a second' })
        .options(clipOptions)
        .option('json', json)
        .check(
          givenOnce([
            'transcript',
            'utterance',
            'language',
            'voice',
            'seconds',
            'level',
            'device',
            'with',
            'to',
            'licence',
            'reports',
          ]),
        )
        .check(levelInRange('level'))
        .check(wholeNumber('countdown', 0, 60))
        .check(wholeNumber('rate', 8_000, 48_000))
        .check(({ seconds }) => {
          if (seconds === undefined || (seconds > 0 && seconds <= LONGEST_SECONDS)) return true;
          throw new UsageError(`--seconds takes a number over 0, to ${LONGEST_SECONDS}.`);
        })
        .example('$0 record en-blinds-up-a --transcript "Please raise the blinds" --voice Ann', 'until Enter')
        .example('$0 record en-blinds-up-a --transcript "…" --seconds 4 --json', 'in a script'),
    async ({ name, transcript, utterance, language, voice, seconds, countdown, level, ...rest }) => {
      const { recordCommand } = await import('../commands/record.js');
      exit(
        await recordCommand({
          id: name,
          transcript,
          utterance,
          language,
          voice,
          seconds,
          countdown,
          levelDbFs: level,
          with: rest.with,
          device: rest.device,
          rateHz: rest.rate,
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
