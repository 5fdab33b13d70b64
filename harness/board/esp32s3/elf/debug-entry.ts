import { ByteCursor, UnreadableBytes } from './byte-cursor';
import { isImplicit, readForm, type FormContext, type FormValue } from './dwarf-forms';

/** Attributes that are asked for. DWARF 5, section 7.5.4, table 7.5. */
export const ATTRIBUTE = {
  name: 0x03,
  stmtList: 0x10,
  lowPc: 0x11,
  highPc: 0x12,
  compDir: 0x1b,
  abstractOrigin: 0x31,
  specification: 0x47,
  ranges: 0x55,
  callFile: 0x58,
  callLine: 0x59,
  strOffsetsBase: 0x72,
  addrBase: 0x73,
  rnglistsBase: 0x74,
} as const;

/** Tags that are looked at. DWARF 5, section 7.5.3, table 7.3. */
export const TAG = {
  classType: 0x02,
  structureType: 0x13,
  unionType: 0x17,
  inlinedSubroutine: 0x1d,
  subprogram: 0x2e,
  namespace: 0x39,
} as const;

interface AttributeSpec {
  readonly name: number;
  readonly form: number;
  readonly implicit?: number;
}

/** The shape of an entry: its tag and the forms of its attributes. */
export interface Abbreviation {
  readonly tag: number;
  readonly hasChildren: boolean;
  readonly attributes: readonly AttributeSpec[];
}

export type Abbreviations = ReadonlyMap<number, Abbreviation>;

/** An attribute's value, with the form that says how to take it. */
export interface Attribute {
  readonly form: number;
  readonly value: FormValue;
}

/** A debugging information entry. */
export interface DebugEntry {
  readonly at: number;
  readonly abbreviation: Abbreviation;
  readonly attributes: ReadonlyMap<number, Attribute>;
}

const asked: ReadonlySet<number> = new Set(Object.values(ATTRIBUTE));

/** One unit's table of abbreviations. */
export function readAbbreviations(section: Buffer, offset: number): Abbreviations {
  const cursor = new ByteCursor(section, offset);
  const table = new Map<number, Abbreviation>();
  for (let code = cursor.uleb(); code !== 0; code = cursor.uleb()) {
    const tag = cursor.uleb();
    const hasChildren = cursor.u8() === 1;
    const attributes: AttributeSpec[] = [];
    for (;;) {
      const [name, form] = [cursor.uleb(), cursor.uleb()];
      const implicit = isImplicit(form) ? { implicit: cursor.sleb() } : {};
      if (name === 0 && form === 0) break;
      attributes.push({ name, form, ...implicit });
    }
    table.set(code, { tag, hasChildren, attributes });
  }
  return table;
}

/** The entry at the cursor, which stands behind it afterwards; undefined for the mark that ends a list of children. */
export function readEntry(
  cursor: ByteCursor,
  abbreviations: Abbreviations,
  context: FormContext,
): DebugEntry | undefined {
  const at = cursor.at;
  const code = cursor.uleb();
  if (code === 0) return undefined;
  const abbreviation = abbreviations.get(code);
  if (abbreviation === undefined) throw new UnreadableBytes(`abbreviation ${code} at byte ${at}`);
  const attributes = new Map<number, Attribute>();
  for (const { name, form, implicit } of abbreviation.attributes) {
    const value = implicit ?? readForm(cursor, form, context);
    if (asked.has(name)) attributes.set(name, { form, value });
  }
  return { at, abbreviation, attributes };
}

/** A number among an entry's attributes. */
export function numberOf({ attributes }: DebugEntry, name: number): number | undefined {
  const value = attributes.get(name)?.value;
  return typeof value === 'number' ? value : undefined;
}

/** A text among an entry's attributes. */
export function textOf({ attributes }: DebugEntry, name: number): string | undefined {
  const value = attributes.get(name)?.value;
  return typeof value === 'string' ? value : undefined;
}
