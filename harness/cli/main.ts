#!/usr/bin/env node
/** The command line: arguments in, exit code out. Commands are loaded when they are asked for, so that --help is instant. */
import yargs from 'yargs/yargs';
import { describeError } from './describe-error';
import { exitCodeOfError, exitCodes } from './exit-codes';
import { addCommands, UsageError } from './command-table';

async function main(): Promise<number> {
  let exitCode: number = exitCodes.passed;
  const parser = addCommands(yargs(process.argv.slice(2)), (code) => {
    exitCode = code;
  })
    .scriptName('earshot')
    .usage('$0 <command>\n\nHardware-in-the-loop tests for ESP32-S3 voice boards.')
    .demandCommand(1, 'Name a command.')
    .strict()
    .help()
    .alias('help', 'h')
    .alias('version', 'V')
    .wrap(Math.min(100, process.stdout.columns || 100))
    .epilogue(
      'Exit codes: 0 passed, 1 the board failed, 2 usage or configuration, 3 not judged (bench or harness), 4 not judged (provider), 5 inconclusive, 130 interrupted.',
    )
    .exitProcess(false)
    .showHelpOnFail(false)
    .fail((message: string | undefined, error: Error | undefined) => {
      throw error ?? new UsageError(message ?? 'The arguments are not understood.');
    });
  await parser.parseAsync();
  return exitCode;
}

// Node would exit with 1, which says that the board failed: a crash of ours must not read as that.
process.on('uncaughtException', (error) => {
  complain(describeError(error), exitCodes.benchFault);
});
// Whoever read the output may go away (`earshot run | head`); the run goes on, and its verdict is the exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

main().then(
  (code) => leave(code),
  (error: unknown) => {
    if (error instanceof UsageError) {
      complain(`${error.message}\nRun \`earshot --help\` to see what it takes.`, exitCodes.usage);
      return;
    }
    complain(describeError(error), exitCodeOfError(error));
  },
);

/** Says what went wrong, without what is secret, and exits. Masks are loaded here: `--help` needs none. */
function complain(text: string, code: number): void {
  import('./masked-output.js').then(
    ({ masked }) => {
      process.stderr.write(`${masked(text)}\n`);
      leave(code);
    },
    () => leave(code),
  );
}

/** Exits once what was printed has been taken: a pipe may still be reading. */
function leave(code: number): void {
  process.exitCode = code;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
