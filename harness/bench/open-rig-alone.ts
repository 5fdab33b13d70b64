import { startVirtualBoardProcess } from '../board';
import type { BenchConfig, BoardConfig } from '../config';
import { closeAll, ConfigError, type Closable } from '../errors';
import type { AudioRig, ChildLauncher, Clock } from '../ports';
import { SOMEBODY, type Holder } from './bench-parts';
import { leaseOfCard, takeLease } from './lease';
import { openRig } from './open-rig';

/** A rig without the rest of its bench. Closing it closes what it needed. */
export interface LoneRig extends Closable {
  readonly rig: AudioRig;
}

export interface LoneRigOptions {
  readonly launch: ChildLauncher;
  readonly clock: Clock;
  /** In whose name the card is taken. Default: this process, which does not wait. */
  readonly holder?: Holder;
}

/** Port 9 discards: a simulated board that is only there to be played to needs no provider. */
const NOWHERE = 'ws://127.0.0.1:9';

/**
 * The board whose rig is meant.
 * @param name - Of the board; undefined: the only one that has a rig.
 * @throws ConfigError `HIL_CONFIG_USAGE` when it has none, or when several have one.
 */
export function boardWithRig(config: BenchConfig, name: string | undefined): BoardConfig {
  const fitted = config.boards.filter(({ rig }) => rig !== undefined);
  const names = fitted.map((board) => board.name).join(', ') || 'none';
  const chosen = name === undefined ? fitted : fitted.filter((board) => board.name === name);
  const [board] = chosen;
  if (board !== undefined && chosen.length === 1) return board;
  const which =
    name === undefined
      ? fitted.length === 0
        ? 'has no rig'
        : 'has several rigs; name the board of one'
      : `has no rig at a board "${name}"`;
  throw new ConfigError('HIL_CONFIG_USAGE', `Bench ${config.name} ${which}. Boards with a rig: ${names}.`, {
    bench: config.name,
    name,
  });
}

/**
 * Opens the rig of a board, and of its bench no more than the rig needs: no provider, no serial port. A virtual rig has a
 * simulated board to play to.
 * @throws HilError of the rig that did not open; `HIL_BENCH_HELD` for a card that somebody else has.
 */
export async function openRigAlone(
  board: BoardConfig,
  { launch, clock, holder = SOMEBODY }: LoneRigOptions,
): Promise<LoneRig> {
  const opened: Closable[] = [];
  try {
    const virtual =
      board.kind === 'virtual' && board.rig?.kind === 'virtual'
        ? await startVirtualBoardProcess({
            launch,
            clock,
            dialect: board.firmwareDialect,
            providerUrl: NOWHERE,
            crystalPpm: board.crystalPpm,
            model: board.model,
            faults: [],
          })
        : undefined;
    if (virtual !== undefined) opened.push(virtual);
    const rig = await openRig(board, virtual, clock);
    opened.push(rig);
    if (rig.card !== undefined) opened.push(await takeLease({ ...holder, ...leaseOfCard(rig.card), clock }));
    return { rig, close: () => closeAll(opened) };
  } catch (cause) {
    await closeAll(opened);
    throw cause;
  }
}
