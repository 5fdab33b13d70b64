import { createHash } from 'node:crypto';
import type { FlashMemory } from './flash-memory';

/** A row of the partition table; offset and size in bytes. */
export interface PartitionRow {
  readonly label: string;
  readonly type: number;
  readonly subtype: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

// device.md 7.3.
export const TABLE_OFFSET = 0x8000;
const TABLE_BYTES = 0xc00;
const ROW_BYTES = 32;
const ROW_MAGIC = 0x50aa;
const MD5_MAGIC = 0xebeb;
export const APP = 0;
const DATA = 1;
const FIRST_OTA = 0x10;
export const NVS = 2;

/** The rows of the table, or undefined where the bootloader says that it failed to verify it. */
export function readPartitionRows(flash: FlashMemory): readonly PartitionRow[] | undefined {
  const table = flash.read(TABLE_OFFSET, TABLE_BYTES);
  const rows: PartitionRow[] = [];
  for (let at = 0; at < TABLE_BYTES; at += ROW_BYTES) {
    const magic = table.readUInt16LE(at);
    if (magic === ROW_MAGIC) rows.push(readRow(table.subarray(at, at + ROW_BYTES)));
    else if (magic === MD5_MAGIC) {
      const digest = createHash('md5').update(table.subarray(0, at)).digest();
      return digest.equals(table.subarray(at + 16, at + ROW_BYTES)) ? rows : undefined;
    } else return magic === 0xffff && rows.length > 0 ? rows : undefined;
  }
  return undefined;
}

function readRow(row: Buffer): PartitionRow {
  const end = row.indexOf(0, 12);
  return {
    type: row.readUInt8(2),
    subtype: row.readUInt8(3),
    offset: row.readUInt32LE(4),
    sizeBytes: row.readUInt32LE(8),
    label: row.toString('latin1', 12, end === -1 ? 28 : Math.min(end, 28)),
  };
}

/** True for the partition that holds what the firmware remembers. */
export const isNvs = ({ type, subtype }: PartitionRow): boolean => type === DATA && subtype === NVS;

/** What runs: `factory`, else the first slot of updates. Which slot was chosen last (otadata) is not looked at. */
export const bootedRow = (rows: readonly PartitionRow[]): PartitionRow | undefined =>
  rows.find(({ type, subtype }) => type === APP && subtype === 0) ??
  rows.find(({ type, subtype }) => type === APP && subtype === FIRST_OTA);

const dataUsages: Readonly<Record<number, string>> = {
  0: 'OTA data',
  1: 'RF data',
  2: 'WiFi data',
  4: 'NVS keys',
  5: 'efuse',
};

/** The word for a row in the bootloader's list. */
export function usageOf({ type, subtype }: PartitionRow): string {
  if (type === APP)
    return subtype === 0
      ? 'factory app'
      : subtype === 0x20
        ? 'test app'
        : subtype >= FIRST_OTA
          ? 'OTA app'
          : 'Unknown app';
  return type === DATA ? (dataUsages[subtype] ?? 'Unknown data') : 'unknown';
}
