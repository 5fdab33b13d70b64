import { ByteCursor, textAt, UnreadableBytes } from './byte-cursor';

/** Debug sections that others refer to; empty where the file has none. */
export interface DebugSections {
  readonly abbrev: Buffer;
  readonly info: Buffer;
  readonly line: Buffer;
  readonly str: Buffer;
  readonly lineStr: Buffer;
  readonly strOffsets: Buffer;
  readonly addr: Buffer;
  readonly ranges: Buffer;
  readonly rnglists: Buffer;
}

/** What a form needs to know of its unit. */
export interface FormContext {
  readonly sections: DebugSections;
  readonly version: number;
  /** Where the unit begins in `.debug_info`. */
  readonly unitAt: number;
  /** Undefined until the unit's own entry has told it. */
  readonly strOffsetsBase?: number;
  readonly addrBase?: number;
}

/** A value as its form gives it: texts resolved, references as offsets in `.debug_info`; undefined for what nobody asks for. */
export type FormValue = number | string | undefined;

type Reader = (cursor: ByteCursor, context: FormContext) => FormValue;

/** The chip's addresses. */
const ADDRESS_BYTES = 4;
const INDIRECT = 0x16;
const IMPLICIT_CONST = 0x21;
const RNGLISTX = 0x23;

const block = (cursor: ByteCursor, bytes: number): undefined => {
  cursor.skip(bytes);
  return undefined;
};

function indexedText({ sections, strOffsetsBase }: FormContext, index: number): string | undefined {
  if (strOffsetsBase === undefined) return undefined;
  return textAt(sections.str, new ByteCursor(sections.strOffsets, strOffsetsBase + 4 * index).u32());
}

/** An address by its number in `.debug_addr`; undefined while the unit's base is not known. */
export function indexedAddress({ sections, addrBase }: FormContext, index: number): number | undefined {
  if (addrBase === undefined) return undefined;
  return new ByteCursor(sections.addr, addrBase + ADDRESS_BYTES * index).u32();
}

function indirect(cursor: ByteCursor, context: FormContext): FormValue {
  const form = cursor.uleb();
  if (form === INDIRECT || form === IMPLICIT_CONST)
    throw new UnreadableBytes(`an indirect form that is no form before byte ${cursor.at}`);
  return readForm(cursor, form, context);
}

/** By number: DWARF 5, section 7.5.6 and table 7.6; the GNU forms from binutils' include/dwarf2.def. 32-bit DWARF only. */
const readers: Readonly<Record<number, Reader>> = {
  0x01: (cursor) => cursor.u32(), // addr
  0x03: (cursor) => block(cursor, cursor.u16()), // block2
  0x04: (cursor) => block(cursor, cursor.u32()), // block4
  0x05: (cursor) => cursor.u16(), // data2
  0x06: (cursor) => cursor.u32(), // data4
  0x07: (cursor) => cursor.u64(), // data8
  0x08: (cursor) => cursor.text(), // string
  0x09: (cursor) => block(cursor, cursor.uleb()), // block
  0x0a: (cursor) => block(cursor, cursor.u8()), // block1
  0x0b: (cursor) => cursor.u8(), // data1
  0x0c: (cursor) => cursor.u8(), // flag
  0x0d: (cursor) => cursor.sleb(), // sdata
  0x0e: (cursor, { sections }) => textAt(sections.str, cursor.u32()), // strp
  0x0f: (cursor) => cursor.uleb(), // udata
  0x10: (cursor) => cursor.u32(), // ref_addr
  0x11: (cursor, { unitAt }) => unitAt + cursor.u8(), // ref1
  0x12: (cursor, { unitAt }) => unitAt + cursor.u16(), // ref2
  0x13: (cursor, { unitAt }) => unitAt + cursor.u32(), // ref4
  0x14: (cursor, { unitAt }) => unitAt + cursor.u64(), // ref8
  0x15: (cursor, { unitAt }) => unitAt + cursor.uleb(), // ref_udata
  [INDIRECT]: indirect,
  0x17: (cursor) => cursor.u32(), // sec_offset
  0x18: (cursor) => block(cursor, cursor.uleb()), // exprloc
  0x19: () => 1, // flag_present
  0x1a: (cursor, context) => indexedText(context, cursor.uleb()), // strx
  0x1b: (cursor, context) => indexedAddress(context, cursor.uleb()), // addrx
  0x1c: (cursor) => block(cursor, 4), // ref_sup4
  0x1d: (cursor) => block(cursor, 4), // strp_sup
  0x1e: (cursor) => block(cursor, 16), // data16
  0x1f: (cursor, { sections }) => textAt(sections.lineStr, cursor.u32()), // line_strp
  0x20: (cursor) => block(cursor, 8), // ref_sig8
  0x22: (cursor) => cursor.uleb(), // loclistx
  [RNGLISTX]: (cursor) => cursor.uleb(),
  0x24: (cursor) => block(cursor, 8), // ref_sup8
  0x25: (cursor, context) => indexedText(context, cursor.u8()), // strx1
  0x26: (cursor, context) => indexedText(context, cursor.u16()), // strx2
  0x27: (cursor, context) => indexedText(context, cursor.u24()), // strx3
  0x28: (cursor, context) => indexedText(context, cursor.u32()), // strx4
  0x29: (cursor, context) => indexedAddress(context, cursor.u8()), // addrx1
  0x2a: (cursor, context) => indexedAddress(context, cursor.u16()), // addrx2
  0x2b: (cursor, context) => indexedAddress(context, cursor.u24()), // addrx3
  0x2c: (cursor, context) => indexedAddress(context, cursor.u32()), // addrx4
  0x1f01: (cursor, context) => indexedAddress(context, cursor.uleb()), // GNU_addr_index
  0x1f02: (cursor, context) => indexedText(context, cursor.uleb()), // GNU_str_index
  0x1f20: (cursor) => block(cursor, 4), // GNU_ref_alt
  0x1f21: (cursor) => block(cursor, 4), // GNU_strp_alt
};

const addressForms: ReadonlySet<number> = new Set([0x01, 0x1b, 0x29, 0x2a, 0x2b, 0x2c, 0x1f01]);

/** True for the forms whose value is an address; `DW_AT_high_pc` is a length in every other one. */
export const isAddressForm = (form: number): boolean => addressForms.has(form);
/** True for the form whose value is a number in a unit's table of range lists, not an offset. */
export const isRangeListIndex = (form: number): boolean => form === RNGLISTX;
/** True for the form whose value stands in the abbreviation. */
export const isImplicit = (form: number): boolean => form === IMPLICIT_CONST;

/**
 * Reads one value; the cursor stands behind it afterwards.
 * @throws UnreadableBytes for a form that is not known, and past the end.
 */
export function readForm(cursor: ByteCursor, form: number, context: FormContext): FormValue {
  const read = readers[form];
  if (read === undefined) throw new UnreadableBytes(`form 0x${form.toString(16)} before byte ${cursor.at}`);
  return read(cursor, context);
}
