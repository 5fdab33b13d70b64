import { posix } from 'node:path';
import { ByteCursor, UnreadableBytes } from './byte-cursor';
import { readForm, type FormContext } from './dwarf-forms';

/** A line of a source file. */
export interface SourceLine {
  /** As the compiler was told it, with `.` and `..` taken out; relative when the build did so. */
  readonly file: string;
  /** From 1; undefined for code that belongs to no line. */
  readonly line: number | undefined;
}

/** What a line program says: its files, and the lines of the addresses that were asked for. */
export interface LineTable {
  /** The file with a number as entries of the unit use it; undefined for one that is not there. */
  file(index: number): string | undefined;
  readonly lines: ReadonlyMap<number, SourceLine>;
}

// DWARF 5, sections 6.2.4 and 6.2.5.
const STANDARD = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;
const EXTENDED = { endSequence: 1, setAddress: 2, defineFile: 3 } as const;
const CONTENT = { path: 1, directory: 2 } as const;

interface Header {
  readonly programAt: number;
  readonly end: number;
  readonly instructionBytes: number;
  readonly lineBase: number;
  readonly lineRange: number;
  readonly opcodeBase: number;
  readonly operandCounts: readonly number[];
  readonly files: Map<number, string>;
  readonly directories: readonly string[];
}

interface FileEntry {
  readonly path: string;
  readonly directory: number;
}

/**
 * Runs the line program at an offset of `.debug_line`, versions 2 to 5.
 * @param compDir - What relative directories are relative to.
 * @throws UnreadableBytes
 */
export function readLineTable(
  context: FormContext,
  offset: number,
  compDir: string,
  addresses: readonly number[],
): LineTable {
  const header = readHeader(context, offset, compDir);
  const rows = runProgram(context.sections.line, header, addresses);
  const lines = new Map<number, SourceLine>();
  for (const [address, { file, line }] of rows) {
    const path = header.files.get(file);
    if (path !== undefined) lines.set(address, { file: path, line: line === 0 ? undefined : line });
  }
  return { file: (index) => header.files.get(index), lines };
}

function readHeader(context: FormContext, offset: number, compDir: string): Header {
  const { line } = context.sections;
  const start = new ByteCursor(line, offset);
  const length = start.u32();
  const cursor = new ByteCursor(line, start.at, start.at + length);
  if (start.at + length > line.length)
    throw new UnreadableBytes(`a line program of ${length} bytes at byte ${offset}`);
  const version = cursor.u16();
  if (version < 2 || version > 5)
    throw new UnreadableBytes(`line program version ${version} at byte ${offset}`);
  if (version >= 5) cursor.skip(2); // sizes of addresses and of segment selectors
  const headerBytes = cursor.u32();
  const programAt = cursor.at + headerBytes;
  const instructionBytes = cursor.u8();
  if (version >= 4) cursor.skip(1); // operations per instruction: the Xtensa has one
  cursor.skip(1); // whether rows are statements by default
  const lineBase = cursor.i8();
  const lineRange = cursor.u8();
  const opcodeBase = cursor.u8();
  if (lineRange === 0) throw new UnreadableBytes(`a line program without a range at byte ${offset}`);
  const operandCounts = Array.from({ length: Math.max(0, opcodeBase - 1) }, () => cursor.u8());
  const tables = version >= 5 ? readTables(cursor, context, version) : readOldTables(cursor);
  const directories = tables.directories.map((path) => joined(compDir, path));
  const files = new Map<number, string>();
  for (const [index, { path, directory }] of tables.files)
    files.set(index, joined(directories[directory] ?? compDir, path));
  return {
    programAt,
    end: cursor.end,
    instructionBytes,
    lineBase,
    lineRange,
    opcodeBase,
    operandCounts,
    files,
    directories,
  };
}

interface Tables {
  readonly directories: readonly string[];
  readonly files: readonly (readonly [number, FileEntry])[];
}

/** Versions 2 to 4: directory 0 is that of the compilation, files count from 1. */
function readOldTables(cursor: ByteCursor): Tables {
  const directories = [''];
  for (let path = cursor.text(); path !== ''; path = cursor.text()) directories.push(path);
  const files: [number, FileEntry][] = [];
  for (let path = cursor.text(); path !== ''; path = cursor.text()) {
    const directory = cursor.uleb();
    cursor.uleb(); // time of last change
    cursor.uleb(); // size
    files.push([files.length + 1, { path, directory }]);
  }
  return { directories, files };
}

/** Version 5: both tables say what their entries are made of, and count from 0. */
function readTables(cursor: ByteCursor, context: FormContext, version: number): Tables {
  const entries = (): FileEntry[] => {
    const formats = Array.from({ length: cursor.u8() }, () => [cursor.uleb(), cursor.uleb()] as const);
    const count = cursor.uleb();
    // Entries without a format take no bytes, so nothing else would end the list.
    if (formats.length === 0 || count > cursor.end - cursor.at)
      if (count > 0) throw new UnreadableBytes(`${count} entries before byte ${cursor.at}`);
    return Array.from({ length: count }, () => {
      let entry: FileEntry = { path: '', directory: 0 };
      for (const [content, form] of formats) {
        const value = readForm(cursor, form, { ...context, version });
        if (content === CONTENT.path && typeof value === 'string') entry = { ...entry, path: value };
        if (content === CONTENT.directory && typeof value === 'number')
          entry = { ...entry, directory: value };
      }
      return entry;
    });
  };
  const directories = entries().map(({ path }) => path);
  return { directories, files: entries().map((entry, index) => [index, entry]) };
}

const joined = (directory: string, path: string): string =>
  posix.normalize(
    posix.isAbsolute(path) || /^[A-Za-z]:[\\/]/.test(path) || directory === ''
      ? path || '.'
      : `${directory}/${path}`,
  );

interface Row {
  readonly file: number;
  readonly line: number;
}

/** The row of each address: the last one at or before it, within its sequence. */
function runProgram(section: Buffer, header: Header, addresses: readonly number[]): ReadonlyMap<number, Row> {
  const { instructionBytes, lineBase, lineRange, opcodeBase, operandCounts, files, directories } = header;
  const cursor = new ByteCursor(section, header.programAt, header.end);
  const found = new Map<number, Row>();
  let address = 0;
  let file = 1;
  let line = 1;
  let latest: (Row & { readonly address: number }) | undefined;

  const emitRow = (): void => {
    if (latest !== undefined && address > latest.address)
      for (const wanted of addresses)
        if (wanted >= latest.address && wanted < address && !found.has(wanted))
          found.set(wanted, { file: latest.file, line: latest.line });
    latest = { address, file, line };
  };
  const extended = (): void => {
    const length = cursor.uleb();
    const end = cursor.at + length;
    if (length === 0 || end > cursor.end)
      throw new UnreadableBytes(`an operation of ${length} bytes at ${cursor.at}`);
    const operation = cursor.u8();
    if (operation === EXTENDED.endSequence) {
      emitRow();
      [address, file, line, latest] = [0, 1, 1, undefined];
    } else if (operation === EXTENDED.setAddress) address = cursor.u32();
    else if (operation === EXTENDED.defineFile)
      files.set(files.size + 1, joined(directories[0] ?? '', cursor.text()));
    cursor.at = end;
  };

  while (!cursor.isAtEnd) {
    const opcode = cursor.u8();
    if (opcode >= opcodeBase) {
      const special = opcode - opcodeBase;
      address += Math.floor(special / lineRange) * instructionBytes;
      line += lineBase + (special % lineRange);
      emitRow();
    } else if (opcode === 0) extended();
    else if (opcode === STANDARD.copy) emitRow();
    else if (opcode === STANDARD.advancePc) address += cursor.uleb() * instructionBytes;
    else if (opcode === STANDARD.advanceLine) line += cursor.sleb();
    else if (opcode === STANDARD.setFile) file = cursor.uleb();
    else if (opcode === STANDARD.constAddPc)
      address += Math.floor((255 - opcodeBase) / lineRange) * instructionBytes;
    else if (opcode === STANDARD.fixedAdvancePc) address += cursor.u16();
    // Columns, flags and operations of later versions change no line.
    else for (let count = operandCounts[opcode - 1] ?? 0; count > 0; count -= 1) cursor.uleb();
  }
  return found;
}
