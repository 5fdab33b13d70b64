import { connect, type Socket } from 'node:net';
import { BoardError } from '../../../errors';
import type { Clock } from '../../../ports';
import type { SerialTransport } from '../serial-transport';
import { rfc2217Address, type Rfc2217Address } from './rfc2217-address';
import { Rfc2217Transport } from './rfc2217-transport';

const CONNECT_TIMEOUT_MS = 5000;

export interface Rfc2217Options {
  /** `rfc2217://HOST:PORT`; with `?ign_set_control` nobody waits for answers about DTR and RTS, and opening leaves both alone. */
  readonly path: string;
  readonly baudRate: number;
  readonly clock: Clock;
}

/**
 * Opens a serial port behind an RFC 2217 server. Both modem lines are let go at once, RTS first.
 * @throws BoardError `HIL_BOARD_SERVER_UNREACHABLE`, `HIL_BOARD_PORT_BUSY`, `HIL_BOARD_PORT_FAILED`.
 */
export async function openRfc2217({ path, baudRate, clock }: Rfc2217Options): Promise<SerialTransport> {
  const address = rfc2217Address(path);
  const transport = new Rfc2217Transport(path, await connected(path, address, clock), address, clock);
  try {
    await transport.begin(baudRate);
    if (!address.ignoresControl) await transport.setModemLines({ dtr: false, rts: false });
    return transport;
  } catch (cause) {
    await transport.close();
    throw cause;
  }
}

function connected(path: string, { host, port }: Rfc2217Address, clock: Clock): Promise<Socket> {
  const socket = connect({ host, port, noDelay: true });
  return new Promise((resolve, reject) => {
    const fail = (cause: Error): void => {
      cancelTimeout();
      socket.destroy();
      const message = `Nothing answers at ${host}:${port}, where serial port ${path} should be: ${cause.message}.`;
      reject(new BoardError('HIL_BOARD_SERVER_UNREACHABLE', message, { port: path }, { cause }));
    };
    const cancelTimeout = clock.after(CONNECT_TIMEOUT_MS, () =>
      fail(new Error(`no connection within ${CONNECT_TIMEOUT_MS} ms`)),
    );
    socket.once('error', fail);
    socket.once('connect', () => {
      cancelTimeout();
      socket.off('error', fail);
      resolve(socket);
    });
  });
}
