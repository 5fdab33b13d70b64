import type { Argv } from 'yargs';
import type { TakeExitCode } from './take-exit-code';

/** Adds the commands that only this program gives itself; no help shows them. */
export const addChildCommands = (parser: Argv, exit: TakeExitCode): Argv =>
  parser
    .command('host-child', false, {}, async () => {
      const { hostChildCommand } = await import('../commands/host-child.js');
      exit(await hostChildCommand());
    })
    .command('provider-child', false, {}, async () => {
      const { providerChildCommand } = await import('../commands/provider-child.js');
      exit(await providerChildCommand());
    })
    .command(
      'jest-child [files..]',
      false,
      (command) =>
        command
          .positional('files', { type: 'string', array: true, default: [] as string[] })
          .option('test-name-pattern', { type: 'string' }),
      async ({ files, testNamePattern, _ }) => {
        const { jestChildCommand } = await import('../commands/jest-child.js');
        exit(await jestChildCommand([...files, ..._.slice(1).map(String)], testNamePattern));
      },
    )
    .command(
      'unit-child <order>',
      false,
      (command) => command.positional('order', { type: 'string', demandOption: true }),
      async ({ order }) => {
        const { unitChildCommand } = await import('../commands/unit-child.js');
        exit(await unitChildCommand(order));
      },
    )
    .command(
      'merge-child <order>',
      false,
      (command) => command.positional('order', { type: 'string', demandOption: true }),
      async ({ order }) => {
        const { mergeChildCommand } = await import('../commands/merge-child.js');
        exit(await mergeChildCommand(order));
      },
    )
    .command('bench-for-jest', false, {}, async () => {
      const { benchForJestCommand } = await import('../commands/bench-for-jest.js');
      exit(await benchForJestCommand());
    });
