/**
 * Builds ESP32-S3 images byte by byte from the published layout (ESP-IDF's esp_app_format.h and esp_image_format, esptool's
 * firmware-image-format page), sharing nothing with the reader that it tests.
 */
import { createHash } from 'node:crypto';

export interface SegmentSpec {
  readonly address: number;
  readonly data: Uint8Array;
}

export interface ImageSpec {
  readonly segments: readonly SegmentSpec[];
  readonly entry?: number;
  readonly chipId?: number;
  readonly hashed?: boolean;
}

const little = (value: number, bytes: number): number[] =>
  Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);

export function buildImage({ segments, entry = 0x403c88ac, chipId = 9, hashed = true }: ImageSpec): Buffer {
  const out: number[] = [0xe9, segments.length, 2, 0x2f, ...little(entry, 4), 0xee, 0, 0, 0];
  out.push(...little(chipId, 2), 0, 0, 0, 0x63, 0, 0, 0, 0, 0, hashed ? 1 : 0);
  let sum = 0xef;
  for (const { address, data } of segments) {
    out.push(...little(address, 4), ...little(data.length, 4));
    for (const byte of data) {
      out.push(byte);
      sum ^= byte;
    }
  }
  while (out.length % 16 !== 15) out.push(0);
  out.push(sum);
  const image = Buffer.from(out);
  return hashed ? Buffer.concat([image, createHash('sha256').update(image).digest()]) : image;
}

const text = (value: string, bytes: number): Buffer => {
  const field = Buffer.alloc(bytes);
  field.write(value, 'utf8');
  return field;
};

export interface DescriptionSpec {
  readonly version?: string;
  readonly project?: string;
  readonly time?: string;
  readonly date?: string;
  readonly idf?: string;
  /** 64 hex digits. */
  readonly elfSha256?: string;
}

export const someElfSha256 = '0810d7fd3'.padEnd(64, '5c');

/** 256 bytes of `esp_app_desc_t`. */
export function describeApp(spec: DescriptionSpec = {}): Buffer {
  const {
    version = 'c57e51b-dirty',
    project = 'openai_demo',
    time = '10:02:05',
    date = 'Aug 14 2026',
  } = spec;
  const description = Buffer.concat([
    Buffer.from([0x32, 0x54, 0xcd, 0xab, ...little(7, 4)]),
    Buffer.alloc(8),
    text(version, 32),
    text(project, 32),
    text(time, 16),
    text(date, 16),
    text(spec.idf ?? 'v5.4.2', 32),
    Buffer.from(spec.elfSha256 ?? someElfSha256, 'hex'),
    Buffer.from([...little(0, 2), ...little(199, 2), 16]),
  ]);
  return Buffer.concat([description, Buffer.alloc(256 - description.length)]);
}

/** A small application: description and constants in flash, code in IRAM and flash. */
export const someApp = (description: Uint8Array = describeApp()): Buffer =>
  buildImage({
    entry: 0x40375514,
    segments: [
      { address: 0x3c140020, data: Buffer.concat([description, Buffer.alloc(60, 0x41)]) },
      { address: 0x3fc9f800, data: Buffer.alloc(12, 0x42) },
      { address: 0x42000020, data: Buffer.alloc(100, 0x43) },
      { address: 0x40374000, data: Buffer.alloc(32, 0x44) },
      { address: 0x600fe000, data: Buffer.alloc(4, 0x45) },
    ],
  });

/** 80 bytes of `esp_bootloader_desc_t` before a bit of code. */
export const someBootloader = (): Buffer =>
  buildImage({
    segments: [
      {
        address: 0x3fce2820,
        data: Buffer.concat([
          Buffer.from([0x50, 0, 0, 0, ...little(1, 4)]),
          text('v5.4.2', 32),
          text('Aug  9 2025 15:26:26', 24),
          Buffer.alloc(16),
        ]),
      },
      { address: 0x403c8700, data: Buffer.alloc(4, 1) },
    ],
  });

export interface PartitionSpec {
  readonly label: string;
  readonly type: number;
  readonly subtype: number;
  readonly offset: number;
  readonly size: number;
  readonly flags?: number;
}

/** A table with its MD5 row, filled with 0xff to 0xc00 bytes. */
export function buildTable(rows: readonly PartitionSpec[], withMd5 = true): Buffer {
  const entries = Buffer.concat(
    rows.map(({ label, type, subtype, offset, size, flags = 0 }) =>
      Buffer.concat([
        Buffer.from([0xaa, 0x50, type, subtype, ...little(offset, 4), ...little(size, 4)]),
        text(label, 16),
        Buffer.from(little(flags, 4)),
      ]),
    ),
  );
  const md5 = Buffer.concat([
    Buffer.from([0xeb, 0xeb]),
    Buffer.alloc(14, 0xff),
    createHash('md5').update(entries).digest(),
  ]);
  const table = Buffer.concat(withMd5 ? [entries, md5] : [entries]);
  return Buffer.concat([table, Buffer.alloc(0xc00 - table.length, 0xff)]);
}

export const someTable: readonly PartitionSpec[] = [
  { label: 'nvs', type: 1, subtype: 2, offset: 0x9000, size: 0x6000 },
  { label: 'phy_init', type: 1, subtype: 1, offset: 0xf000, size: 0x1000 },
  { label: 'factory', type: 0, subtype: 0, offset: 0x10000, size: 0x1f0000 },
];

/** Parts laid into erased flash from offset 0, as `esptool merge-bin` does. */
export function buildMerged(parts: Readonly<Record<number, Uint8Array>>): Buffer {
  const places = Object.entries(parts).map(([offset, bytes]) => ({ offset: Number(offset), bytes }));
  const merged = Buffer.alloc(Math.max(...places.map(({ offset, bytes }) => offset + bytes.length)), 0xff);
  for (const { offset, bytes } of places) merged.set(bytes, offset);
  return merged;
}
