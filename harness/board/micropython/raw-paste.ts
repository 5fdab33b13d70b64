import type { SerialTransport } from '../serial';
import type { ReplInput } from './repl-input';

const CTRL_D = 0x04;
const CREDIT = 0x01;
/** Ctrl-E, `A`, Ctrl-A at the raw prompt ask for raw-paste mode (device.md section 8). */
const REQUEST = Buffer.of(0x05, 0x41, 0x01);
const GREETING_REST = 'w REPL; CTRL-B to exit\r\n>';

/** `refused`: the board is at its raw prompt and takes code in plain raw mode. `silent`: it did not do its part in time. */
export type PasteOutcome = 'taken' | 'refused' | 'silent';

/**
 * Sends code in raw-paste mode, where the board grants a window of bytes at a time, so that no buffer of it overflows. A board
 * that finds an error in the code ends the transfer itself; that is `taken` too, and what is wrong comes as the code's exception.
 * @throws BoardError `HIL_BOARD_PORT_LOST`, `HIL_BOARD_PORT_FAILED`.
 */
export async function pasteCode(
  transport: SerialTransport,
  input: ReplInput,
  code: Buffer,
  untilMs: number,
): Promise<PasteOutcome> {
  await transport.write(REQUEST);
  const reply = (await input.take(2, untilMs))?.toString('latin1');
  if (reply === undefined) return 'silent';
  if (reply === 'R\x00') return 'refused';
  // MicroPython before 1.13 takes the Ctrl-A for itself and greets.
  if (reply === 'ra') return (await input.seek(GREETING_REST, untilMs)) ? 'refused' : 'silent';
  if (reply !== 'R\x01') return 'silent';
  const window = (await input.take(2, untilMs))?.readUInt16LE();
  if (window === undefined || window === 0) return 'silent';

  let credit = window;
  for (let sent = 0; sent < code.length;) {
    const said = credit === 0 ? (await input.take(1, untilMs))?.[0] : input.poll();
    if (said === CREDIT) credit += window;
    else if (said === CTRL_D) {
      await transport.write(Buffer.of(CTRL_D));
      return 'taken';
    } else if (said !== undefined || credit === 0) return 'silent';
    else {
      const part = code.subarray(sent, sent + credit);
      await transport.write(part);
      sent += part.length;
      credit -= part.length;
    }
  }
  await transport.write(Buffer.of(CTRL_D));
  return (await input.pass(CTRL_D, untilMs, () => undefined)) ? 'taken' : 'silent';
}
