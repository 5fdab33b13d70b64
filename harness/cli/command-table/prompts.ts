import type { Argv } from 'yargs';
import { givenOnce } from './argument-checks';
import { addImport } from './prompts-import';
import { addPlay } from './prompts-play';
import { addSynth } from './prompts-synth';
import { json, reports } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

const clipsFolder = {
  type: 'string',
  describe: 'Corpus, or folder of clips (default: the corpus that comes along)',
} as const;

/** Adds `prompts` and what it does with the clips of a corpus. */
export const addPrompts = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'prompts',
    'Import, synthesise, annotate, check, list and play the clips of a corpus',
    (prompts) =>
      addPlay(addSynth(addImport(prompts, exit), exit), exit)
        .command(
          'annotate <wav..>',
          'Find where speech begins and ends, write it into the manifest and draw a plot of it',
          (command) =>
            command
              .positional('wav', {
                type: 'string',
                array: true,
                demandOption: true,
                describe: 'Mono WAVs beside their prompts.yaml or replies.yaml',
              })
              .option('id', { type: 'string', describe: "Name of a new clip (default: the file's)" })
              .option('utterance', {
                type: 'string',
                describe: 'What is said, whoever says it (default: the id without its voice)',
              })
              .option('language', { type: 'string', describe: 'en, zh, … (default: how the id begins)' })
              .option('voice', { type: 'string', describe: 'Who speaks (default: recorded)' })
              .option('transcript', { type: 'string', describe: 'The words; a new clip needs them' })
              .option('licence', {
                type: 'string',
                default: 'LicenseRef-Proprietary',
                describe: 'SPDX identifier, for a manifest that does not exist yet',
              })
              .option('replies', {
                type: 'boolean',
                default: false,
                describe: 'These are replies (default: what their folder holds)',
              })
              .option('force', {
                type: 'boolean',
                default: false,
                describe: 'Write over annotations that differ',
              })
              .option('reports', { ...reports, describe: 'Plots are written below this folder' })
              .option('json', json)
              .check(givenOnce(['id', 'utterance', 'language', 'voice', 'transcript', 'licence', 'reports']))
              .example(
                '$0 prompts annotate prompts/en-blinds-up-a.wav --transcript "Please raise the blinds"',
                'add a prompt',
              ),
          async ({ wav, id, utterance, language, voice, transcript, licence, replies, force, ...rest }) => {
            const { annotateCommand } = await import('../commands/prompts.js');
            exit(
              annotateCommand({
                wavs: wav,
                id,
                utterance,
                language,
                voice,
                transcript,
                licence,
                replies,
                force,
                reports: rest.reports,
                json: rest.json,
              }),
            );
          },
        )
        .command(
          'check [folder]',
          'Annotate every clip again and compare with the manifest; exit code 2 where they differ',
          (command) => command.positional('folder', clipsFolder).option('json', json),
          async ({ folder, json: asJson }) => {
            const { checkCommand } = await import('../commands/prompts.js');
            exit(checkCommand({ folder, json: asJson }));
          },
        )
        .command(
          'list [folder]',
          'List clips with their words',
          (command) => command.positional('folder', clipsFolder).option('json', json),
          async ({ folder, json: asJson }) => {
            const { listCommand } = await import('../commands/prompts.js');
            exit(listCommand({ folder, json: asJson }));
          },
        )
        .demandCommand(1, 'Name what to do: import, synth, annotate, check, list or play.'),
  );
