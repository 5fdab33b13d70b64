import { hex8 } from '../hex';
import { malformed, type ImageFile } from './image-file';

/** Header and extended header of an image, 24 bytes. */
export interface ImageHeader {
  readonly segments: number;
  /** Where the chip begins to run. */
  readonly entry: number;
  /** Number of `esp_chip_id_t`; 9 is the ESP32-S3. */
  readonly chipId: number;
  /** `esp32s3`, or `chip 0x..` for one that is not known here. */
  readonly chip: string;
  /** How the flash is read; `unknown (n)` for values that are not known here. */
  readonly flash: { readonly mode: string; readonly frequency: string; readonly size: string };
  /** `v0.0`: revisions of the chip that the image runs on, both inclusive. */
  readonly minChipRevision: string;
  readonly maxChipRevision: string;
  readonly isHashAppended: boolean;
}

export const HEADER_BYTES = 24;
/** `ESP_IMAGE_MAX_SEGMENTS` of the bootloader. */
const MAX_SEGMENTS = 16;
const MAGIC = 0xe9;

// device.md section 7.1.
const flashModes: readonly string[] = ['qio', 'qout', 'dio', 'dout', 'fast_read', 'slow_read'];
const flashFrequencies: Readonly<Record<number, string>> = { 0xf: '80m', 0: '40m', 1: '26m', 2: '20m' };
const flashSizes: readonly string[] = ['1MB', '2MB', '4MB', '8MB', '16MB', '32MB', '64MB', '128MB'];
const chips: Readonly<Record<number, string>> = {
  0: 'esp32',
  2: 'esp32s2',
  5: 'esp32c3',
  9: 'esp32s3',
  0xc: 'esp32c2',
  0xd: 'esp32c6',
  0x10: 'esp32h2',
  0x12: 'esp32p4',
};

/** `v1.3` of 103: hundreds are the major revision. */
const revision = (full: number): string => `v${Math.floor(full / 100)}.${full % 100}`;
const named = (names: Readonly<Record<number, string>>, value: number): string =>
  names[value] ?? `unknown (${value})`;

/**
 * Header of the image that begins at a byte of a file.
 * @throws ConfigError `HIL_IMAGE_MALFORMED` when no image begins there.
 */
export function readImageHeader({ name, bytes }: ImageFile, atByte: number): ImageHeader {
  if (bytes.length - atByte < HEADER_BYTES)
    throw malformed(
      name,
      `has ${Math.max(0, bytes.length - atByte)} bytes where an image begins; its header alone takes ${HEADER_BYTES}`,
      { atByte, sizeBytes: bytes.length },
    );
  const head = bytes.subarray(atByte, atByte + HEADER_BYTES);
  const magic = head.readUInt8(0);
  if (magic !== MAGIC)
    throw malformed(
      name,
      `is no ESP image at byte ${atByte}: it begins with ${hex8(magic)}, expected ${hex8(MAGIC)} (an encrypted image cannot be read)`,
      { atByte, magic },
    );
  const segments = head.readUInt8(1);
  if (segments === 0 || segments > MAX_SEGMENTS)
    throw malformed(name, `says it has ${segments} segments; expected 1 to ${MAX_SEGMENTS}`, {
      atByte,
      segments,
    });
  const chipId = head.readUInt16LE(12);
  const sizeAndFrequency = head.readUInt8(3);
  return {
    segments,
    entry: head.readUInt32LE(4),
    chipId,
    chip: chips[chipId] ?? `chip ${hex8(chipId)}`,
    flash: {
      mode: named(flashModes, head.readUInt8(2)),
      frequency: named(flashFrequencies, sizeAndFrequency & 0xf),
      size: named(flashSizes, sizeAndFrequency >> 4),
    },
    minChipRevision: revision(head.readUInt16LE(15)),
    maxChipRevision: revision(head.readUInt16LE(17)),
    isHashAppended: head.readUInt8(23) === 1,
  };
}
