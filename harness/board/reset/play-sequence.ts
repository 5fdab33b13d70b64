import { delay, type Clock, type LineStep } from '../../ports';
import type { ModemLines, SerialTransport } from '../serial';

const released: ModemLines = { dtr: false, rts: false };

/**
 * Plays a sequence on a port as if its lines were released, and leaves them at its end as they are between two sequences, whatever it
 * says: a line that stays asserted holds the board or resets it when the port is closed. Both lines are always set together: the
 * driver asserts what is left out.
 * @param idle - As `idleLines` has them. Default: both released.
 * @returns False, at once, when the port has no modem lines.
 * @throws BoardError `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PORT_FAILED`.
 */
export async function playSequence(
  transport: Pick<SerialTransport, 'setModemLines'>,
  steps: readonly LineStep[],
  clock: Clock,
  idle: ModemLines = released,
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
  if (lines.dtr !== idle.dtr || lines.rts !== idle.rts) await transport.setModemLines(idle);
  return true;
}
