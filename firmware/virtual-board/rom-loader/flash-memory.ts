import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHash } from 'node:crypto';

/** What an erased byte reads as. */
export const ERASED = 0xff;
/** The least that can be erased. */
export const SECTOR_BYTES = 0x1000;
const CHUNK_BYTES = 0x10000;

/**
 * NOR flash whose contents live in a file, as `esptool read-flash` would dump them; what the file is too short for is erased.
 * Programming clears bits and sets none, so whoever forgets to erase reads the AND of old and new.
 */
export class FlashMemory {
  private readonly fd: number;
  private fileBytes: number;

  /**
   * @param path - The file, made when there is none; default: a nameless one that goes with the board.
   * @param sizeBytes - A power of two; what a longer file has behind it is not touched.
   * @throws Error of the file system.
   */
  constructor(
    readonly sizeBytes: number,
    path?: string,
  ) {
    this.fd = path === undefined ? openNameless() : openKept(path);
    this.fileBytes = fstatSync(this.fd).size;
  }

  read(at: number, lengthBytes: number): Buffer {
    const bytes = Buffer.alloc(lengthBytes, ERASED);
    let read = 0;
    while (read < lengthBytes) {
      const count = readSync(this.fd, bytes, read, lengthBytes - read, at + read);
      if (count === 0) break;
      read += count;
    }
    return bytes;
  }

  /** Programs bytes that were erased before; those behind its end go nowhere. */
  program(at: number, bytes: Uint8Array): void {
    const now = this.read(at, Math.max(0, Math.min(bytes.length, this.sizeBytes - at)));
    bytes
      .subarray(0, now.length)
      .forEach((byte, index) => now.writeUInt8(now.readUInt8(index) & byte, index));
    this.store(at, now);
  }

  /** Erases every sector that the range touches. */
  erase(at: number, lengthBytes: number): void {
    if (lengthBytes === 0) return;
    const from = at - (at % SECTOR_BYTES);
    const end = Math.min(this.sizeBytes, Math.ceil((at + lengthBytes) / SECTOR_BYTES) * SECTOR_BYTES);
    if (end >= this.fileBytes) {
      // Nothing but erased bytes is left from here on, and those need no file.
      this.fileBytes = Math.min(this.fileBytes, from);
      ftruncateSync(this.fd, this.fileBytes);
      return;
    }
    for (let next = from; next < end; next += CHUNK_BYTES)
      this.store(next, Buffer.alloc(Math.min(CHUNK_BYTES, end - next), ERASED));
  }

  /** True when nothing was ever written, or all of it erased again. */
  get isBlank(): boolean {
    return this.fileBytes === 0;
  }

  /** Digest of a range, 16 bytes. */
  md5(at: number, lengthBytes: number): Buffer {
    const hash = createHash('md5');
    for (let next = at; next < at + lengthBytes; next += CHUNK_BYTES)
      hash.update(this.read(next, Math.min(CHUNK_BYTES, at + lengthBytes - next)));
    return hash.digest();
  }

  close(): void {
    closeSync(this.fd);
  }

  private store(at: number, bytes: Buffer): void {
    // A hole would read as zeros.
    if (at > this.fileBytes) this.put(this.fileBytes, Buffer.alloc(at - this.fileBytes, ERASED));
    this.put(at, bytes);
  }

  private put(at: number, bytes: Buffer): void {
    let written = 0;
    while (written < bytes.length)
      written += writeSync(this.fd, bytes, written, bytes.length - written, at + written);
    this.fileBytes = Math.max(this.fileBytes, at + bytes.length);
  }
}

/** Firmware holds keys and passwords: for the owner alone. */
const OWNER_ONLY = 0o600;

function openKept(path: string): number {
  // Not `a+`, which writes at the end only, nor `w+`, which empties the file.
  closeSync(openSync(path, 'a', OWNER_ONLY));
  return openSync(path, 'r+');
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'earshot-flash-'));
  const fd = openSync(join(folder, 'flash'), 'w+', OWNER_ONLY);
  rmSync(folder, { recursive: true });
  return fd;
}
