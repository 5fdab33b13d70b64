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
 * them, which holds some boards in reset. With both released the hang-up on close (HUPCL, left on) changes no line, so it
 * resets nothing; of a process that dies while it holds EN low, it lets the board go.
 * @throws BoardError `HIL_BOARD_PORT_MISSING`, `HIL_BOARD_PORT_BUSY`, `HIL_BOARD_PORT_FAILED`.
 */
export async function openSerialPort({ path, baudRate, clock }: SerialPortOptions): Promise<SerialTransport> {
  const port = new SerialPort({ path, baudRate, autoOpen: false, lock: true });
  const failure = await new Promise<Error | null>((resolve) => port.open(resolve));
  if (failure !== null) throw await openError(path, failure);
  const transport = new NodeSerialTransport(port, clock);
  try {
    await transport.setModemLines({ dtr: false, rts: false });
  } catch (cause) {
    // Nobody gets to hold it, and an open port stays locked as long as the process lives.
    await transport.close();
    throw cause;
  }
  return transport;
}
