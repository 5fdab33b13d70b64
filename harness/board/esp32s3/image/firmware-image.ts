import { ConfigError } from '../../../errors';
import { readAppImage, type AppImage } from './app-image';
import { hexOffset } from '../hex';
import { malformed, type ImageFile } from './image-file';
import { DEFAULT_TABLE_OFFSET, readPartitionTable, type Partition } from './partition-table';

/** The application of a file, with what a merged image holds beside it. */
export interface FirmwareImage {
  /** `app`: the application alone. `merged`: everything from offset 0 of the flash. */
  readonly layout: 'app' | 'merged';
  /** The one that runs: of a merged image, `factory`, else the first slot that holds one. */
  readonly app: AppImage;
  /** Of a merged image. */
  readonly bootloader?: AppImage;
  readonly partitions?: readonly Partition[];
}

/** `ESP_CHIP_ID_ESP32S3`. */
const ESP32_S3 = 9;
const SECTOR_BYTES = 0x1000;
/** Tables lie behind the bootloader and before the application, which is aligned to 64 KiB; with room to spare. */
const LAST_TABLE_OFFSET = 0x40000;
const ERASED = 0xff;

/**
 * Reads an application image, or a merged image as `esptool merge-bin` makes it, and verifies every image in it.
 * @throws ConfigError `HIL_IMAGE_MALFORMED`, `HIL_IMAGE_CORRUPT` as `readAppImage` and `readPartitionTable` do;
 *   `HIL_IMAGE_MALFORMED` too when it holds no application; `HIL_IMAGE_OTHER_CHIP` when it is not for an ESP32-S3.
 */
export function readFirmwareImage(file: ImageFile): FirmwareImage {
  const first = readAppImage(file);
  checkChip(file, first);
  const tableAt = tableOffset(file, first);
  // An application has no partition table behind it, but one that was dumped with its slot may have anything.
  if (first.kind === 'app') return { layout: 'app', app: first };
  if (tableAt === undefined)
    throw malformed(
      file.name,
      first.kind === 'bootloader'
        ? 'is a bootloader alone; expected an application, or a merged image'
        : 'describes no application at byte 32, and no partition table follows; expected an image that ESP-IDF built',
    );
  const { partitions } = readPartitionTable(file, tableAt);
  const app = bootedApp(file, partitions);
  checkChip(file, app);
  return { layout: 'merged', app, bootloader: first, partitions };
}

function checkChip({ name }: ImageFile, { chipId, chip }: AppImage): void {
  if (chipId !== ESP32_S3)
    throw new ConfigError(
      'HIL_IMAGE_OTHER_CHIP',
      `${name} is an image for ${chip}; expected one for esp32s3.`,
      {
        file: name,
        chipId,
      },
    );
}

function tableOffset({ bytes }: ImageFile, bootloader: AppImage): number | undefined {
  const isTable = (at: number): boolean => bytes[at] === 0xaa && bytes[at + 1] === 0x50;
  if (isTable(DEFAULT_TABLE_OFFSET)) return DEFAULT_TABLE_OFFSET;
  const from = Math.ceil(bootloader.sizeBytes / SECTOR_BYTES) * SECTOR_BYTES;
  for (let at = from; at <= LAST_TABLE_OFFSET; at += SECTOR_BYTES) if (isTable(at)) return at;
  return undefined;
}

function bootedApp(file: ImageFile, partitions: readonly Partition[]): AppImage {
  const slots = partitions.filter(({ type }) => type === 'app');
  const factory = slots.filter(({ subtype }) => subtype === 'factory');
  const others = slots.filter(({ subtype }) => subtype !== 'factory');
  for (const { label, offset, sizeBytes } of [...factory, ...others]) {
    if (offset >= file.bytes.length || file.bytes[offset] === ERASED) continue;
    const app = readAppImage(file, offset);
    if (app.sizeBytes > sizeBytes)
      throw malformed(
        file.name,
        `has an application of ${app.sizeBytes} bytes in partition ${label}, which has ${sizeBytes}`,
      );
    return app;
  }
  const named = slots.map(({ label, offset }) => `${label} at ${hexOffset(offset)}`).join(', ');
  throw malformed(
    file.name,
    `holds no application; ${named === '' ? 'its table has no partition for one' : `looked in ${named}`}`,
  );
}
