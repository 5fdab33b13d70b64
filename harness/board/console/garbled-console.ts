import { BoardError } from '../../errors';

/** So much of a console is no text. */
export interface ByteCount {
  readonly receivedBytes: number;
  readonly garbledBytes: number;
}

/** Fewer bytes may be anything. */
const LEAST_BYTES = 64;
/**
 * Text has none, a line that lost bytes has one or two, and of a boot log that is read at an eighth of its rate more than half are no
 * text (fixtures/consoles/wrong-rate.bin).
 */
const GARBLED_SHARE = 0.15;

/** The error of a console that cannot be read, whose silence therefore says nothing of its board; undefined where it can. */
export function garbledConsole(
  name: string,
  { receivedBytes, garbledBytes }: ByteCount,
): BoardError | undefined {
  if (receivedBytes < LEAST_BYTES || garbledBytes < receivedBytes * GARBLED_SHARE) return undefined;
  return new BoardError(
    'HIL_BOARD_CONSOLE_GARBLED',
    `Console of ${name} cannot be read: ${garbledBytes} of ${receivedBytes} bytes are no text.`,
    { board: name, receivedBytes, garbledBytes },
  );
}
