import { BoardError } from '../../../errors';
import type { FirmwareIdentity } from '../../../ports';
import { compareFirmware } from './compare-firmware';
import type { ImageUnderTest } from './load-firmware';

/**
 * The error for a board that does not run the image under test, or did not prove that it does; undefined when its boot log
 * printed the image's hash. What another image did says nothing about this one, so neither counts against the board.
 * @param firmware - What the boot printed; undefined when it printed nothing.
 */
export function wrongFirmware(
  board: string,
  { path, description }: ImageUnderTest,
  firmware: FirmwareIdentity | undefined,
): BoardError | undefined {
  const match = compareFirmware(firmware, description);
  const facts = { board, image: path, firmware, underTest: description };
  switch (match.state) {
    case 'match':
      return undefined;
    case 'other-image': {
      const differences = match.differences
        .map(({ field, running, underTest }) => `${field} ${running}, expected ${underTest}`)
        .join('; ');
      return new BoardError(
        'HIL_BOARD_OTHER_FIRMWARE',
        `The firmware that runs on board ${board} is not the image under test, ${path}: ${differences}.`,
        { ...facts, differences: match.differences },
      );
    }
    case 'unknown':
      return new BoardError(
        'HIL_BOARD_FIRMWARE_UNKNOWN',
        `Nothing shows that board ${board} runs the image under test, ${path}. ${match.lacked}`,
        facts,
      );
  }
}
