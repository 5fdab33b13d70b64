import { checkAtOnce, chosenBoard, unlikeIn } from '../../bench';
import type { BenchConfig, BoardConfig } from '../../config';
import { ConfigError } from '../../errors';

/** Which boards of a bench a command line asks for. */
export interface BoardChoice {
  /** Names; undefined: nobody said. */
  readonly board: readonly string[] | undefined;
  readonly eachBoard: boolean;
  /** The work is shared among them. */
  readonly share: boolean;
}

/**
 * The boards to test, each once: those that are named, all of them, or the first.
 * @throws ConfigError `HIL_CONFIG_USAGE` for a name that the bench does not have, for boards that cannot be tested at once, and for
 *   work that is to be shared among boards that are not alike, or by one alone.
 */
export function chosenBoards(
  config: BenchConfig,
  { board, eachBoard, share }: BoardChoice,
): readonly BoardConfig[] {
  const names = eachBoard ? config.boards.map(({ name }) => name) : [...new Set(board ?? [undefined])];
  const boards = names.map((name) => chosenBoard(config, name));
  checkAtOnce(config, boards);
  if (share) assertAlike(config, boards);
  return boards;
}

function assertAlike(config: BenchConfig, [first, ...others]: readonly BoardConfig[]): void {
  if (first === undefined || others.length === 0) {
    const message =
      '--share has boards share the suites: name several with --board a,b, or all with --each-board.';
    throw new ConfigError('HIL_CONFIG_USAGE', message);
  }
  for (const other of others) {
    const differences = unlikeIn(config, first, other);
    if (differences.length === 0) continue;
    throw new ConfigError(
      'HIL_CONFIG_USAGE',
      `Boards ${first.name} and ${other.name} differ in ${differences.join(', ')}: one cannot do the suites of the other, leave --share out.`,
      { boards: [first.name, other.name], differences },
    );
  }
}
