import { delay, type Clock, type LineStep } from '../../ports';
import type { ModemLines, SerialTransport } from '../serial';

/** How Earshot leaves a port's lines at all times between two sequences. */
const released: ModemLines = { dtr: false, rts: false };

/**
 * Plays a sequence on a port whose lines are released, and releases them at its end whatever it says, since a line that stays asserted
 * holds the board or resets it when the port is closed. Both lines are always set together: the driver asserts what is left out.
 * @returns False, at once, when the port has no modem lines.
 * @throws BoardError `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PORT_FAILED`.
 */
export async function playSequence(
  transport: Pick<SerialTransport, 'setModemLines'>,
  steps: readonly LineStep[],
  clock: Clock,
): Promise<boolean> {
  let lines = released;
  for (const step of steps) {
    if ('waitMs' in step) {
      await delay(clock, step.waitMs);
      continue;
    }
    lines = { ...lines, ...step };
    if (!(await transport.setModemLines(lines))) return false;
  }
  if (lines.dtr || lines.rts) await transport.setModemLines(released);
  return true;
}
