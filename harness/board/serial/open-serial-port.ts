import { SerialPort } from 'serialport';
import type { Clock } from '../../ports';
import { NodeSerialTransport } from './node-serial-transport';
import { openError } from './open-error';
import type { SerialTransport } from './serial-transport';

export interface SerialPortOptions {
  readonly path: string;
  readonly baudRate: number;
  readonly clock: Clock;
}

/**
 * Opens a serial port or pseudo-terminal for this process alone. Both modem lines are let go at once: opening asserts
 * them, which holds some boards in reset.
 * @throws BoardError `HIL_BOARD_PORT_MISSING`, `HIL_BOARD_PORT_BUSY`, `HIL_BOARD_PORT_FAILED`.
 */
export async function openSerialPort({ path, baudRate, clock }: SerialPortOptions): Promise<SerialTransport> {
  const port = new SerialPort({ path, baudRate, autoOpen: false, lock: true });
  const failure = await new Promise<Error | null>((resolve) => port.open(resolve));
  if (failure !== null) throw await openError(path, failure);
  const transport = new NodeSerialTransport(port, clock);
  await transport.setModemLines({ dtr: false, rts: false });
  return transport;
}
