import { statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError } from '../../errors';
import {
  DEFAULT_TABLE_OFFSET,
  readAppImage,
  readFirmwareImage,
  readFlasherArgs,
  readPartitionTable,
  type AppDescription,
  type Partition,
} from '../esp32s3/image';
import { readImageFile } from '../esp32s3/image/load-firmware';
import { noRoomError } from './flash-errors';
import type { FlashRegion } from './loader-session';

/** What is to be written where. Images hold keys: nothing of their bytes is ever printed. */
export interface FlashPlan {
  /** As it was named. */
  readonly path: string;
  /** An application alone goes where the table on the chip says. */
  readonly layout: 'app' | 'merged' | 'build';
  /** In ascending order; an application alone has its offset still to come, and 0. */
  readonly regions: readonly FlashRegion[];
  /** Of the table that is written; undefined where none is. */
  readonly partitions: readonly Partition[] | undefined;
  /** Of the application; undefined when it has none. */
  readonly description: AppDescription | undefined;
}

const CHIP = 'esp32s3';
const SECTOR_BYTES = 0x1000;
const TABLE_MAGIC = 0x50aa;

/**
 * Reads and verifies what is to be flashed: an application, a merged image, a `flasher_args.json`, or the build folder with it.
 * @throws ConfigError `HIL_CONFIG_FILE_MISSING`, `HIL_IMAGE_MALFORMED`, `HIL_IMAGE_CORRUPT`, `HIL_IMAGE_OTHER_CHIP`;
 *   BoardError `HIL_FLASH_NO_ROOM` when two of its files lie over each other.
 */
export function loadFlashPlan(path: string): FlashPlan {
  const file = isFolder(path) ? join(path, 'flasher_args.json') : path;
  if (file.endsWith('.json')) return buildPlan(file);
  const image = readImageFile(file);
  const { layout, app, partitions } = readFirmwareImage(image);
  return {
    path,
    layout,
    regions: [{ name: basename(file), offset: 0, bytes: image.bytes }],
    partitions,
    description: app.app,
  };
}

function buildPlan(path: string): FlashPlan {
  const args = readFlasherArgs(readImageFile(path));
  if (args.chip !== undefined && args.chip !== CHIP)
    throw new ConfigError(
      'HIL_IMAGE_OTHER_CHIP',
      `${path} is a build for ${args.chip}; expected one for ${CHIP}.`,
      {
        file: path,
        chip: args.chip,
      },
    );
  let description: AppDescription | undefined;
  let partitions: readonly Partition[] | undefined;
  const regions = args.files.map(({ offset, path: written }): FlashRegion => {
    const file = readImageFile(resolve(dirname(path), written));
    // A wrong sum is found out here, rather than by a board that does not boot.
    if (offset === 0) readAppImage(file);
    if (offset === args.app?.offset) description = readFirmwareImage(file).app.app;
    if (offset === DEFAULT_TABLE_OFFSET || startsTable(file.bytes))
      ({ partitions } = readPartitionTable(file));
    return { name: basename(written), offset, bytes: file.bytes };
  });
  checkOverlaps(regions);
  return { path, layout: 'build', regions, partitions, description };
}

function checkOverlaps(regions: readonly FlashRegion[]): void {
  regions.forEach((region, index) => {
    const next = regions[index + 1];
    const sectorsEnd = Math.ceil((region.offset + region.bytes.length) / SECTOR_BYTES) * SECTOR_BYTES;
    if (next !== undefined && sectorsEnd > next.offset)
      throw noRoomError(region.name, `has ${region.bytes.length} bytes and reaches into ${next.name}`);
  });
}

const startsTable = (bytes: Buffer): boolean => bytes.length >= 2 && bytes.readUInt16LE(0) === TABLE_MAGIC;

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
