import { ConfigError } from '../../errors';
import { DEFAULT_TABLE_OFFSET, readPartitionTable, type Partition } from '../esp32s3/image';
import { noRoomError, nvsError } from './flash-errors';
import type { FlashPlan } from './flash-plan';
import type { FlashRegion } from './loader-session';
import { nvsWithWifi, type WifiCredentials } from './wifi-in-nvs';

/** The rows of a table without its filling (device.md section 7.3). */
const TABLE_BYTES = 0xc00;
const ERASED = 0xff;

/** Reads the flash of the chip. */
export type ReadFlash = (offset: number, sizeBytes: number) => Promise<Buffer>;

/**
 * Every region at its place, in ascending order: an application alone in the slot that boots it, and a network in the NVS, with what that held.
 * @throws BoardError `HIL_FLASH_NO_ROOM`, `HIL_FLASH_NVS`; ConfigError `HIL_IMAGE_MALFORMED`, `HIL_IMAGE_CORRUPT` when a table is
 *   needed and the chip has none.
 */
export async function placeRegions(
  plan: FlashPlan,
  wifi: WifiCredentials | undefined,
  read: ReadFlash,
): Promise<readonly FlashRegion[]> {
  const needsTable = plan.layout === 'app' || (wifi !== undefined && plan.partitions === undefined);
  const partitions = needsTable ? await tableOnChip(read) : plan.partitions;
  const regions = plan.layout === 'app' ? appRegions(plan, partitions ?? []) : plan.regions;
  checkSlots(regions, partitions ?? []);
  if (wifi === undefined) return regions;
  return withWifi(regions, wifi, partitions ?? [], read);
}

async function tableOnChip(read: ReadFlash): Promise<readonly Partition[]> {
  const bytes = await read(DEFAULT_TABLE_OFFSET, TABLE_BYTES);
  return readPartitionTable({ name: 'The flash of the chip', bytes }).partitions;
}

/** The slot that ESP-IDF's own app-flash takes, and the choice of another one forgotten: what was written is what boots. */
function appRegions(plan: FlashPlan, partitions: readonly Partition[]): readonly FlashRegion[] {
  const [app] = plan.regions;
  const slots = partitions.filter(({ type }) => type === 'app');
  const slot =
    slots.find(({ subtype }) => subtype === 'factory') ?? slots.find(({ subtype }) => subtype === 'ota_0');
  if (app === undefined || slot === undefined)
    throw new ConfigError('HIL_IMAGE_MALFORMED', `The table on the chip has no partition for ${plan.path}.`, {
      path: plan.path,
    });
  const choice = partitions.find(({ type, subtype }) => type === 'data' && subtype === 'ota');
  const placed = { ...app, offset: slot.offset };
  return choice === undefined
    ? [placed]
    : inOrder([
        { name: choice.label, offset: choice.offset, bytes: Buffer.alloc(choice.sizeBytes, ERASED) },
        placed,
      ]);
}

const inOrder = (regions: readonly FlashRegion[]): readonly FlashRegion[] =>
  [...regions].sort((one, other) => one.offset - other.offset);

function checkSlots(regions: readonly FlashRegion[], partitions: readonly Partition[]): void {
  for (const { name, offset, bytes } of regions) {
    const slot = partitions.find((partition) => partition.offset === offset);
    if (slot !== undefined && bytes.length > slot.sizeBytes)
      throw noRoomError(name, `has ${bytes.length} bytes; its partition ${slot.label} has ${slot.sizeBytes}`);
  }
}

async function withWifi(
  regions: readonly FlashRegion[],
  wifi: WifiCredentials,
  partitions: readonly Partition[],
  read: ReadFlash,
): Promise<readonly FlashRegion[]> {
  const nvs = partitions.find(({ type, subtype }) => type === 'data' && subtype === 'nvs');
  if (nvs === undefined) throw nvsError('has no partition in the table, so there is no place for a network');
  const contents = nvsWithWifi(await read(nvs.offset, nvs.sizeBytes), wifi);
  const covers = ({ offset, bytes }: FlashRegion): boolean =>
    offset < nvs.offset + nvs.sizeBytes && offset + bytes.length > nvs.offset;
  const region = regions.find(covers);
  if (region === undefined)
    return inOrder([...regions, { name: nvs.label, offset: nvs.offset, bytes: contents }]);
  // A merged image has the NVS in its middle.
  const end = Math.max(region.offset + region.bytes.length, nvs.offset + nvs.sizeBytes);
  const bytes = Buffer.alloc(end - region.offset, ERASED);
  region.bytes.copy(bytes);
  contents.copy(bytes, nvs.offset - region.offset);
  return regions.map((one) => (one === region ? { ...region, bytes } : one));
}
