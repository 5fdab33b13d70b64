import { crc32 } from 'node:zlib';

/**
 * Pages and entries of ESP-IDF's non-volatile storage, version 2 (device.md section 7.6; ESP-IDF's nvs_page and nvs_item). All
 * checksums are zlib's, begun with 0xffffffff.
 */
export const PAGE_BYTES = 4096;
const BITMAP_AT = 32;
const ENTRIES_AT = 64;
export const ENTRY_BYTES = 32;
export const PAGE_ENTRIES = 126;
const WRITTEN = 0b10;
const ACTIVE = 0xfffffffe;
const FULL = 0xfffffffc;
const EMPTY = 0xffffffff;
const VERSION = 0xfe;
const ERASED = 0xff;
const KEY_AT = 8;
const DATA_AT = 24;
const NAMESPACE_ENTRY = 0x01;
const STRING = 0x21;
const NO_CHUNK = 0xff;

export const nvsCrc = (bytes: Uint8Array): number => crc32(bytes, 0xffffffff);

/** An entry with the rows of its data, as it lies in a page; nothing in it depends on where that is. */
export interface NvsItem {
  /** 0 for the definition of a namespace. */
  readonly namespace: number;
  readonly type: number;
  readonly chunk: number;
  readonly key: string;
  readonly rows: Buffer;
}

/** Whether a page could be read: an encrypted or a foreign one cannot. */
export type NvsPage =
  | { readonly state: 'empty' }
  | { readonly state: 'used'; readonly sequence: number; readonly items: readonly NvsItem[] }
  | { readonly state: 'unreadable' };

/** The entries of a page that were not erased; one whose checksum is wrong is left out, as NVS itself does. */
export function readNvsPage(page: Buffer): NvsPage {
  const state = page.readUInt32LE(0);
  if (state === EMPTY) return { state: page.every((byte) => byte === ERASED) ? 'empty' : 'unreadable' };
  if (page.readUInt8(8) !== VERSION || nvsCrc(page.subarray(4, 28)) !== page.readUInt32LE(28))
    return { state: 'unreadable' };
  const items: NvsItem[] = [];
  let index = 0;
  while (index < PAGE_ENTRIES) {
    const at = ENTRIES_AT + index * ENTRY_BYTES;
    const span = page.readUInt8(at + 2);
    const isWritten = ((page.readUInt8(BITMAP_AT + (index >> 2)) >> ((index % 4) * 2)) & 0b11) === WRITTEN;
    if (!isWritten || span === 0 || index + span > PAGE_ENTRIES) {
      index += 1;
      continue;
    }
    const rows = page.subarray(at, at + span * ENTRY_BYTES);
    if (entryCrc(rows) === rows.readUInt32LE(4)) items.push(itemOf(Buffer.from(rows)));
    index += span;
  }
  return { state: 'used', sequence: page.readUInt32LE(4), items };
}

function itemOf(rows: Buffer): NvsItem {
  const key = rows.subarray(KEY_AT, DATA_AT);
  const end = key.indexOf(0);
  return {
    namespace: rows.readUInt8(0),
    type: rows.readUInt8(1),
    chunk: rows.readUInt8(3),
    key: key.toString('latin1', 0, end === -1 ? key.length : end),
    rows,
  };
}

const entryCrc = (rows: Buffer): number =>
  nvsCrc(Buffer.concat([rows.subarray(0, 4), rows.subarray(KEY_AT, ENTRY_BYTES)]));

/** @returns A page of these items, at most `PAGE_ENTRIES` rows; `isFull` when another page follows. */
export function writeNvsPage(sequence: number, items: readonly NvsItem[], isFull: boolean): Buffer {
  const page = Buffer.alloc(PAGE_BYTES, ERASED);
  page.writeUInt32LE(isFull ? FULL : ACTIVE, 0);
  page.writeUInt32LE(sequence, 4);
  page.writeUInt8(VERSION, 8);
  page.writeUInt32LE(nvsCrc(page.subarray(4, 28)), 28);
  let index = 0;
  for (const { rows } of items) {
    rows.copy(page, ENTRIES_AT + index * ENTRY_BYTES);
    for (let row = 0; row < rows.length / ENTRY_BYTES; row += 1, index += 1) {
      const at = BITMAP_AT + (index >> 2);
      // From erased, 0b11, to written, 0b10.
      page.writeUInt8(page.readUInt8(at) & ~(1 << ((index % 4) * 2)), at);
    }
  }
  return page;
}

/** The definition of a namespace: `index` is what its entries carry. */
export const namespaceItem = (name: string, index: number): NvsItem =>
  builtItem(
    0,
    NAMESPACE_ENTRY,
    name,
    Buffer.from([index, ...Array<number>(7).fill(ERASED)]),
    Buffer.alloc(0),
  );

/** A string entry. */
export function stringItem(namespace: number, key: string, value: string): NvsItem {
  const text = Buffer.from(`${value}\0`);
  const data = Buffer.alloc(8, ERASED);
  data.writeUInt16LE(text.length, 0);
  data.writeUInt32LE(nvsCrc(text), 4);
  const padded = Buffer.alloc(Math.ceil(text.length / ENTRY_BYTES) * ENTRY_BYTES, ERASED);
  text.copy(padded);
  return builtItem(namespace, STRING, key, data, padded);
}

function builtItem(namespace: number, type: number, key: string, data: Buffer, payload: Buffer): NvsItem {
  const head = Buffer.alloc(ENTRY_BYTES);
  head.set([namespace, type, 1 + payload.length / ENTRY_BYTES, NO_CHUNK]);
  head.write(key, KEY_AT, 15, 'latin1');
  data.copy(head, DATA_AT);
  head.writeUInt32LE(entryCrc(head), 4);
  return { namespace, type, chunk: NO_CHUNK, key, rows: Buffer.concat([head, payload]) };
}

export const isNamespace = (item: NvsItem, name: string): boolean =>
  item.namespace === 0 && item.type === NAMESPACE_ENTRY && item.key === name;
/** The index that a namespace's definition gives it. */
export const indexOf = (definition: NvsItem): number => definition.rows.readUInt8(DATA_AT);
