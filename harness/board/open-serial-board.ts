import type { Board, Clock, PortChoice } from '../ports';
import type { Dialect } from './dialect';
import type { ImageUnderTest } from './esp32s3';
import { SerialBoard } from './serial-board';
import {
  consoleLinkOf,
  findPort,
  modemResetLine,
  nativeUsbOf,
  openSerialPort,
  replResetLine,
  type ResetLine,
} from './serial';

export interface SerialBoardOptions {
  readonly name: string;
  readonly model: string;
  /** Serial port, pseudo-terminal, or a port of a server. */
  readonly port: PortChoice;
  readonly baudRate: number;
  readonly dialect: Dialect;
  /** The board has to run this one; absent: whatever runs will do. */
  readonly image?: ImageUnderTest;
  readonly bootTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly clock: Clock;
  /** Default: the modem lines of the port, or the REPL of a MicroPython that emulates its port. */
  readonly resetLine?: ResetLine;
}

/**
 * Opens a board and reads it from now on. It is not reset: what it prints first may be the middle of a session.
 * @throws BoardError `HIL_BOARD_PORT_MISSING`, `HIL_BOARD_PORT_AMBIGUOUS`, and as `openSerialPort`.
 */
export async function openSerialBoard(options: SerialBoardOptions): Promise<Board> {
  const { baudRate, clock } = options;
  const path = await findPort(options.port);
  const transport = await openSerialPort({ path, baudRate, clock });
  const isEmulated = options.dialect.project === 'micropython' && (await nativeUsbOf(path)) === 'tiny-usb';
  const line = isEmulated ? replResetLine : modemResetLine;
  const resetLine = options.resetLine ?? line(transport, clock);
  const link = await consoleLinkOf(path, baudRate);
  return new SerialBoard({ ...options, transport, resetLine, link });
}
