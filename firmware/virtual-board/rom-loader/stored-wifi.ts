import { crc32 } from 'node:zlib';
import type { FlashMemory } from './flash-memory';
import { isNvs, readPartitionRows } from './partition-rows';

// device.md 7.6.
const PAGE_BYTES = 4096;
const BITMAP_AT = 32;
const ENTRIES_AT = 64;
const ENTRY_BYTES = 32;
const ENTRIES = 126;
const WRITTEN = 0b10;
const NAMESPACE_TYPE = 0x01;
const STRING = 0x21;
const USED_PAGE = new Set([0xfffffffe, 0xfffffffc]);
/** Where openai_demo keeps the network that it joins. */
const NAMESPACE = 'wifi-set';

/** A network that the firmware finds in its NVS. */
export interface StoredWifi {
  readonly ssid: string;
  readonly password: string;
}

/** What the firmware's `nvs_get_str` gives for the network; undefined where a key is not there or its checksums are wrong. */
export function readStoredWifi(flash: FlashMemory): StoredWifi | undefined {
  const nvs = readPartitionRows(flash)?.find(isNvs);
  if (nvs === undefined) return undefined;
  const entries: Buffer[] = [];
  for (let at = nvs.offset; at < nvs.offset + nvs.sizeBytes; at += PAGE_BYTES)
    entries.push(...entriesOf(flash.read(at, PAGE_BYTES)));
  const keyOf = (entry: Buffer): string => entry.toString('latin1', 8, 24).replace(/\0.*$/s, '');
  const isNamespace = (entry: Buffer): boolean =>
    entry[0] === 0 && entry[1] === NAMESPACE_TYPE && keyOf(entry) === NAMESPACE;
  const index = entries.find(isNamespace)?.[24];
  const stringOf = (key: string): string | undefined => {
    const found = entries.findLast(
      (entry) => entry[0] === index && entry[1] === STRING && keyOf(entry) === key,
    );
    if (found === undefined) return undefined;
    const text = found.subarray(ENTRY_BYTES, ENTRY_BYTES + found.readUInt16LE(24));
    return crc32(text, 0xffffffff) === found.readUInt32LE(28)
      ? text.toString('utf8', 0, text.length - 1)
      : undefined;
  };
  const [ssid, password] = [stringOf('ssid'), stringOf('psw')];
  return ssid === undefined || password === undefined ? undefined : { ssid, password };
}

/** The entries of a page with the rows of their data; those that were erased or whose checksum is wrong are left out. */
function entriesOf(page: Buffer): Buffer[] {
  const headCrc = crc32(page.subarray(4, 28), 0xffffffff);
  if (!USED_PAGE.has(page.readUInt32LE(0)) || headCrc !== page.readUInt32LE(28)) return [];
  const stateOf = (index: number): number =>
    (page.readUInt8(BITMAP_AT + (index >> 2)) >> ((index & 3) * 2)) & 3;
  const entries: Buffer[] = [];
  for (let index = 0; index < ENTRIES;) {
    const at = ENTRIES_AT + index * ENTRY_BYTES;
    const span = page.readUInt8(at + 2);
    const entry = page.subarray(at, at + span * ENTRY_BYTES);
    if (stateOf(index) !== WRITTEN || span === 0 || span > ENTRIES - index) {
      index += 1;
      continue;
    }
    const crc = crc32(Buffer.concat([entry.subarray(0, 4), entry.subarray(8, ENTRY_BYTES)]), 0xffffffff);
    if (crc === entry.readUInt32LE(4)) entries.push(entry);
    index += span;
  }
  return entries;
}
