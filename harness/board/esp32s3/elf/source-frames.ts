import { UnreadableBytes } from './byte-cursor';
import { readUnit, unitSpans, type AddressRange, type DebugUnit } from './debug-unit';
import type { DebugSections } from './dwarf-forms';
import { functionAt, type ElfFile } from './elf-file';
import { readLineTable, type LineTable } from './line-program';
import { ScopeReader, type Scope } from './scopes';

/** A function in the source that an address belongs to. */
export interface SourceFrame {
  /** Qualified in C++; undefined when nothing names it. */
  readonly function: string | undefined;
  /** Undefined without debug information. */
  readonly file: string | undefined;
  /** From 1. */
  readonly line: number | undefined;
  /** True when the compiler put its code into that of the frame that follows. */
  readonly isInlined: boolean;
}

export interface SourceFrames {
  /** By address, the innermost first; an address that nothing is known of is missing. */
  readonly frames: ReadonlyMap<number, readonly SourceFrame[]>;
  /** Units whose debug information could not be read; their functions come from the symbol table. */
  readonly unreadableUnits: number;
}

const EMPTY = Buffer.alloc(0);

/**
 * Functions, files and lines of addresses, with what was inlined there: debug information of DWARF 2 to 5, and the symbol
 * table for what has none. Only units that cover one of the addresses are read through, so memory stays that of one unit.
 */
export function sourceFrames(elf: ElfFile, addresses: readonly number[]): SourceFrames {
  const sections = debugSections(elf);
  const frames = new Map<number, readonly SourceFrame[]>();
  const spans = unitSpans(sections.info);
  const units = new Map<AddressRange, DebugUnit | undefined>();
  const scopes = new ScopeReader((offset) => {
    const span = spans.find(({ from, to }) => offset >= from && offset < to);
    if (span === undefined) return undefined;
    if (!units.has(span)) units.set(span, readUnit(sections, span));
    return units.get(span);
  });
  let unreadableUnits = 0;
  for (const span of spans) {
    try {
      const unit = readUnit(sections, span);
      if (unit === undefined) continue;
      const covered = addresses.filter(
        (address) =>
          !frames.has(address) && unit.ranges.some(({ from, to }) => address >= from && address < to),
      );
      if (covered.length > 0) addFrames(frames, elf, unit, scopes.scopesOf(unit, covered), covered);
    } catch (error) {
      // Damage in one unit takes nothing from the others.
      if (!(error instanceof UnreadableBytes)) throw error;
      unreadableUnits += 1;
    }
  }
  for (const address of addresses) {
    const name = functionAt(elf, address)?.name ?? elf.fixed.get(address);
    if (!frames.has(address) && name !== undefined)
      frames.set(address, [{ function: name, file: undefined, line: undefined, isInlined: false }]);
  }
  return { frames, unreadableUnits };
}

function debugSections(elf: ElfFile): DebugSections {
  const section = (name: string): Buffer => elf.section(`.debug_${name}`) ?? EMPTY;
  return {
    abbrev: section('abbrev'),
    info: section('info'),
    line: section('line'),
    str: section('str'),
    lineStr: section('line_str'),
    strOffsets: section('str_offsets'),
    addr: section('addr'),
    ranges: section('ranges'),
    rnglists: section('rnglists'),
  };
}

function addFrames(
  frames: Map<number, readonly SourceFrame[]>,
  elf: ElfFile,
  unit: DebugUnit,
  scopes: ReadonlyMap<number, readonly Scope[]>,
  addresses: readonly number[],
): void {
  const table =
    unit.lineAt === undefined ? undefined : readLineTable(unit, unit.lineAt, unit.compDir, addresses);
  for (const address of addresses)
    frames.set(address, framesOf(elf, table, address, scopes.get(address) ?? []));
}

/** An inlined function stands where the line table says; whoever called it, where its entry says it was called. */
function framesOf(
  elf: ElfFile,
  table: LineTable | undefined,
  address: number,
  scopes: readonly Scope[],
): readonly SourceFrame[] {
  const found: SourceFrame[] = [];
  let place = table?.lines.get(address);
  for (const { name, isInlined, callFile, callLine } of [...scopes].reverse()) {
    const symbol = isInlined ? undefined : functionAt(elf, address)?.name;
    found.push({ function: name ?? symbol, file: place?.file, line: place?.line, isInlined });
    const file = callFile === undefined ? undefined : table?.file(callFile);
    place = file === undefined ? undefined : { file, line: callLine };
  }
  if (found.length > 0) return found;
  // Assembler sources have lines and no functions.
  return [
    { function: functionAt(elf, address)?.name, file: place?.file, line: place?.line, isInlined: false },
  ];
}
