/** A byte that no text holds, from each byte in turn: what a receiver at another baud rate makes of a line. */
export const garbledLine = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.map((byte, index) => ((byte * 167 + index * 89) & 0x7f) | 0x80));
