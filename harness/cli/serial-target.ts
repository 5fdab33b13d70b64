import { chosenBoard } from '../bench';
import { loadBench, type SerialBoardConfig } from '../config';
import { ConfigError } from '../errors';
import type { PortChoice } from '../ports';
import { portChoiceOf } from './port-argument';

/** What names a board on the command line: its port, or its place in a bench. */
export interface TargetArguments {
  readonly port: string | undefined;
  readonly bench: string | undefined;
  readonly board: string | undefined;
}

/** A port, and what the bench says of the board on it, where it was named by its bench. */
export interface SerialTarget {
  readonly port: PortChoice;
  readonly board?: SerialBoardConfig;
  /** Modules of the bench that may bring its power switch. */
  readonly plugins: readonly string[];
}

/** @throws ConfigError `HIL_CONFIG_USAGE`, and what reading the bench throws. */
export function serialTargetOf({ port, bench, board }: TargetArguments): SerialTarget {
  if (port !== undefined) return { port: portChoiceOf(port), plugins: [] };
  if (bench === undefined)
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      'There is no port: name one with --port, or a bench with --bench.',
    );
  const config = loadBench(bench);
  const chosen = chosenBoard(config, board);
  if (chosen.kind === 'virtual')
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `Board ${chosen.name} is virtual and exists in a run only: start one with \`earshot virtual-board\`, and name its console with --port; one with \`flash\` in its bench file takes \`earshot flash\`.`,
      { board: chosen.name },
    );
  return { port: chosen.port, board: chosen, plugins: config.plugins };
}
