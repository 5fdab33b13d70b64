import type { Argv } from 'yargs';
import { givenOnce, wholeNumber } from './argument-checks';
import { PORT_FORMS } from '../port-argument';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

const port = {
  type: 'string',
  demandOption: true,
  describe: `Serial port of the REPL: ${PORT_FORMS}`,
} as const;
const baud = { type: 'number', default: 115_200, describe: 'Baud rate' } as const;

/** Adds `micropython` and what it does with a board that runs MicroPython. */
export const addMicropython = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'micropython',
    'Put files on a MicroPython board, run scripts there, start it anew',
    (board) =>
      board
        .command(
          'put <files..>',
          'Put files on the board; what it holds already is left as it is',
          (command) =>
            command
              .positional('files', {
                type: 'string',
                array: true,
                demandOption: true,
                describe: 'Files of this machine',
              })
              .option('port', port)
              .option('baud', baud)
              .option('to', { type: 'string', describe: 'Folder on the board (default: /)' })
              .option('as', { type: 'string', describe: 'Path on the board, for one file' })
              .option('json', json)
              .conflicts('as', 'to')
              .check(givenOnce(['port', 'baud', 'to', 'as']))
              .check(wholeNumber('baud', 300, 5_000_000))
              .example(
                '$0 micropython put main.py config.json --port /dev/ttyACM0',
                'put a program on a board',
              ),
          async ({ files, port: path, baud: baudRate, to, as, json: asJson }) => {
            const { putCommand } = await import('../commands/micropython.js');
            exit(
              await putCommand({ port: path, baudRate, files, folder: to ?? '/', path: as, json: asJson }),
            );
          },
        )
        .command(
          'run [script]',
          'Run a script of this machine on the board and show what it prints',
          (command) =>
            command
              .positional('script', { type: 'string', describe: 'File (default: standard input)' })
              .option('port', port)
              .option('baud', baud)
              .option('timeout', {
                type: 'string',
                describe: 'How long the script may run, such as 30s (default: as long as it likes)',
              })
              .option('json', json)
              .check(givenOnce(['port', 'baud', 'timeout']))
              .check(wholeNumber('baud', 300, 5_000_000))
              .example('$0 micropython run probe.py --port /dev/ttyACM0 --timeout 30s', 'run a script'),
          async ({ script, port: path, baud: baudRate, timeout, json: asJson }) => {
            const { runCommand } = await import('../commands/micropython.js');
            exit(await runCommand({ port: path, baudRate, script, timeout, json: asJson }));
          },
        )
        .command(
          'reset',
          'Interrupt what runs on the board and start its interpreter anew, main.py included',
          (command) =>
            command
              .option('port', port)
              .option('baud', baud)
              .option('json', json)
              .check(givenOnce(['port', 'baud']))
              .check(wholeNumber('baud', 300, 5_000_000)),
          async ({ port: path, baud: baudRate, json: asJson }) => {
            const { resetCommand } = await import('../commands/micropython.js');
            exit(await resetCommand({ port: path, baudRate, json: asJson }));
          },
        )
        .demandCommand(1, 'Name what to do: put, run or reset.'),
  );
