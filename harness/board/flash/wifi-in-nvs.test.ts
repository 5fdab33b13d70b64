import { namespaceItem, PAGE_BYTES, readNvsPage, stringItem, writeNvsPage, type NvsItem } from './nvs-page';
import { nvsWithWifi } from './wifi-in-nvs';

const hex = (digits: string): Buffer => Buffer.from(digits.replace(/\s/g, ''), 'hex');
const wifi = { ssid: 'LabNet', password: 'hunter2hunter2' };
const erased = (pages: number): Buffer => Buffer.alloc(pages * PAGE_BYTES, 0xff);
const ff = (count: number): string => 'ff'.repeat(count);
const text = (value: string, bytes: number): string => Buffer.from(value.padEnd(bytes, '\0')).toString('hex');

const itemsOf = (page: Buffer): readonly NvsItem[] => {
  const read = readNvsPage(page);
  return read.state === 'used' ? read.items : [];
};
/** Names and values of strings, in order. */
const strings = (partition: Buffer): readonly string[] => {
  const items: NvsItem[] = [];
  for (let at = 0; at < partition.length; at += PAGE_BYTES)
    items.push(...itemsOf(partition.subarray(at, at + PAGE_BYTES)));
  return items
    .filter(({ type }) => type === 0x21)
    .map(
      ({ namespace, key, rows }) =>
        `${namespace} ${key} ${rows.toString('utf8', 32, 31 + rows.readUInt16LE(24))}`,
    );
};
const codeOf = (act: () => unknown): unknown => {
  try {
    act();
    return 'nothing thrown';
  } catch (thrown) {
    return (thrown as { code?: unknown }).code;
  }
};

describe('nvsWithWifi', () => {
  // The page that ESP-IDF's own generator made of the same network (device.md section 7.6).
  it('writes the bytes of nvs_partition_gen.py, its page left open for more', () => {
    const page = nvsWithWifi(erased(5), wifi).subarray(0, PAGE_BYTES);
    const expected = [
      `feffffff 00000000 fe ${ff(19)} 842dbab9`,
      `aafe ${ff(30)}`,
      `000101ff 6b208944 ${text('wifi-set', 16)} 01 ${ff(7)}`,
      `012102ff 60bbbb28 ${text('ssid', 16)} 0700ffff 17828a22`,
      `${text('LabNet', 7)} ${ff(25)}`,
      `012102ff 729fad57 ${text('psw', 16)} 0f00ffff 84c3 2a29`,
      `${text('hunter2hunter2', 15)} ${ff(17)}`,
    ];
    expect(page.subarray(0, 64 + 5 * 32).toString('hex')).toBe(hex(expected.join('')).toString('hex'));
    expect(page.subarray(64 + 5 * 32).every((byte) => byte === 0xff)).toBe(true);
  });

  it('keeps what else is there, and replaces a network that was there before', () => {
    const before = nvsWithWifi(
      Buffer.concat([
        writeNvsPage(0, [namespaceItem('phy', 1), stringItem(1, 'cal', 'kept')], false),
        erased(3),
      ]),
      { ssid: 'old', password: 'old' },
    );
    expect(strings(nvsWithWifi(before, wifi))).toEqual([
      '1 cal kept',
      '2 ssid LabNet',
      '2 psw hunter2hunter2',
    ]);
  });

  it('takes the later of two entries of one name, and none that is broken', () => {
    const old = writeNvsPage(
      0,
      [namespaceItem('app', 1), stringItem(1, 'a', 'old'), stringItem(1, 'b', 'broken')],
      true,
    );
    old[64 + 3 * 32 + 10]! ^= 1;
    const later = writeNvsPage(1, [stringItem(1, 'a', 'new')], false);
    const merged = nvsWithWifi(Buffer.concat([later, old, erased(2)]), wifi);
    expect(strings(merged)).toEqual(['1 a new', '2 ssid LabNet', '2 psw hunter2hunter2']);
  });

  it('goes over to another page rather than over the end of one, and leaves one free', () => {
    const many = Array.from({ length: 60 }, (_, index) => stringItem(1, `key${index}`, 'x'));
    const full = Buffer.concat([writeNvsPage(0, [namespaceItem('app', 1), ...many], false), erased(2)]);
    // Namespace, name and password need 6 of the 5 rows that are left.
    const long = { ssid: 'a', password: 'p'.repeat(63) };
    const merged = nvsWithWifi(full, long);
    expect(strings(merged)).toHaveLength(62);
    expect(readNvsPage(merged.subarray(2 * PAGE_BYTES))).toEqual({ state: 'empty' });
    expect(codeOf(() => nvsWithWifi(full.subarray(0, 2 * PAGE_BYTES), long))).toBe('HIL_FLASH_NVS');
  });

  it('does not touch a page that it cannot read', () => {
    expect(codeOf(() => nvsWithWifi(Buffer.alloc(PAGE_BYTES, 0x5a), wifi))).toBe('HIL_FLASH_NVS');
  });
});
