export type { AppDescription, BootloaderDescription } from './app-description';
export { readAppImage, type AppImage, type ImageSegment } from './app-image';
export {
  compareFirmware,
  printedElfSha,
  type FirmwareDifference,
  type FirmwareMatch,
} from './compare-firmware';
export { readFirmwareImage, type FirmwareImage } from './firmware-image';
export { readFlasherArgs, type FlasherArgs, type FlashFile } from './flasher-args';
export type { ImageFile } from './image-file';
export type { ImageHeader } from './image-header';
export { imageUnderTest, loadFirmware, type ImageUnderTest } from './load-firmware';
export { wrongFirmware } from './wrong-firmware';
export {
  DEFAULT_TABLE_OFFSET,
  readPartitionTable,
  type Partition,
  type PartitionTable,
} from './partition-table';
