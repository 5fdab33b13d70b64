import type { BoardConfig } from '../../config';
import { flashCommand, type FlashTerminal } from '../commands/flash';
import { powerOnInLoader } from '../simulated-port';

/** Which board gets an image, and where the flash of a virtual one is. */
export interface ImageTarget {
  readonly benchPath: string;
  readonly board: BoardConfig;
  readonly flashPath: string;
  /** How long to wait for a board that somebody else has; undefined: not at all. */
  readonly wait: string | undefined;
}

const BAUD = 921_600;

/**
 * Writes an image into a board of a bench, verified, as `earshot flash` does. A virtual board is powered on for it with GPIO0 low, and
 * its flash stays in a file.
 * @returns False where it was interrupted.
 * @throws HilError `HIL_FLASH_*` and what opening the board throws.
 */
export async function writeImage(
  image: string,
  { benchPath, board, flashPath, wait }: ImageTarget,
  terminal: FlashTerminal,
): Promise<boolean> {
  const how = {
    image,
    baud: BAUD,
    tool: 'esptool-js',
    wifiSsid: undefined,
    wifiPasswordFile: undefined,
    force: false,
    json: false,
    wait,
  } as const;
  if (board.kind === 'serial')
    return (
      (await flashCommand({ ...how, port: undefined, bench: benchPath, board: board.name }, terminal)) === 0
    );
  const simulated = await powerOnInLoader(board, flashPath);
  try {
    return (
      (await flashCommand(
        { ...how, port: simulated.ptyPath, bench: undefined, board: undefined },
        terminal,
      )) === 0
    );
  } finally {
    await simulated.close();
  }
}
