import { fixedText } from './image-file';

/** `esp_app_desc_t`: what a build wrote about itself into its image. MicroPython leaves name and version empty. */
export interface AppDescription {
  /** Empty when the build left it out. */
  readonly project: string;
  /** `git describe` of the project unless it sets one. */
  readonly version: string;
  /** `Mon dd yyyy hh:mm:ss`, as the boot log prints it; empty in reproducible builds. */
  readonly compiled: string;
  readonly idf: string;
  /** 64 lower-case digits; undefined when the field is all zero. Boot log and panic print the first nine or sixteen. */
  readonly elfSha256: string | undefined;
  readonly secureVersion: number;
}

/** `esp_bootloader_desc_t`. */
export interface BootloaderDescription {
  readonly idf: string;
  readonly compiled: string;
}

// device.md section 7.2, from ESP-IDF v5.4's esp_app_desc.h and esp_bootloader_desc.h.
const APP_MAGIC = 0xabcd5432;
export const APP_DESCRIPTION_BYTES = 256;
const BOOTLOADER_MAGIC = 0x50;
const BOOTLOADER_DESCRIPTION_BYTES = 80;

/** The application's description at the head of its first segment; undefined when that holds none. */
export function readAppDescription(segment: Buffer): AppDescription | undefined {
  if (segment.length < APP_DESCRIPTION_BYTES || segment.readUInt32LE(0) !== APP_MAGIC) return undefined;
  const elfSha256 = segment.toString('hex', 144, 176);
  const [time, date] = [fixedText(segment, 80, 16), fixedText(segment, 96, 16)];
  return {
    secureVersion: segment.readUInt32LE(4),
    version: fixedText(segment, 16, 32),
    project: fixedText(segment, 48, 32),
    compiled: [date, time].filter((part) => part !== '').join(' '),
    idf: fixedText(segment, 112, 32),
    elfSha256: /^0+$/.test(elfSha256) ? undefined : elfSha256,
  };
}

/** The second-stage bootloader's description; undefined when the segment holds none (before ESP-IDF 5.1, or an application). */
export function readBootloaderDescription(segment: Buffer): BootloaderDescription | undefined {
  if (segment.length < BOOTLOADER_DESCRIPTION_BYTES || segment[0] !== BOOTLOADER_MAGIC) return undefined;
  const idf = fixedText(segment, 8, 32);
  // One byte is a weak magic: without a version beside it, it is data.
  if (!/^v?\d/.test(idf)) return undefined;
  return { idf, compiled: fixedText(segment, 40, 24) };
}
