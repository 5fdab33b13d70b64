import type { Argv } from 'yargs';
import { givenOnce, wholeNumber } from './argument-checks';
import { levelInRange } from './clip-options';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `prompts play`: a clip through the system's sound output. */
export const addPlay = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'play <clip> [folder]',
    'Play a clip through the sound output of this machine, at a level',
    (command) =>
      command
        .positional('clip', { type: 'string', demandOption: true, describe: 'Name of a clip, or a WAV' })
        .positional('folder', {
          type: 'string',
          describe: 'Corpus, or folder of clips (default: the corpus that comes along)',
        })
        .option('level', {
          type: 'number',
          describe: 'Active speech level at the output, in dBFS (default: as the clip is)',
        })
        .option('with', {
          choices: ['aplay', 'pacat'] as const,
          describe: 'Player (default: the first installed)',
        })
        .option('device', { type: 'string', describe: 'Output, as the player calls it (default: its own)' })
        .option('times', { type: 'number', default: 1, describe: 'How often' })
        .option('dry-run', { type: 'boolean', default: false, describe: 'Do everything but play' })
        .option('json', json)
        .check(givenOnce(['level', 'device', 'times', 'with']))
        .check(levelInRange('level'))
        .check(wholeNumber('times', 1, 1_000))
        .example('$0 prompts play en-light-on-a --level -30', 'quieter than it was recorded'),
    async ({ clip, folder, level, with: player, device, times, dryRun, json: asJson }) => {
      const { playCommand } = await import('../commands/prompts-play.js');
      exit(
        await playCommand({
          clip,
          folder,
          levelDbFs: level,
          with: player,
          device,
          times,
          dryRun,
          json: asJson,
        }),
      );
    },
  );
