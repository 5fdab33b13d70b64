import { createHash } from 'node:crypto';
import type { FlashMemory } from './flash-memory';

/** A piece of an image, where it lies in the flash and where the chip has it. */
export interface FlashedSegment {
  readonly address: number;
  readonly sizeBytes: number;
  /** Of its data. */
  readonly atByte: number;
}

/** An image in the flash whose checksum, and SHA-256 where it has one, are right. */
export interface FlashedImage {
  readonly entry: number;
  readonly mode: string;
  readonly speed: string;
  readonly sizeName: string;
  readonly segments: readonly FlashedSegment[];
  /** The head of the first segment, where a build describes itself. */
  readonly head: Buffer;
}

/** Why the chip does not start an image, in the words of the second-stage bootloader (device.md 1.2). */
export type ImageProblem = string;

// device.md 7.1.
const MAGIC = 0xe9;
const HEADER_BYTES = 24;
const SEGMENT_HEADER_BYTES = 8;
const MAX_SEGMENTS = 16;
const CHECKSUM_SEED = 0xef;
const HEAD_BYTES = 256;
const modes = ['QIO', 'QOUT', 'DIO', 'DOUT', 'FAST_READ', 'SLOW_READ'];
const speeds: Readonly<Record<number, string>> = { 0xf: '80MHz', 0: '40MHz', 1: '26.7MHz', 2: '20MHz' };

/** The image that begins at an offset of the flash, or what is wrong with it. */
export function readFlashedImage(flash: FlashMemory, at: number): FlashedImage | ImageProblem {
  const header = flash.read(at, HEADER_BYTES);
  const count = header.readUInt8(1);
  if (header[0] !== MAGIC)
    return `image at 0x${at.toString(16)} has invalid magic byte (nothing flashed here?)`;
  if (count === 0 || count > MAX_SEGMENTS)
    return `image at 0x${at.toString(16)} segment count ${count} exceeds max ${MAX_SEGMENTS}`;
  const segments: FlashedSegment[] = [];
  let next = at + HEADER_BYTES;
  let sum = CHECKSUM_SEED;
  for (let index = 0; index < count; index++) {
    const head = flash.read(next, SEGMENT_HEADER_BYTES);
    const [address, sizeBytes] = [head.readUInt32LE(0), head.readUInt32LE(4)];
    const atByte = next + SEGMENT_HEADER_BYTES;
    if (sizeBytes % 4 !== 0 || atByte + sizeBytes > flash.sizeBytes)
      return `Segment ${index} has an invalid length 0x${sizeBytes.toString(16)}`;
    for (const byte of flash.read(atByte, sizeBytes)) sum ^= byte;
    segments.push({ address, sizeBytes, atByte });
    next = atByte + sizeBytes;
  }
  // Zeros follow so that the checksum ends a row of 16 bytes.
  const checksumEnd = at + Math.ceil((next + 1 - at) / 16) * 16;
  const stored = flash.read(checksumEnd - 1, 1).readUInt8();
  if (stored !== sum)
    return `Checksum failed. Calculated 0x${sum.toString(16)} read 0x${stored.toString(16)}`;
  if (header[23] === 1) {
    const digest = createHash('sha256')
      .update(flash.read(at, checksumEnd - at))
      .digest();
    if (!digest.equals(flash.read(checksumEnd, 32))) return 'Image hash failed - image is corrupt';
  }
  return {
    entry: header.readUInt32LE(4),
    mode: modes[header.readUInt8(2)] ?? 'DIO',
    speed: speeds[header.readUInt8(3) & 0xf] ?? '80MHz',
    sizeName: `${2 ** (header.readUInt8(3) >> 4)}MB`,
    segments,
    head: flash.read(segments[0]?.atByte ?? at, HEAD_BYTES),
  };
}
