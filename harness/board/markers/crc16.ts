/** What CRC-16/CCITT-FALSE (polynomial 0x1021, not reflected) begins with. */
export const CRC_START = 0xffff;

/** The checksum with one more byte. */
export function crcWith(crc: number, byte: number): number {
  let register = crc ^ ((byte & 0xff) << 8);
  for (let bit = 0; bit < 8; bit += 1)
    register = register & 0x8000 ? ((register << 1) ^ 0x1021) & 0xffff : register << 1;
  return register;
}

/** The checksum of Latin-1 text: 0x29b1 for `123456789`. */
export function crc16(text: string): number {
  let crc = CRC_START;
  for (let position = 0; position < text.length; position += 1) crc = crcWith(crc, text.charCodeAt(position));
  return crc;
}
