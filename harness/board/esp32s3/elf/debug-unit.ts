import { ByteCursor, UnreadableBytes } from './byte-cursor';
import {
  ATTRIBUTE,
  numberOf,
  readAbbreviations,
  readEntry,
  textOf,
  type Abbreviations,
  type DebugEntry,
} from './debug-entry';
import {
  indexedAddress,
  isAddressForm,
  isRangeListIndex,
  type DebugSections,
  type FormContext,
} from './dwarf-forms';

/** Half-open. */
export interface AddressRange {
  readonly from: number;
  readonly to: number;
}

/** One compiled source file in `.debug_info`. */
export interface DebugUnit extends FormContext {
  /** Where its own entry begins, and where the unit ends. */
  readonly entryAt: number;
  readonly end: number;
  readonly abbreviations: Abbreviations;
  readonly rnglistsBase: number | undefined;
  readonly lowPc: number;
  readonly compDir: string;
  /** Offset of its line program; undefined when it has none. */
  readonly lineAt: number | undefined;
  readonly ranges: readonly AddressRange[];
}

// DWARF 5, section 7.5.1.
const UNIT = { compile: 0x01, type: 0x02, skeleton: 0x04, splitCompile: 0x05, splitType: 0x06 } as const;
const ADDRESS_BYTES = 4;
/** Where 64-bit DWARF begins. */
const FIRST_RESERVED_LENGTH = 0xfffffff0;

/** Where each unit begins and ends, in order; what follows one that makes no sense is left out. */
export function unitSpans(info: Buffer): readonly AddressRange[] {
  const spans: AddressRange[] = [];
  for (let at = 0; at + 4 <= info.length;) {
    const length = info.readUInt32LE(at);
    if (length >= FIRST_RESERVED_LENGTH || at + 4 + length > info.length) break;
    spans.push({ from: at, to: at + 4 + length });
    at += 4 + length;
  }
  return spans;
}

/**
 * A unit with what its own entry says; undefined for units that hold no code, such as those of types.
 * @throws UnreadableBytes
 */
export function readUnit(sections: DebugSections, { from, to }: AddressRange): DebugUnit | undefined {
  const cursor = new ByteCursor(sections.info, from + 4, to);
  const version = cursor.u16();
  if (version < 2 || version > 5) throw new UnreadableBytes(`DWARF version ${version} at byte ${from}`);
  const kind = version >= 5 ? cursor.u8() : UNIT.compile;
  if (kind !== UNIT.compile && kind !== UNIT.skeleton) return undefined;
  const [first, second] = version >= 5 ? [cursor.u8(), cursor.u32()] : [cursor.u32(), cursor.u8()];
  const [addressBytes, abbrevAt] = version >= 5 ? [first, second] : [second, first];
  if (addressBytes !== ADDRESS_BYTES)
    throw new UnreadableBytes(`addresses of ${addressBytes} bytes at byte ${from}`);
  if (kind === UNIT.skeleton) cursor.skip(8);
  const entryAt = cursor.at;
  const abbreviations = readAbbreviations(sections.abbrev, abbrevAt);
  const bare: FormContext = { sections, version, unitAt: from };
  const bases = readEntry(new ByteCursor(sections.info, entryAt, to), abbreviations, bare);
  if (bases === undefined) return undefined;
  const strOffsetsBase = numberOf(bases, ATTRIBUTE.strOffsetsBase);
  const addrBase = numberOf(bases, ATTRIBUTE.addrBase);
  const context: FormContext = {
    ...bare,
    ...(strOffsetsBase === undefined ? {} : { strOffsetsBase }),
    ...(addrBase === undefined ? {} : { addrBase }),
  };
  // Read again, now that the texts and addresses that it names by number can be found.
  const entry = readEntry(new ByteCursor(sections.info, entryAt, to), abbreviations, context) ?? bases;
  const unit = {
    ...context,
    entryAt,
    end: to,
    abbreviations,
    rnglistsBase: numberOf(entry, ATTRIBUTE.rnglistsBase),
    lowPc: numberOf(entry, ATTRIBUTE.lowPc) ?? 0,
    compDir: textOf(entry, ATTRIBUTE.compDir) ?? '',
    lineAt: numberOf(entry, ATTRIBUTE.stmtList),
    ranges: [],
  };
  return { ...unit, ranges: rangesOf(unit, entry) };
}

/** The addresses that an entry covers: one range, or a list of them; empty for a declaration. */
export function rangesOf(unit: DebugUnit, entry: DebugEntry): readonly AddressRange[] {
  const listed = entry.attributes.get(ATTRIBUTE.ranges);
  if (listed !== undefined && typeof listed.value === 'number') {
    if (unit.version < 5) return readRanges(unit, listed.value);
    return readRangeList(unit, isRangeListIndex(listed.form) ? listAt(unit, listed.value) : listed.value);
  }
  const from = numberOf(entry, ATTRIBUTE.lowPc);
  const high = entry.attributes.get(ATTRIBUTE.highPc);
  if (from === undefined || high === undefined || typeof high.value !== 'number') return [];
  return [{ from, to: isAddressForm(high.form) ? high.value : from + high.value }];
}

function listAt({ sections, rnglistsBase = 0 }: DebugUnit, index: number): number {
  return rnglistsBase + new ByteCursor(sections.rnglists, rnglistsBase + 4 * index).u32();
}

/** `.debug_ranges` of DWARF 2 to 4: pairs of offsets from a base. DWARF 4, section 2.17.3. */
function readRanges({ sections, lowPc }: DebugUnit, offset: number): readonly AddressRange[] {
  const cursor = new ByteCursor(sections.ranges, offset);
  const found: AddressRange[] = [];
  let base = lowPc;
  for (;;) {
    const [from, to] = [cursor.u32(), cursor.u32()];
    if (from === 0 && to === 0) return found;
    if (from === 0xffffffff) base = to;
    else found.push({ from: base + from, to: base + to });
  }
}

/** `.debug_rnglists` of DWARF 5, section 7.25. */
function readRangeList(unit: DebugUnit, offset: number): readonly AddressRange[] {
  const cursor = new ByteCursor(unit.sections.rnglists, offset);
  const address = (): number => indexedAddress(unit, cursor.uleb()) ?? 0;
  const found: AddressRange[] = [];
  let base = unit.lowPc;
  const push = (from: number, to: number): void => void found.push({ from, to });
  for (;;) {
    const kind = cursor.u8();
    if (kind === 0) return found;
    if (kind === 1) base = address();
    else if (kind === 2) push(address(), address());
    else if (kind === 3) {
      const from = address();
      push(from, from + cursor.uleb());
    } else if (kind === 4) push(base + cursor.uleb(), base + cursor.uleb());
    else if (kind === 5) base = cursor.u32();
    else if (kind === 6) push(cursor.u32(), cursor.u32());
    else if (kind === 7) {
      const from = cursor.u32();
      push(from, from + cursor.uleb());
    } else throw new UnreadableBytes(`kind ${kind} of range before byte ${cursor.at}`);
  }
}
