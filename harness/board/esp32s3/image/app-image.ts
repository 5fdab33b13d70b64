import { createHash } from 'node:crypto';
import { memoryRegion, type MemoryRegion } from '../memory-map';
import {
  readAppDescription,
  readBootloaderDescription,
  type AppDescription,
  type BootloaderDescription,
} from './app-description';
import { hex32, hex8 } from '../hex';
import { corrupt, malformed, type ImageFile } from './image-file';
import { HEADER_BYTES, readImageHeader, type ImageHeader } from './image-header';

/** A piece of an image that is copied or mapped to one address. */
export interface ImageSegment {
  readonly address: number;
  readonly sizeBytes: number;
  /** Where its data begin in the file. */
  readonly atByte: number;
  /** Undefined for padding, whose address is 0, and for addresses that the chip does not have. */
  readonly region: MemoryRegion | undefined;
}

/** An image as the boot loaders take it; its checksum and its SHA-256 were right when it was read. */
export interface AppImage extends ImageHeader {
  readonly kind: 'app' | 'bootloader' | 'other';
  /** Where it begins in its file. */
  readonly atByte: number;
  /** Header to checksum or hash; a signature may follow. */
  readonly sizeBytes: number;
  readonly parts: readonly ImageSegment[];
  /** Digest of the image itself, not of its ELF; undefined when none is appended. */
  readonly sha256: string | undefined;
  /** Of an application. */
  readonly app?: AppDescription;
  /** Of a second-stage bootloader. */
  readonly bootloader?: BootloaderDescription;
}

// device.md section 7.1: the bootloader's own limits.
const SEGMENT_HEADER_BYTES = 8;
const MAX_SEGMENT_BYTES = 16 * 1024 * 1024;
const CHECKSUM_SEED = 0xef;
const CHECKSUM_ALIGN_BYTES = 16;
const SHA256_BYTES = 32;

/**
 * The image that begins at a byte of a file, with checksum and appended SHA-256 verified.
 * @throws ConfigError `HIL_IMAGE_MALFORMED` when it is no image or not all of it is there; `HIL_IMAGE_CORRUPT` when its
 *   checksum or its hash is wrong.
 */
export function readAppImage(file: ImageFile, atByte = 0): AppImage {
  const header = readImageHeader(file, atByte);
  const parts = readSegments(file, atByte, header.segments);
  const last = parts.at(-1);
  const dataEnd = last === undefined ? atByte + HEADER_BYTES : last.atByte + last.sizeBytes;
  const checksumEnd = atByte + roundUp(dataEnd + 1 - atByte, CHECKSUM_ALIGN_BYTES);
  const end = checksumEnd + (header.isHashAppended ? SHA256_BYTES : 0);
  if (end > file.bytes.length)
    throw malformed(
      file.name,
      `ends at byte ${file.bytes.length} in the middle of its image, which has its last byte at ${end - 1}`,
      { atByte, sizeBytes: file.bytes.length, expectedBytes: end },
    );
  checkSum(file, parts, checksumEnd - 1);
  const sha256 = header.isHashAppended ? checkHash(file, atByte, checksumEnd) : undefined;
  const first = parts[0];
  const data =
    first === undefined ? Buffer.alloc(0) : file.bytes.subarray(first.atByte, first.atByte + first.sizeBytes);
  const app = readAppDescription(data);
  const bootloader = app === undefined ? readBootloaderDescription(data) : undefined;
  return {
    ...header,
    kind: app !== undefined ? 'app' : bootloader !== undefined ? 'bootloader' : 'other',
    atByte,
    sizeBytes: end - atByte,
    parts,
    sha256,
    ...(app === undefined ? {} : { app }),
    ...(bootloader === undefined ? {} : { bootloader }),
  };
}

const roundUp = (value: number, to: number): number => Math.ceil(value / to) * to;

function readSegments({ name, bytes }: ImageFile, imageAt: number, count: number): ImageSegment[] {
  const segments: ImageSegment[] = [];
  let at = imageAt + HEADER_BYTES;
  for (let index = 0; index < count; index += 1) {
    const dataAt = at + SEGMENT_HEADER_BYTES;
    if (dataAt > bytes.length)
      throw malformed(name, `ends at byte ${bytes.length} before the header of segment ${index}`, {
        segment: index,
        sizeBytes: bytes.length,
      });
    const address = bytes.readUInt32LE(at);
    const sizeBytes = bytes.readUInt32LE(at + 4);
    if (sizeBytes % 4 !== 0 || sizeBytes >= MAX_SEGMENT_BYTES)
      throw malformed(
        name,
        `has a segment ${index} of ${sizeBytes} bytes; expected a multiple of 4 below ${MAX_SEGMENT_BYTES}`,
        { segment: index, segmentBytes: sizeBytes },
      );
    if (dataAt + sizeBytes > bytes.length)
      throw malformed(
        name,
        `ends at byte ${bytes.length} in segment ${index} for ${hex32(address)}, which has its last byte at ${dataAt + sizeBytes - 1}`,
        { segment: index, sizeBytes: bytes.length, expectedBytes: dataAt + sizeBytes },
      );
    segments.push({ address, sizeBytes, atByte: dataAt, region: memoryRegion(address) });
    at = dataAt + sizeBytes;
  }
  return segments;
}

function checkSum({ name, bytes }: ImageFile, parts: readonly ImageSegment[], atByte: number): void {
  let computed = CHECKSUM_SEED;
  for (const { atByte: from, sizeBytes } of parts) computed ^= xorOf(bytes, from, from + sizeBytes);
  const stored = bytes.readUInt8(atByte);
  if (stored === computed) return;
  throw corrupt(
    name,
    `has checksum ${hex8(stored)} at byte ${atByte}; its segments come to ${hex8(computed)}`,
    { atByte, stored, computed },
  );
}

function xorOf(bytes: Buffer, from: number, to: number): number {
  let sum = 0;
  for (let at = from; at < to; at += 1) sum ^= bytes[at] as number;
  return sum;
}

function checkHash({ name, bytes }: ImageFile, from: number, to: number): string {
  const computed = createHash('sha256').update(bytes.subarray(from, to)).digest('hex');
  const stored = bytes.toString('hex', to, to + SHA256_BYTES);
  if (stored === computed) return stored;
  throw corrupt(
    name,
    `has an appended SHA-256 of ${stored.slice(0, 9)}…; its bytes ${from} to ${to - 1} come to ${computed.slice(0, 9)}…`,
    { atByte: to, stored, computed },
  );
}
