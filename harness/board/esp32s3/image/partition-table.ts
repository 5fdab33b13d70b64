import { createHash } from 'node:crypto';
import { hex8, hexOffset } from '../hex';
import { corrupt, fixedText, malformed, type ImageFile } from './image-file';

/** A row of a partition table; offsets and sizes in bytes of the flash. */
export interface Partition {
  readonly label: string;
  /** `app`, `data`, `bootloader`, `partition_table`, or the number in hex. */
  readonly type: string;
  /** `factory`, `ota_0`, `nvs`, …, or the number in hex. */
  readonly subtype: string;
  readonly offset: number;
  readonly sizeBytes: number;
  readonly isEncrypted: boolean;
  readonly isReadOnly: boolean;
}

export interface PartitionTable {
  readonly partitions: readonly Partition[];
  /** The table carried the MD5 of its rows, which was right; false when the build leaves it out. */
  readonly isMd5Checked: boolean;
}

/** Where ESP-IDF puts the table unless CONFIG_PARTITION_TABLE_OFFSET says otherwise. */
export const DEFAULT_TABLE_OFFSET = 0x8000;

// device.md section 7.3, from ESP-IDF v5.4's gen_esp32part.py and esp_flash_partitions.h.
const ROW_BYTES = 32;
const MAX_TABLE_BYTES = 0xc00;
const ROW_MAGIC = 0x50aa;
const MD5_MAGIC = 0xebeb;
const END_MAGIC = 0xffff;
const MD5_AT = 16;

const typeNames: Readonly<Record<number, string>> = {
  0: 'app',
  1: 'data',
  2: 'bootloader',
  3: 'partition_table',
};
const dataNames: Readonly<Record<number, string>> = {
  0: 'ota',
  1: 'phy',
  2: 'nvs',
  3: 'coredump',
  4: 'nvs_keys',
  5: 'efuse',
  6: 'undefined',
  0x80: 'esphttpd',
  0x81: 'fat',
  0x82: 'spiffs',
  0x83: 'littlefs',
};
const FIRST_OTA = 0x10;
const LAST_OTA = 0x1f;
const TEST = 0x20;

function subtypeName(type: number, subtype: number): string {
  if (type === 0 && subtype === 0) return 'factory';
  if (type === 0 && subtype >= FIRST_OTA && subtype <= LAST_OTA) return `ota_${subtype - FIRST_OTA}`;
  if (type === 0 && subtype === TEST) return 'test';
  return (type === 1 ? dataNames[subtype] : undefined) ?? hex8(subtype);
}

/**
 * The partition table that begins at a byte of a file (0 in `partition-table.bin`, 0x8000 in most flash images).
 * @throws ConfigError `HIL_IMAGE_MALFORMED` when there is no table or it has no end; `HIL_IMAGE_CORRUPT` when its MD5 is
 *   wrong.
 */
export function readPartitionTable({ name, bytes }: ImageFile, atByte = 0): PartitionTable {
  const partitions: Partition[] = [];
  const limit = Math.min(bytes.length, atByte + MAX_TABLE_BYTES);
  for (let at = atByte; at + ROW_BYTES <= limit; at += ROW_BYTES) {
    const row = bytes.subarray(at, at + ROW_BYTES);
    const magic = row.readUInt16LE(0);
    if (magic === MD5_MAGIC) {
      checkMd5(name, bytes.subarray(atByte, at), row);
      return { partitions: filled(name, atByte, partitions), isMd5Checked: true };
    }
    if (magic === END_MAGIC) return { partitions: filled(name, atByte, partitions), isMd5Checked: false };
    if (magic !== ROW_MAGIC)
      throw malformed(
        name,
        `has no partition table at byte ${hexOffset(atByte)}: row ${partitions.length} begins with 0x${row.toString('hex', 0, 2)}, expected 0xaa50`,
        { atByte: at, row: partitions.length },
      );
    partitions.push(readRow(row));
  }
  throw malformed(
    name,
    `breaks off in its partition table at byte ${hexOffset(atByte)} after ${partitions.length} rows; expected an MD5 row or a row of 0xff`,
    { atByte, rows: partitions.length },
  );
}

function filled(name: string, atByte: number, partitions: readonly Partition[]): readonly Partition[] {
  if (partitions.length > 0) return partitions;
  throw malformed(name, `has an empty partition table at byte ${hexOffset(atByte)}`, { atByte });
}

function readRow(row: Buffer): Partition {
  const [type, subtype] = [row.readUInt8(2), row.readUInt8(3)];
  const flags = row.readUInt32LE(28);
  return {
    label: fixedText(row, 12, 16),
    type: typeNames[type] ?? hex8(type),
    subtype: subtypeName(type, subtype),
    offset: row.readUInt32LE(4),
    sizeBytes: row.readUInt32LE(8),
    isEncrypted: (flags & 1) !== 0,
    isReadOnly: (flags & 2) !== 0,
  };
}

function checkMd5(name: string, rows: Buffer, md5Row: Buffer): void {
  const stored = md5Row.toString('hex', MD5_AT);
  const computed = createHash('md5').update(rows).digest('hex');
  if (stored === computed) return;
  throw corrupt(name, `has a partition table with MD5 ${stored}; its rows come to ${computed}`, {
    stored,
    computed,
  });
}
