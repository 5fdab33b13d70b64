import { SerialPort } from 'serialport';
import type { Clock } from '../../ports';
import { nativeUsbOf } from './console-link';
import { idleLines } from './idle-lines';
import { NodeSerialTransport } from './node-serial-transport';
import { openError } from './open-error';
import { isRfc2217, openRfc2217 } from './rfc2217';
import type { SerialTransport } from './serial-transport';

export interface SerialPortOptions {
  /** Of the device, a link to it, or `rfc2217://HOST:PORT`. */
  readonly path: string;
  readonly baudRate: number;
  readonly clock: Clock;
}

/**
 * Opens a serial port or pseudo-terminal for this process alone, or one behind an RFC 2217 server. Both modem lines are let go at
 * once, but for emulated ports (`idleLines`): opening asserts them, which holds some boards in reset. With both released the hang-up on close (HUPCL, left on) changes no line, so it
 * resets nothing; of a process that dies while it holds EN low, it lets the board go.
 * @throws BoardError `HIL_BOARD_PORT_MISSING`, `HIL_BOARD_PORT_BUSY`, `HIL_BOARD_PORT_FAILED`, `HIL_BOARD_SERVER_UNREACHABLE`.
 */
export async function openSerialPort(options: SerialPortOptions): Promise<SerialTransport> {
  const { path, baudRate, clock } = options;
  if (isRfc2217(path)) return openRfc2217(options);
  // Looked up before: between opening and setting them the lines are asserted.
  const lines = idleLines(await nativeUsbOf(path));
  const port = new SerialPort({ path, baudRate, autoOpen: false, lock: true });
  const failure = await new Promise<Error | null>((resolve) => port.open(resolve));
  if (failure !== null) throw await openError(path, failure);
  const transport = new NodeSerialTransport(port, clock);
  try {
    await transport.setModemLines(lines);
  } catch (cause) {
    // Nobody gets to hold it, and an open port stays locked as long as the process lives.
    await transport.close();
    throw cause;
  }
  return transport;
}
