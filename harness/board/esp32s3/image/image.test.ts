import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHilError } from '../../../errors';
import { seededUniform } from '../../../units';
import {
  loadFirmware,
  readAppImage,
  readFirmwareImage,
  readFlasherArgs,
  readPartitionTable,
  type ImageFile,
} from '.';
import {
  buildImage,
  buildMerged,
  buildTable,
  describeApp,
  someApp,
  someBootloader,
  someElfSha256,
  someTable,
} from './__fixtures__/build-image';
import { readImageHeader } from './image-header';

const file = (bytes: Buffer, name = 'app.bin'): ImageFile => ({ name, bytes });
const textFile = (text: string): ImageFile => file(Buffer.from(text), 'flasher_args.json');
const hex = (digits: string): Buffer => Buffer.from(digits.replace(/\s/g, ''), 'hex');
const changed = (bytes: Buffer, at: number, xor = 0xff): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at]! ^= xor;
  return copy;
};

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (thrown) {
    if (isHilError(thrown)) return thrown.code;
    throw thrown;
  }
  return 'nothing thrown';
}

describe('readImageHeader', () => {
  // The first bytes of MicroPython's ESP32_GENERIC_S3-SPIRAM_OCT-20250809-v1.26.0.bin (device.md section 7.5).
  it('reads the header of a released bootloader', () => {
    const bytes = hex('e904022fac883c40 ee00000009000000 0063000000000001');
    expect(readImageHeader(file(bytes), 0)).toEqual({
      segments: 4,
      entry: 0x403c88ac,
      chipId: 9,
      chip: 'esp32s3',
      flash: { mode: 'dio', frequency: '80m', size: '4MB' },
      minChipRevision: 'v0.0',
      maxChipRevision: 'v0.99',
      isHashAppended: true,
    });
  });

  it('reads the header of a released application in its place', () => {
    const bytes = Buffer.concat([
      Buffer.alloc(16, 0xff),
      hex('e906022f14553740 ee00000009000000 0063000000000001'),
    ]);
    expect(readImageHeader(file(bytes), 16)).toMatchObject({ segments: 6, entry: 0x40375514 });
  });
});

describe('readAppImage', () => {
  it('reads an application with its segments and its description', () => {
    const bytes = someApp();
    const image = readAppImage(file(bytes));
    expect(image).toMatchObject({
      kind: 'app',
      chip: 'esp32s3',
      sizeBytes: bytes.length,
      sha256: bytes.toString('hex', bytes.length - 32),
      app: {
        project: 'openai_demo',
        version: 'c57e51b-dirty',
        compiled: 'Aug 14 2026 10:02:05',
        idf: 'v5.4.2',
        secureVersion: 7,
        elfSha256: someElfSha256,
      },
    });
    expect(image.parts.map(({ address, sizeBytes, region }) => [address, sizeBytes, region])).toEqual([
      [0x3c140020, 316, 'flash-data'],
      [0x3fc9f800, 12, 'dram'],
      [0x42000020, 100, 'flash-code'],
      [0x40374000, 32, 'iram'],
      [0x600fe000, 4, 'rtc-fast'],
    ]);
    expect(image.parts[0]).toMatchObject({ atByte: 32 });
  });

  it('leaves a signature sector behind the image alone', () => {
    const bytes = someApp();
    expect(readAppImage(file(Buffer.concat([bytes, Buffer.alloc(4096, 0xe7)]))).sizeBytes).toBe(bytes.length);
  });

  it('reads an image without a hash, and one that describes nothing', () => {
    const bytes = buildImage({ segments: [{ address: 0x40374000, data: Buffer.alloc(8) }], hashed: false });
    const image = readAppImage(file(bytes));
    expect(image).toMatchObject({ kind: 'other', sha256: undefined });
    expect(image).not.toHaveProperty('app');
  });

  it.each([0, 4, 8, 12, 16, 20, 24, 28])('finds the checksum behind %i bytes of data', (length) => {
    const bytes = buildImage({ segments: [{ address: 0x40374000, data: Buffer.alloc(length, 9) }] });
    expect(readAppImage(file(bytes)).sizeBytes).toBe(bytes.length);
  });

  it('takes texts that fill their fields, and empty ones as of MicroPython', () => {
    const full = describeApp({ project: 'p'.repeat(32), version: 'v'.repeat(32) });
    expect(readAppImage(file(someApp(full))).app).toMatchObject({
      project: 'p'.repeat(32),
      version: 'v'.repeat(32),
    });
    const empty = describeApp({ project: '', version: '', elfSha256: '0'.repeat(64), time: '', date: '' });
    expect(readAppImage(file(someApp(empty))).app).toMatchObject({
      project: '',
      version: '',
      compiled: '',
      elfSha256: undefined,
    });
  });

  it('says where and what when the checksum is wrong', () => {
    const bytes = buildImage({ segments: [{ address: 0x40374000, data: Buffer.alloc(4) }], hashed: false });
    expect(() => readAppImage(file(changed(bytes, 32, 0x0f)))).toThrow(
      'app.bin has checksum 0xef at byte 47; its segments come to 0xe0.',
    );
  });

  it('finds a change that the checksum misses', () => {
    const bytes = someApp();
    const swapped = changed(changed(bytes, 40, 0x11), 41, 0x11);
    expect(codeOf(() => readAppImage(file(swapped)))).toBe('HIL_IMAGE_CORRUPT');
    expect(() => readAppImage(file(swapped))).toThrow(/appended SHA-256/);
  });

  it('refuses what is no image with the byte that it saw', () => {
    expect(() => readAppImage(file(Buffer.alloc(64, 0x7f)))).toThrow(
      'app.bin is no ESP image at byte 0: it begins with 0x7f, expected 0xe9',
    );
    expect(codeOf(() => readAppImage(file(changed(someApp(), 1, 0xff))))).toBe('HIL_IMAGE_MALFORMED');
  });

  it('refuses a truncated image at every length', () => {
    const bytes = someApp();
    for (let length = 0; length < bytes.length; length += 1)
      expect(codeOf(() => readAppImage(file(bytes.subarray(0, length))))).toBe('HIL_IMAGE_MALFORMED');
  });
});

describe('readPartitionTable', () => {
  // Three rows and their MD5 as they stand in the same release at 0x8000 (device.md section 7.5).
  it('reads the table of a release, whose MD5 is right', () => {
    const published = hex('ebeb ffffffffffffffffffffffffffff 8405a9bb5ce0b84c4f2ca5de9a76b050');
    const table = buildTable(someTable, false);
    table.set(published, 96);
    expect(readPartitionTable(file(table, 'partition-table.bin'))).toEqual({
      isMd5Checked: true,
      partitions: [
        ['nvs', 'data', 'nvs', 0x9000, 0x6000],
        ['phy_init', 'data', 'phy', 0xf000, 0x1000],
        ['factory', 'app', 'factory', 0x10000, 0x1f0000],
      ].map(([label, type, subtype, offset, sizeBytes]) => ({
        label,
        type,
        subtype,
        offset,
        sizeBytes,
        isEncrypted: false,
        isReadOnly: false,
      })),
    });
  });

  it('names slots, flags and types of a team', () => {
    const { partitions } = readPartitionTable(
      file(
        buildTable([
          { label: 'ota_1', type: 0, subtype: 0x11, offset: 0x10000, size: 0x10000 },
          { label: 'a_label_of_16_ch', type: 1, subtype: 0x82, offset: 0x20000, size: 0x1000, flags: 1 },
          { label: 'own', type: 0x40, subtype: 7, offset: 0x21000, size: 0x1000, flags: 2 },
        ]),
      ),
    );
    expect(partitions).toMatchObject([
      { type: 'app', subtype: 'ota_1' },
      { label: 'a_label_of_16_ch', type: 'data', subtype: 'spiffs', isEncrypted: true },
      { type: '0x40', subtype: '0x07', isReadOnly: true },
    ]);
  });

  it('takes a table without an MD5, and says so', () => {
    expect(readPartitionTable(file(buildTable(someTable, false))).isMd5Checked).toBe(false);
  });

  it('refuses a changed row, a table that breaks off and none at all', () => {
    const table = buildTable(someTable);
    expect(codeOf(() => readPartitionTable(file(changed(table, 36))))).toBe('HIL_IMAGE_CORRUPT');
    expect(codeOf(() => readPartitionTable(file(table.subarray(0, 100))))).toBe('HIL_IMAGE_MALFORMED');
    expect(codeOf(() => readPartitionTable(file(Buffer.alloc(0xc00, 0xff))))).toBe('HIL_IMAGE_MALFORMED');
    expect(() => readPartitionTable(file(Buffer.alloc(0xc00)))).toThrow(
      /begins with 0x0000, expected 0xaa50/,
    );
  });

  it('reads as many rows as fit', () => {
    const rows = Array.from({ length: 95 }, (_, n) => ({ ...someTable[0]!, label: `p${n}` }));
    expect(readPartitionTable(file(buildTable(rows))).partitions).toHaveLength(95);
  });
});

describe('readFlasherArgs', () => {
  const written = {
    write_flash_args: ['--flash_mode', 'dio'],
    flash_settings: { flash_mode: 'dio', flash_size: '4MB', flash_freq: '80m' },
    flash_files: {
      '0x10000': 'openai_demo.bin',
      '0x0': 'bootloader/bootloader.bin',
      '0x8000': 'partition_table/partition-table.bin',
    },
    app: { offset: '0x10000', file: 'openai_demo.bin', encrypted: 'false' },
    extra_esptool_args: { after: 'hard_reset', before: 'default_reset', stub: true, chip: 'esp32s3' },
  };

  it('reads what ESP-IDF writes, in the order of the flash', () => {
    expect(readFlasherArgs(textFile(JSON.stringify(written)))).toEqual({
      files: [
        { offset: 0, path: 'bootloader/bootloader.bin' },
        { offset: 0x8000, path: 'partition_table/partition-table.bin' },
        { offset: 0x10000, path: 'openai_demo.bin' },
      ],
      app: { offset: 0x10000, path: 'openai_demo.bin' },
      chip: 'esp32s3',
      flash: { mode: 'dio', size: '4MB', frequency: '80m' },
    });
  });

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['no files', '{"flash_files":{}}'],
    ['an offset that is none', '{"flash_files":{"top":"a.bin"}}'],
    ['an offset beyond 32 bits', '{"flash_files":{"0x100000000":"a.bin"}}'],
    [
      'an application that is not flashed',
      '{"flash_files":{"0":"a.bin"},"app":{"offset":"0x1","file":"b.bin"}}',
    ],
  ])('refuses %s', (_, text) => {
    expect(codeOf(() => readFlasherArgs(textFile(text)))).toBe('HIL_IMAGE_MALFORMED');
  });
});

describe('readFirmwareImage', () => {
  const merged = (): Buffer =>
    buildMerged({ 0: someBootloader(), 0x8000: buildTable(someTable), 0x10000: someApp() });

  it('takes an application for itself', () => {
    expect(readFirmwareImage(file(someApp()))).toMatchObject({ layout: 'app', app: { atByte: 0 } });
  });

  it('finds bootloader, table and application of a merged image', () => {
    expect(readFirmwareImage(file(merged()))).toMatchObject({
      layout: 'merged',
      bootloader: { kind: 'bootloader', bootloader: { idf: 'v5.4.2', compiled: 'Aug  9 2025 15:26:26' } },
      partitions: [{ label: 'nvs' }, { label: 'phy_init' }, { label: 'factory' }],
      app: { kind: 'app', atByte: 0x10000, app: { project: 'openai_demo' } },
    });
  });

  it('finds a table that was moved, and the first slot that holds an application', () => {
    const table = buildTable([
      { label: 'ota_0', type: 0, subtype: 0x10, offset: 0x20000, size: 0x10000 },
      { label: 'ota_1', type: 0, subtype: 0x11, offset: 0x30000, size: 0x10000 },
    ]);
    const image = readFirmwareImage(
      file(buildMerged({ 0: someBootloader(), 0xf000: table, 0x30000: someApp() })),
    );
    expect(image.app.atByte).toBe(0x30000);
  });

  it('refuses a bootloader alone, a merged image without an application and one of another chip', () => {
    expect(() => readFirmwareImage(file(someBootloader()))).toThrow(/is a bootloader alone/);
    expect(() =>
      readFirmwareImage(file(buildMerged({ 0: someBootloader(), 0x8000: buildTable(someTable) }))),
    ).toThrow('app.bin holds no application; looked in factory at 0x10000.');
    const other = buildImage({ segments: [{ address: 0, data: describeApp() }], chipId: 5 });
    expect(() => readFirmwareImage(file(other))).toThrow(
      'app.bin is an image for esp32c3; expected one for esp32s3.',
    );
  });

  it('refuses an application that is larger than its partition', () => {
    const table = buildTable([{ label: 'factory', type: 0, subtype: 0, offset: 0x10000, size: 0x100 }]);
    expect(() =>
      readFirmwareImage(file(buildMerged({ 0: someBootloader(), 0x8000: table, 0x10000: someApp() }))),
    ).toThrow(/in partition factory, which has 256/);
  });

  it('says of any spoiled bytes what is wrong with them, or reads them', () => {
    const random = seededUniform(20261121);
    const whole = merged();
    // Where the bytes mean something; the rest is erased flash.
    const span = (from: number, length: number) => Array.from({ length }, (_, n) => from + n);
    const used = [...span(0, 400), ...span(0x8000, 128), ...span(0x10000, 900)];
    const codes = new Map<string, number>();
    for (let round = 0; round < 3000; round += 1) {
      const bytes = Buffer.from(round % 2 === 0 ? someApp() : whole);
      for (let count = 1 + Math.floor(random() * 4); count > 0; count -= 1) {
        const at = used[Math.floor(random() * used.length)]!;
        if (at < bytes.length) bytes[at] = random() < 0.3 ? 0xff : Math.floor(random() * 256);
      }
      const cut = random() < 0.3 ? Math.floor(random() * bytes.length) : bytes.length;
      const code = codeOf(() => readFirmwareImage(file(bytes.subarray(0, cut))));
      codes.set(code, (codes.get(code) ?? 0) + 1);
    }
    // A change of the chip's number is caught by the hash first, unless the hash is switched off too.
    codes.delete('HIL_IMAGE_OTHER_CHIP');
    expect([...codes.keys()].sort()).toEqual(['HIL_IMAGE_CORRUPT', 'HIL_IMAGE_MALFORMED', 'nothing thrown']);
  });
});

describe('loadFirmware', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'earshot-image-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it('follows flasher_args.json to the application', () => {
    mkdirSync(join(folder, 'build'));
    writeFileSync(join(folder, 'build/demo.bin'), someApp());
    const args = { flash_files: { '0x10000': 'demo.bin' }, app: { offset: '0x10000', file: 'demo.bin' } };
    writeFileSync(join(folder, 'build/flasher_args.json'), JSON.stringify(args));
    expect(loadFirmware(join(folder, 'build/flasher_args.json')).app.app?.project).toBe('openai_demo');
  });

  it('names a file that is missing, a folder, and what flasher_args.json leaves open', () => {
    expect(codeOf(() => loadFirmware(join(folder, 'none.bin')))).toBe('HIL_CONFIG_FILE_MISSING');
    expect(codeOf(() => loadFirmware(folder))).toBe('HIL_CONFIG_FILE_MISSING');
    writeFileSync(join(folder, 'a.json'), '{"flash_files":{"0":"a.bin"}}');
    expect(() => loadFirmware(join(folder, 'a.json'))).toThrow(/does not say which of its files/);
  });
});

const esptool = ['esptool', 'esptool.py'].find((name) => spawnSync(name, ['version']).error === undefined);

(esptool === undefined ? describe.skip : describe)('esptool (skipped unless it is installed)', () => {
  it('finds our images as good as the reader does', () => {
    const folder = mkdtempSync(join(tmpdir(), 'earshot-esptool-'));
    try {
      for (const bytes of [someApp(), someBootloader()]) {
        const path = join(folder, 'image.bin');
        writeFileSync(path, bytes);
        const told = execFileSync(esptool!, ['--chip', 'esp32s3', 'image_info', path], { encoding: 'utf8' });
        expect(told).toMatch(/checksum: \S+ \(valid\)/i);
        expect(told).toMatch(
          new RegExp(`validation hash: ${readAppImage(file(bytes)).sha256!} \\(valid\\)`, 'i'),
        );
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
