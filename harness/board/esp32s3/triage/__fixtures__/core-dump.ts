/** Core dumps as ESP-IDF makes and prints them (esp_core_dump_priv.h, core_dump_uart.c), sharing nothing with their reader. */
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Header, core and checksum; version 1.2 ends in a CRC-32, version 1.3 in a SHA-256. */
export function coreDumpOf(core: Buffer, checksum: 'crc32' | 'sha256'): Buffer {
  const sumBytes = checksum === 'sha256' ? 32 : 4;
  const header = Buffer.alloc(24);
  header.writeUInt32LE(24 + core.length + sumBytes, 0);
  header.writeUInt16LE(checksum === 'sha256' ? 0x0103 : 0x0102, 4);
  header.writeUInt16LE(9, 6);
  const summed = Buffer.concat([header, core]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(summed), 0);
  return Buffer.concat([summed, checksum === 'sha256' ? createHash('sha256').update(summed).digest() : sum]);
}

/** The same on the console: 48 bytes a line. */
export function printedDump(dump: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < dump.length; at += 48) lines.push(dump.toString('base64', at, at + 48));
  return [
    '================= CORE DUMP START =================',
    ...lines,
    '================= CORE DUMP END =================',
    '',
  ].join('\r\n');
}
