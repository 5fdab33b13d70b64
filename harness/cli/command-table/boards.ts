import type { Argv } from 'yargs';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `boards`: who has what of this machine, and how it is given back. */
export const addBoards = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'boards',
    'Show who has which board and sound card of this machine, or have one given back',
    (boards) =>
      boards
        .command(
          ['list', '$0'],
          'Show what is held, by whom and for how long',
          (command) => command.option('json', json),
          async ({ json: asJson }) => {
            const { listBoardsCommand } = await import('../commands/boards.js');
            exit(await listBoardsCommand({ json: asJson }));
          },
        )
        .command(
          'release <board>',
          'Have a board given back: asks its holder to end, after you have said yes',
          (command) =>
            command
              .positional('board', {
                type: 'string',
                demandOption: true,
                describe: 'Name, key or process id that `earshot boards` shows, or the port',
              })
              .option('force', {
                type: 'boolean',
                default: false,
                describe: 'Ask nobody, and end the holder where it does not end by itself',
              })
              .option('json', json)
              .example('$0 boards release korvo-1', 'end whatever has korvo-1')
              .example('$0 boards release korvo-1 --force', 'the same in a script'),
          async ({ board, force, json: asJson }) => {
            const { releaseBoardCommand } = await import('../commands/boards.js');
            exit(await releaseBoardCommand({ board, force, json: asJson }));
          },
        )
        .command(
          'lift <board>',
          'Give a board in quarantine work again',
          (command) =>
            command
              .positional('board', { type: 'string', demandOption: true, describe: 'Name on its bench' })
              .option('bench', {
                type: 'string',
                describe: 'Bench file (default: the only one with such a board)',
              }),
          async ({ board, bench }) => {
            const { liftBoardCommand } = await import('../commands/boards.js');
            exit(liftBoardCommand({ board, bench }));
          },
        ),
  );
