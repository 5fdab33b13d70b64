import { BoardError } from '../../../errors';

const SCHEME = 'rfc2217:';
const DEFAULT_PORT = 2217;

/** A port behind a server, as `rfc2217://HOST:PORT`. */
export interface Rfc2217Address {
  readonly host: string;
  readonly port: number;
  /** The server answers no request about DTR and RTS, or answers them its own way: the board's lines are its business. */
  readonly ignoresControl: boolean;
}

/** Whether a port's name is the address of a server. */
export const isRfc2217 = (path: string): boolean => path.startsWith(`${SCHEME}//`);

/**
 * Takes an address apart; `?ign_set_control` as pyserial writes it, 2217 where no port is named.
 * @throws BoardError `HIL_BOARD_PORT_FAILED` when it is none.
 */
export function rfc2217Address(path: string): Rfc2217Address {
  const refuse = (why: string, cause?: unknown): BoardError =>
    new BoardError(
      'HIL_BOARD_PORT_FAILED',
      `Serial port ${path} is no address of an RFC 2217 server: ${why}; expected rfc2217://HOST:PORT.`,
      { port: path },
      { cause },
    );
  if (!URL.canParse(path)) throw refuse('it cannot be read');
  const url = new URL(path);
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  if (url.protocol !== SCHEME || host === '') throw refuse('it names no host');
  for (const option of url.searchParams.keys()) {
    if (option !== 'ign_set_control') throw refuse(`${option} is unknown, there is ign_set_control`);
  }
  return {
    host,
    port: url.port === '' ? DEFAULT_PORT : Number(url.port),
    ignoresControl: url.searchParams.has('ign_set_control'),
  };
}
