import { BoardError, ConfigError } from '../../errors';
import {
  delay,
  pluginKind,
  pluginOf,
  type Argv,
  type Clock,
  type Power,
  type PowerChoice,
  type PowerPlugin,
} from '../../ports';
import { runProgram } from './run-program';
import { runAtExit } from './run-at-exit';

export interface PowerOptions {
  /** Name of the board whose power it is. */
  readonly board: string;
  readonly choice: PowerChoice;
  /** Absolute paths of the modules that bench files name, JavaScript. */
  readonly plugins: readonly string[];
  readonly clock: Clock;
}

/**
 * What switches a board's power, as its bench file says. Nothing is switched by opening it.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a module that is no plugin, or a name that none has.
 */
export function openPower({ board, choice, plugins, clock }: PowerOptions): Power {
  const { offMs, timeoutMs } = choice;
  const run = (argv: Argv): Promise<void> => runProgram(argv, { timeoutMs, clock });
  switch (choice.kind) {
    case 'uhubctl': {
      const { program, location, port } = choice;
      // One call for both, so that a run that is killed in between leaves no board without power.
      const seconds = String(Math.ceil(offMs / 1000));
      const argv: Argv = [program, '-l', location, '-p', String(port), '-a', 'cycle', '-d', seconds];
      return {
        name: `uhubctl ${location} port ${port}`,
        cycle: () => runProgram(argv, { timeoutMs: timeoutMs + offMs, clock }),
      };
    }
    case 'cycle-command':
      return { name: choice.cycle[0], cycle: () => run(choice.cycle) };
    case 'switch-command':
      return {
        name: choice.off[0],
        cycle: async () => {
          const ending = new AbortController();
          // `finally` does not outlive a process that exits meanwhile.
          const cancelExit = runAtExit(choice.on, timeoutMs, () => ending.abort());
          try {
            await runProgram(choice.off, { timeoutMs, clock, signal: ending.signal });
            await delay(clock, offMs);
          } finally {
            // Whatever became of it: nobody is to find the board without power afterwards.
            await run(choice.on).finally(cancelExit);
          }
        },
      };
    case 'plugin': {
      const plugin = powerPlugin(choice.plugin, plugins);
      return {
        name: `plugin ${plugin.name}`,
        cycle: () => cyclePlugin(plugin, { board, options: choice.options, offMs, timeoutMs, clock }),
      };
    }
  }
}

const isPower = (value: unknown): value is PowerPlugin =>
  pluginKind(value) === 'power' && typeof (value as PowerPlugin).name === 'string';

function powerPlugin(name: string, paths: readonly string[]): PowerPlugin {
  const loaded = paths.map(pluginOf).filter(isPower);
  const plugin = loaded.find((one) => one.name === name);
  if (plugin !== undefined) return plugin;
  const names = loaded.map((one) => one.name);
  throw new ConfigError(
    'HIL_CONFIG_USAGE',
    `No plugin switches the power as ${name}; there is ${names.join(', ') || 'none'}.`,
    { name, names },
  );
}

async function cyclePlugin(
  plugin: PowerPlugin,
  {
    timeoutMs,
    ...context
  }: { board: string; options: unknown; offMs: number; timeoutMs: number; clock: Clock },
): Promise<void> {
  const ending = new AbortController();
  const failed = (what: string, cause?: unknown): BoardError =>
    new BoardError(
      'HIL_POWER_FAILED',
      `The plugin ${plugin.name} that switches the power of board ${context.board} ${what}.`,
      { plugin: plugin.name, board: context.board },
      { cause },
    );
  let cancelTimeout = (): void => undefined;
  const late = new Promise<never>((_, reject) => {
    cancelTimeout = context.clock.after(timeoutMs, () => {
      reject(failed(`did not end within ${timeoutMs} ms`));
      ending.abort();
    });
  });
  const done = (async () => plugin.cycle({ ...context, signal: ending.signal }))();
  try {
    await Promise.race([done, late]);
  } catch (cause) {
    if (ending.signal.aborted) throw cause;
    throw failed(`failed: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  } finally {
    cancelTimeout();
  }
}
