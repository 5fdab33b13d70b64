import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { ConfigError } from '../../../errors';
import { ByteCursor, textAt, UnreadableBytes } from './byte-cursor';

/** A named place in the code. */
export interface FunctionSymbol {
  readonly name: string;
  readonly address: number;
  /** Behind its last byte, as far as is known: assembler sources often do not say how long a function is. */
  readonly end: number;
}

/** An executable for an Xtensa chip, as the build left it. */
export interface ElfFile {
  readonly name: string;
  /** Of the whole file, 64 digits: what ESP-IDF writes into the image and prints at boot and in a panic. */
  readonly sha256: string;
  /** Contents by name, decompressed; sections that are not there are missing. */
  section(name: string): Buffer | undefined;
  /** In ascending order of addresses. */
  readonly functions: readonly FunctionSymbol[];
  /** Names of fixed addresses that a linker script gives, as ESP-IDF's do for functions of the ROM. */
  readonly fixed: ReadonlyMap<number, string>;
}

// The ELF specification (System V ABI, chapter 4), and binutils' include/elf/common.h for the machine.
const MAGIC = 0x464c457f;
const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const XTENSA = 94;
const HEADER_BYTES = 52;
const SECTION_HEADER_BYTES = 40;
const SYMBOL_BYTES = 16;
const SHT_NOBITS = 8;
const SHF_COMPRESSED = 0x800;
const COMPRESSION_HEADER_BYTES = 12;
const ZLIB = 1;
const STT_NOTYPE = 0;
const STT_FUNC = 2;
const SHN_UNDEF = 0;
const SHN_ABS = 0xfff1;
/** Ten times the debug information of a large ESP-IDF project. */
const MAX_SECTION_BYTES = 512 * 1024 * 1024;

/** How far a function without a size may reach when no other follows. */
const MAX_UNSIZED_BYTES = 0x1000;

interface SectionHeader {
  readonly name: string;
  readonly type: number;
  readonly flags: number;
  readonly address: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * Sections and symbols of an ELF file of an Xtensa chip. `section` throws too, for one that is compressed and damaged.
 * @throws ConfigError `HIL_ELF_UNREADABLE` when it is none, or not all of it is there.
 */
export function readElf({ name, bytes }: { readonly name: string; readonly bytes: Buffer }): ElfFile {
  const headers = orUnreadable(name, () => readSectionHeaders(name, bytes));
  const section = (wanted: string): Buffer | undefined => {
    const header = headers.find((each) => each.name === wanted);
    return header === undefined ? undefined : orUnreadable(name, () => contentsOf(bytes, header));
  };
  const symbols = orUnreadable(name, () => readSymbols(headers, section('.symtab'), section('.strtab')));
  return { name, sha256: createHash('sha256').update(bytes).digest('hex'), section, ...symbols };
}

function orUnreadable<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof UnreadableBytes)) throw cause;
    throw unreadable(name, `is not whole: ${cause.message}`, cause);
  }
}

const unreadable = (name: string, what: string, cause?: unknown): ConfigError =>
  new ConfigError('HIL_ELF_UNREADABLE', `${name} ${what}.`, { file: name }, { cause });

function readSectionHeaders(name: string, bytes: Buffer): readonly SectionHeader[] {
  if (bytes.length < HEADER_BYTES || bytes.readUInt32LE(0) !== MAGIC)
    throw unreadable(name, 'is no ELF file; expected the executable that the linker wrote');
  if (bytes[4] !== CLASS_32 || bytes[5] !== LITTLE_ENDIAN)
    throw unreadable(name, 'is no 32-bit little-endian ELF file, as those of the ESP32-S3 are');
  const machine = bytes.readUInt16LE(18);
  if (machine !== XTENSA)
    throw unreadable(name, `is an ELF file for machine ${machine}; expected ${XTENSA}, Xtensa`);
  const headersAt = bytes.readUInt32LE(32);
  const headerBytes = bytes.readUInt16LE(46);
  const count = bytes.readUInt16LE(48);
  const namesIndex = bytes.readUInt16LE(50);
  if (headerBytes < SECTION_HEADER_BYTES || namesIndex >= count)
    throw new UnreadableBytes(`${count} section headers of ${headerBytes} bytes`);
  const headers = Array.from({ length: count }, (_, index) => {
    const cursor = new ByteCursor(bytes, headersAt + index * headerBytes);
    const [nameAt, type, flags, address] = [cursor.u32(), cursor.u32(), cursor.u32(), cursor.u32()];
    return { nameAt, type, flags, address, offset: cursor.u32(), sizeBytes: cursor.u32() };
  });
  const names = contentsOf(bytes, headers[namesIndex] as (typeof headers)[number]);
  return headers.map(({ nameAt, ...header }) => ({ ...header, name: textAt(names, nameAt) }));
}

function contentsOf(bytes: Buffer, { type, flags, offset, sizeBytes }: Omit<SectionHeader, 'name'>): Buffer {
  if (type === SHT_NOBITS) return Buffer.alloc(0);
  if (offset + sizeBytes > bytes.length)
    throw new UnreadableBytes(`a section up to byte ${offset + sizeBytes} of ${bytes.length}`);
  const stored = bytes.subarray(offset, offset + sizeBytes);
  if ((flags & SHF_COMPRESSED) === 0) return stored;
  const cursor = new ByteCursor(stored);
  const method = cursor.u32();
  const inflatedBytes = cursor.u32();
  if (method !== ZLIB || inflatedBytes > MAX_SECTION_BYTES)
    throw new UnreadableBytes(`a section of ${inflatedBytes} bytes, compressed with method ${method}`);
  try {
    return inflateSync(stored.subarray(COMPRESSION_HEADER_BYTES), { maxOutputLength: inflatedBytes });
  } catch (cause) {
    throw new UnreadableBytes('a compressed section that does not inflate', { cause });
  }
}

function readSymbols(
  sections: readonly SectionHeader[],
  table: Buffer | undefined,
  names: Buffer | undefined,
): Pick<ElfFile, 'functions' | 'fixed'> {
  const functions: FunctionSymbol[] = [];
  const fixed = new Map<number, string>();
  if (table === undefined || names === undefined) return { functions, fixed };
  for (let at = 0; at + SYMBOL_BYTES <= table.length; at += SYMBOL_BYTES) {
    const type = table.readUInt8(at + 12) & 0xf;
    const section = table.readUInt16LE(at + 14);
    if (section === SHN_UNDEF || (type !== STT_FUNC && type !== STT_NOTYPE)) continue;
    const address = table.readUInt32LE(at + 4);
    const symbol = (): string => textAt(names, table.readUInt32LE(at));
    if (section === SHN_ABS) fixed.set(address, symbol());
    else if (type === STT_FUNC) {
      const sizeBytes = table.readUInt32LE(at + 8);
      const end = sizeBytes > 0 ? address + sizeBytes : endOfUnsized(address, sections[section]);
      functions.push({ name: symbol(), address, end });
    }
  }
  // Of several names for one place, the first in the table comes last, and is found first.
  functions.reverse().sort((a, b) => a.address - b.address);
  return { functions, fixed };
}

/** A function without a size goes on until the next, but not out of its section. */
const endOfUnsized = (address: number, section: SectionHeader | undefined): number =>
  Math.min(
    address + MAX_UNSIZED_BYTES,
    section === undefined ? Infinity : section.address + section.sizeBytes,
  );

/** The function that an address lies in, by the symbol table; undefined when no symbol covers it. */
export function functionAt({ functions }: ElfFile, address: number): FunctionSymbol | undefined {
  let [low, high] = [0, functions.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((functions[middle] as FunctionSymbol).address <= address) low = middle + 1;
    else high = middle;
  }
  const found = functions[low - 1];
  return found !== undefined && address < found.end ? found : undefined;
}
