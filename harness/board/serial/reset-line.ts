import { BoardError } from '../../errors';
import { delay, type Clock } from '../../ports';
import type { SerialTransport } from './serial-transport';

/** The wire that resets a board. */
export interface ResetLine {
  /** Resolves when the board has been let go; its boot follows. */
  reset(): Promise<void>;
}

/** EN is held low for so long: esptool's HardReset (device.md section 4). */
export const EN_LOW_MS = 100;

/**
 * Reset by the modem lines: RTS pulls EN low and lets it go, DTR stays released so that the board boots its application.
 * @throws BoardError `HIL_BOARD_PORT_FAILED` from `reset` when the port has no modem lines.
 */
export const modemResetLine = (transport: SerialTransport, clock: Clock): ResetLine => ({
  async reset() {
    const isPulled = await transport.setModemLines({ dtr: false, rts: true });
    if (!isPulled) {
      throw new BoardError(
        'HIL_BOARD_PORT_FAILED',
        `Serial port ${transport.path} has no modem lines, so it cannot reset the board.`,
        { port: transport.path },
      );
    }
    await delay(clock, EN_LOW_MS);
    await transport.setModemLines({ dtr: false, rts: false });
  },
});
