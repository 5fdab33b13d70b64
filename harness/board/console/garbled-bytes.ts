import { isUtf8 } from 'node:buffer';

/** What consoles print besides text: NUL, the ends of MicroPython's raw REPL, bell, backspace, tab, line ends and escape. */
const PRINTED_CONTROLS: ReadonlySet<number> = new Set([0x00, 0x01, 0x04, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b]);
const DELETE = 0x7f;

/**
 * How many bytes are no console text: control characters that none prints, and what is no UTF-8. A wrong baud rate makes most bytes
 * such, and so does the binary log of ESP-IDF v5.5 (device.md section 2.1); a line that lost bytes in the middle of a character makes a
 * few.
 * @param bytes - Whole characters: one that is cut at an end counts as none.
 */
export function garbledBytes(bytes: Buffer): number {
  const isText = isUtf8(bytes);
  let garbled = 0;
  for (let position = 0; position < bytes.length;) {
    const byte = bytes[position] ?? 0;
    if (byte < 0x80) {
      if ((byte < 0x20 || byte === DELETE) && !PRINTED_CONTROLS.has(byte)) garbled += 1;
      position += 1;
      continue;
    }
    const length = isText ? 1 : characterLength(bytes, position);
    if (length === 0) garbled += 1;
    position += Math.max(1, length);
  }
  return garbled;
}

/** Length of the UTF-8 character that begins here, 2 to 4 bytes; 0 when none does. */
function characterLength(bytes: Buffer, position: number): number {
  const first = bytes[position] ?? 0;
  const length = first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf5 ? 4 : 0;
  return length > 0 && isUtf8(bytes.subarray(position, position + length)) ? length : 0;
}
