import { createHash } from 'node:crypto';
import type { FaultName } from './faults';

/** What ROM and bootloader print of a flash that somebody wrote; lines without their stamps. */
export interface FlashLayout {
  /** `load:` and `entry` lines of the ROM. */
  readonly romLines: readonly string[];
  /** Empty where the bootloader has no description (before ESP-IDF 5.1). */
  readonly bootloaderIdf: string;
  readonly bootloaderCompiled: string;
  /** `80MHz`, `DIO`, `8MB`. */
  readonly speed: string;
  readonly mode: string;
  readonly sizeName: string;
  readonly partitions: readonly string[];
  readonly segments: readonly string[];
  readonly appOffset: number;
}

/** What ties a boot log, a panic and an ELF file together. */
export interface FirmwareIdentity {
  readonly project: string;
  readonly version: string;
  readonly idfVersion: string;
  /** 64 hexadecimal digits; boot log and panic print the first nine. */
  readonly elfSha256: string;
  /** `Mon dd yyyy hh:mm:ss`; default: a made-up one. */
  readonly compiled?: string;
  /** Of firmware that was read from the flash; default: a made-up one. */
  readonly layout?: FlashLayout;
  /** How it was built, where its image says so; default: as the board was started. */
  readonly build?: FirmwareBuild;
}

/** What of a build is heard: an image says it in its constants, as `virtual-board:dma-descriptors=14` with a NUL behind it. */
export interface FirmwareBuild {
  /** Descriptors of the speaker's DMA chain: each makes the board slower by its length. */
  readonly dmaDescriptors?: number;
  /** A fault that this firmware was built with: on from when it boots until another does. */
  readonly fault?: FaultName;
}

/** Identity of the simulated firmware of a project: made up, but the same in every run. */
export const identityOf = (project: string, version: string): FirmwareIdentity => ({
  project,
  version,
  idfVersion: 'v5.4.2',
  elfSha256: createHash('sha256').update(`virtual board ${project} ${version}`).digest('hex'),
});
