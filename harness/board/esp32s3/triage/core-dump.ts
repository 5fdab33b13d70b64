import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** A core dump that was printed on the console, decoded from its base64. */
export interface CoreDump {
  /** As `esp-coredump --core-format raw` takes it: header, core and checksum. */
  readonly bytes: Buffer;
  /** Why it cannot be relied on: cut, garbled, or not what its checksum says; undefined for a good one. */
  readonly problem: string | undefined;
}

// device.md section 3.3.
const START = /=+ CORE DUMP START =+/;
const END = /=+ CORE DUMP END =+/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

// `core_dump_header_t` of ESP-IDF's esp_core_dump_priv.h: total length, then version in the low half and chip in the high one.
const HEADER_BYTES = 20;
const SHA256_VERSIONS: ReadonlySet<number> = new Set([0x0101, 0x0103]);
const SHA256_BYTES = 32;
const CRC_BYTES = 4;
/** Twice the memory of the chip with the largest PSRAM. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Collects core dumps out of the lines of a console. */
export class CoreDumpReader {
  private parts: Buffer[] | undefined;
  private sizeBytes = 0;
  private garbledLines = 0;

  /** True between the first line of a dump and its last. */
  get isCollecting(): boolean {
    return this.parts !== undefined;
  }

  /** @returns The dump that this line ends; undefined for every other line. */
  read(text: string): CoreDump | undefined {
    if (START.test(text)) {
      [this.parts, this.sizeBytes, this.garbledLines] = [[], 0, 0];
      return undefined;
    }
    if (this.parts === undefined) return undefined;
    if (END.test(text)) return this.end(undefined);
    const line = text.trim();
    if (!BASE64.test(line) || line.length % 4 !== 0) {
      // An empty line is none; anything else stands where bytes of the dump were.
      if (line !== '') this.garbledLines += 1;
      return undefined;
    }
    const bytes = Buffer.from(line, 'base64');
    this.sizeBytes += bytes.length;
    if (this.sizeBytes <= MAX_BYTES) this.parts.push(bytes);
    return undefined;
  }

  /** The board booted again, or the log is over: what came of a dump that has no end. */
  cut(): CoreDump | undefined {
    return this.parts === undefined ? undefined : this.end('it breaks off before its end');
  }

  private end(cut: string | undefined): CoreDump {
    const bytes = Buffer.concat(this.parts ?? []);
    const garbled = this.garbledLines > 0 ? `${this.garbledLines} of its lines are no base64` : undefined;
    this.parts = undefined;
    return { bytes, problem: cut ?? garbled ?? problemOf(bytes) };
  }
}

function problemOf(bytes: Buffer): string | undefined {
  if (bytes.length < HEADER_BYTES + CRC_BYTES) return `it has ${bytes.length} bytes, less than its header`;
  const lengthBytes = bytes.readUInt32LE(0);
  if (lengthBytes !== bytes.length) return `it has ${bytes.length} bytes and says ${lengthBytes}`;
  const version = bytes.readUInt32LE(4) & 0xffff;
  const isSha = SHA256_VERSIONS.has(version);
  const sumAt = bytes.length - (isSha ? SHA256_BYTES : CRC_BYTES);
  const summed = bytes.subarray(0, sumAt);
  const isRight = isSha
    ? createHash('sha256').update(summed).digest().equals(bytes.subarray(sumAt))
    : crc32(summed) === bytes.readUInt32LE(sumAt);
  return isRight ? undefined : `its ${isSha ? 'SHA-256' : 'CRC-32'} is wrong`;
}
