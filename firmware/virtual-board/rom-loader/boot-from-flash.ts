import { isFaultName } from '../faults';
import type { FirmwareBuild, FirmwareIdentity, FlashLayout } from '../firmware-identity';
import { readFlashedImage, type FlashedImage } from './flash-image';
import type { FlashMemory } from './flash-memory';
import { bootedRow, readPartitionRows, usageOf, type PartitionRow } from './partition-rows';

/** What becomes of a boot from the flash. */
export type FlashBoot =
  | { readonly state: 'runs'; readonly identity: FirmwareIdentity }
  /** The ROM finds no bootloader: the first word of the flash, as it prints it. */
  | { readonly state: 'no-bootloader'; readonly firstWord: number }
  /** The bootloader runs and gives up with an error. */
  | {
      readonly state: 'not-bootable';
      readonly layout: FlashLayout;
      readonly idfVersion: string;
      readonly error: string;
    };

// device.md 7.2.
const APP_MAGIC = 0xabcd5432;
const BOOTLOADER_MAGIC = 0x50;
/** Mapped by the cache, not copied into RAM: DROM and IROM. */
const isMapped = (address: number): boolean => [0x3c, 0x3d, 0x42, 0x43].includes(address >>> 24);
const isLoaded = (address: number): boolean => address !== 0 && !isMapped(address);

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');
const textOf = (bytes: Buffer, at: number, length: number): string =>
  bytes.toString('latin1', at, at + length).replace(/\0.*$/s, '');

/** Reads what the ROM and the second-stage bootloader read, and finds what runs then. */
export function bootFromFlash(flash: FlashMemory): FlashBoot {
  const bootloader = readFlashedImage(flash, 0);
  if (typeof bootloader === 'string')
    return { state: 'no-bootloader', firstWord: flash.read(0, 4).readUInt32LE() };
  const rows = readPartitionRows(flash);
  const layout = layoutOf(bootloader, rows ?? []);
  const idfVersion = textOf(bootloader.head, 8, 32);
  const stopped = (error: string): FlashBoot => ({ state: 'not-bootable', layout, idfVersion, error });
  if (rows === undefined) return stopped('Failed to verify partition table');
  const slot = bootedRow(rows);
  if (slot === undefined) return stopped('No bootable app partitions in the partition table');
  const app = readFlashedImage(flash, slot.offset);
  if (typeof app === 'string') return stopped(app);
  const build = buildIn(flash, app);
  const identity = identityIn(app, { ...layout, ...appRows(app, slot) });
  return { state: 'runs', identity: build === undefined ? identity : { ...identity, build } };
}

/** Constants lie in the first segment; what this board looks for stands right behind the description. */
const CONSTANTS_BYTES = 4096;
const MOST_DESCRIPTORS = 64;

function buildIn(flash: FlashMemory, { segments }: FlashedImage): FirmwareBuild | undefined {
  const [first] = segments;
  if (first === undefined) return undefined;
  const constants = flash.read(first.atByte, Math.min(first.sizeBytes, CONSTANTS_BYTES)).toString('latin1');
  const valueOf = (key: string): string =>
    new RegExp(`virtual-board:${key}=([\\w-]{1,32})\\0`).exec(constants)?.[1] ?? '';
  const dmaDescriptors = Number(valueOf('dma-descriptors'));
  const fault = valueOf('fault');
  const build: FirmwareBuild = {
    ...(dmaDescriptors >= 2 && dmaDescriptors <= MOST_DESCRIPTORS ? { dmaDescriptors } : {}),
    ...(isFaultName(fault) ? { fault } : {}),
  };
  return Object.keys(build).length === 0 ? undefined : build;
}

function layoutOf(bootloader: FlashedImage, rows: readonly PartitionRow[]): FlashLayout {
  const { head, segments, entry } = bootloader;
  const hasDescription = head[0] === BOOTLOADER_MAGIC;
  return {
    romLines: [
      ...segments.map(
        ({ address, sizeBytes }) => `load:0x${hex(address, 8)},len:0x${sizeBytes.toString(16)}`,
      ),
      `entry 0x${hex(entry, 8)}`,
    ],
    bootloaderIdf: hasDescription ? textOf(head, 8, 32) : '',
    bootloaderCompiled: hasDescription ? textOf(head, 40, 24) : '',
    speed: bootloader.speed,
    mode: bootloader.mode,
    sizeName: bootloader.sizeName,
    partitions: rows.map(partitionLine),
    segments: [],
    appOffset: 0,
  };
}

const partitionLine = (row: PartitionRow, index: number): string =>
  [
    String(index).padStart(2),
    row.label.padEnd(16),
    usageOf(row).padEnd(16),
    hex(row.type, 2),
    hex(row.subtype, 2),
    hex(row.offset, 8),
    hex(row.sizeBytes, 8),
  ].join(' ');

const appRows = (app: FlashedImage, slot: PartitionRow): Pick<FlashLayout, 'segments' | 'appOffset'> => ({
  appOffset: slot.offset,
  segments: app.segments.map(({ address, sizeBytes, atByte }, index) => {
    const use = isMapped(address) ? 'map' : isLoaded(address) ? 'load' : '';
    const size = `${hex(sizeBytes, 5)}h (${String(sizeBytes).padStart(6)})`;
    return `segment ${index}: paddr=${hex(atByte, 8)} vaddr=${hex(address, 8)} size=${size} ${use}`;
  }),
});

/** What `app_init` prints, from the description at the head of the application. */
function identityIn({ head }: FlashedImage, layout: FlashLayout): FirmwareIdentity {
  const isDescribed = head.readUInt32LE(0) === APP_MAGIC;
  const described = isDescribed ? head : Buffer.alloc(head.length);
  return {
    version: textOf(described, 16, 32),
    project: textOf(described, 48, 32),
    compiled: `${textOf(described, 96, 16)} ${textOf(described, 80, 16)}`,
    idfVersion: textOf(described, 112, 32),
    elfSha256: described.toString('hex', 144, 176),
    layout,
  };
}
