import { BoardError } from '../../errors';
import { portsLike } from './list-ports';
import { portHolder } from './port-holder';

// What the driver says; it gives no codes (packages.md section 1).
const MISSING = /No such file or directory|No such device|cannot find/i;
const BUSY = /Cannot lock port|Resource temporarily unavailable|Device or resource busy|Access denied/i;

/** The driver's error of opening a port as ours, with what helps to mend it. */
export async function openError(path: string, cause: Error): Promise<BoardError> {
  if (MISSING.test(cause.message)) {
    const existing = await portsLike(path);
    const offer = existing.length === 0 ? 'this machine has none' : `there are ${existing.join(', ')}`;
    return new BoardError(
      'HIL_BOARD_PORT_MISSING',
      `Serial port ${path} does not exist; ${offer}.`,
      { port: path, existing },
      { cause },
    );
  }
  if (BUSY.test(cause.message)) {
    const holderPid = await portHolder(path);
    const holder = holderPid === undefined ? 'another process' : `process ${holderPid}`;
    return new BoardError(
      'HIL_BOARD_PORT_BUSY',
      `Serial port ${path} is held by ${holder}.`,
      { port: path, holderPid: holderPid ?? null },
      { cause },
    );
  }
  return new BoardError(
    'HIL_BOARD_PORT_FAILED',
    `Serial port ${path} did not open: ${cause.message}.`,
    { port: path },
    { cause },
  );
}
