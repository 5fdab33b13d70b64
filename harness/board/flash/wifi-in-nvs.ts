import { nvsError } from './flash-errors';
import {
  ENTRY_BYTES,
  indexOf,
  isNamespace,
  namespaceItem,
  PAGE_BYTES,
  PAGE_ENTRIES,
  readNvsPage,
  stringItem,
  writeNvsPage,
  type NvsItem,
} from './nvs-page';

/** A network for the board to join. Neither is ever printed but the name. */
export interface WifiCredentials {
  readonly ssid: string;
  readonly password: string;
}

/** Where openai_demo looks for it, before what was compiled in (device.md section 7.6). */
const NAMESPACE = 'wifi-set';
const SSID_KEY = 'ssid';
const PASSWORD_KEY = 'psw';
const LAST_INDEX = 254;

/**
 * The NVS partition with a network in it, and with everything else that it held before.
 * @param partition - What the chip holds now, all of it.
 * @throws BoardError `HIL_FLASH_NVS` when a page cannot be read (encrypted, or no NVS), or there is no room.
 */
export function nvsWithWifi(partition: Buffer, wifi: WifiCredentials): Buffer {
  const kept = latestItems(partition);
  const namespace = kept.find((item) => isNamespace(item, NAMESPACE));
  const index = namespace === undefined ? freeIndex(kept) : indexOf(namespace);
  const others = kept.filter(
    (item) => item.namespace !== index || ![SSID_KEY, PASSWORD_KEY].includes(item.key),
  );
  return written(partition.length, [
    ...others,
    ...(namespace === undefined ? [namespaceItem(NAMESPACE, index)] : []),
    stringItem(index, SSID_KEY, wifi.ssid),
    stringItem(index, PASSWORD_KEY, wifi.password),
  ]);
}

/** What the pages hold, the older first; of an entry that was written again, only the last. */
function latestItems(partition: Buffer): readonly NvsItem[] {
  const pages: { readonly sequence: number; readonly items: readonly NvsItem[] }[] = [];
  for (let at = 0; at + PAGE_BYTES <= partition.length; at += PAGE_BYTES) {
    const page = readNvsPage(partition.subarray(at, at + PAGE_BYTES));
    if (page.state === 'unreadable')
      throw nvsError(
        `has a page ${at / PAGE_BYTES} that cannot be read: it is encrypted, or something else lies there`,
      );
    if (page.state === 'used') pages.push(page);
  }
  const latest = new Map<string, NvsItem>();
  for (const { items } of pages.sort((one, other) => one.sequence - other.sequence))
    for (const item of items) {
      const name = `${item.namespace} ${item.type} ${item.chunk} ${item.key}`;
      latest.delete(name);
      latest.set(name, item);
    }
  return [...latest.values()];
}

function freeIndex(items: readonly NvsItem[]): number {
  const taken = new Set(items.filter(({ namespace }) => namespace === 0).map(indexOf));
  for (let index = 1; index <= LAST_INDEX; index += 1) if (!taken.has(index)) return index;
  throw nvsError(`has ${taken.size} namespaces and no room for another`);
}

function written(sizeBytes: number, items: readonly NvsItem[]): Buffer {
  const pages: NvsItem[][] = [[]];
  let rows = 0;
  for (const item of items) {
    const span = item.rows.length / ENTRY_BYTES;
    // Nothing goes over the end of a page.
    if (rows + span > PAGE_ENTRIES) {
      pages.push([]);
      rows = 0;
    }
    pages.at(-1)?.push(item);
    rows += span;
  }
  const room = sizeBytes / PAGE_BYTES;
  // One page has to stay empty, or NVS cannot clean up.
  if (pages.length > room - 1)
    throw nvsError(`needs ${pages.length + 1} pages of ${PAGE_BYTES} bytes; its partition has ${room}`);
  const partition = Buffer.alloc(sizeBytes, 0xff);
  pages.forEach((page, index) =>
    writeNvsPage(index, page, index < pages.length - 1).copy(partition, index * PAGE_BYTES),
  );
  return partition;
}
