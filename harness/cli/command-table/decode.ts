import type { Argv } from 'yargs';
import { givenOnce } from './argument-checks';
import { json } from './shared-options';
import type { TakeExitCode } from './take-exit-code';

/** Adds `decode`: crashes of a console log, with functions and lines. */
export const addDecode = (parser: Argv, exit: TakeExitCode): Argv =>
  parser.command(
    'decode [log]',
    'Decode the crashes and backtraces of a console log against the ELF of the firmware',
    (command) =>
      command
        .positional('log', {
          type: 'string',
          describe: 'Console log, as it came off the board or as a monitor kept it (default: standard input)',
        })
        .option('elf', {
          type: 'string',
          demandOption: true,
          describe: 'ELF of the firmware that crashed, build/<project>.elf; its SHA-256 is checked',
        })
        .option('addr2line', {
          type: 'string',
          describe:
            'Ask this addr2line instead of reading the ELF; "auto" takes that of an installed toolchain',
        })
        .option('core-dump', {
          type: 'string',
          describe:
            'File to write the last core dump of the log to, as esp-coredump --core-format raw takes it',
        })
        .option('json', json)
        .check(givenOnce(['elf', 'addr2line', 'core-dump']))
        .example('$0 decode --elf build/app.elf console.log', 'decode the log of a run or of a monitor')
        .example('$0 decode --elf build/app.elf < console.log', 'the same from standard input'),
    async ({ log, elf, addr2line, coreDump, json: asJson }) => {
      const { decodeCommand } = await import('../commands/decode.js');
      exit(await decodeCommand({ log, elf, addr2line, coreDump, json: asJson }));
    },
  );
