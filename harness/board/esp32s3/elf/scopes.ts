import { ByteCursor } from './byte-cursor';
import { ATTRIBUTE, numberOf, readEntry, TAG, textOf, type DebugEntry } from './debug-entry';
import { rangesOf, type DebugUnit } from './debug-unit';

/** A function that an address lies in, or that was inlined there. */
export interface Scope {
  readonly isInlined: boolean;
  /** Qualified by its classes and namespaces; undefined when the compiler left it out. */
  readonly name: string | undefined;
  /** Where an inlined one was called: number of a file of the unit's line table, and line. */
  readonly callFile: number | undefined;
  readonly callLine: number | undefined;
}

interface Naming {
  readonly name: string | undefined;
  /** `Board::` of a member's entry inside its class. */
  readonly qualifier: string;
  /** Entry that knows more: of the abstract function, or of the declaration. */
  readonly origin: number | undefined;
}

/** What one walk through a unit finds. */
interface UnitFunctions {
  /** Functions by the place of their entry. */
  readonly namings: ReadonlyMap<number, Naming>;
  /** Entries around each address, the outermost first. */
  readonly around: ReadonlyMap<number, readonly DebugEntry[]>;
}

const qualifying: ReadonlySet<number> = new Set([
  TAG.namespace,
  TAG.classType,
  TAG.structureType,
  TAG.unionType,
]);
/** Of a chain such as inlined call → abstract function → declaration in its class; more is a loop. */
const MAX_ORIGINS = 8;

/** Finds the functions of addresses unit by unit, and their names in other units too, where link-time optimisation puts them. */
export class ScopeReader {
  private readonly namings = new Map<DebugUnit, ReadonlyMap<number, Naming>>();

  /** @param unitAround - The unit that an offset of `.debug_info` lies in. */
  constructor(private readonly unitAround: (offset: number) => DebugUnit | undefined) {}

  /**
   * The functions around each address of a unit, the outermost first. Addresses that no function covers are missing.
   * @throws UnreadableBytes
   */
  scopesOf(unit: DebugUnit, addresses: readonly number[]): ReadonlyMap<number, readonly Scope[]> {
    const { namings, around } = readFunctions(unit, addresses);
    this.namings.set(unit, namings);
    const scopeOf = (entry: DebugEntry): Scope => ({
      isInlined: entry.abbreviation.tag === TAG.inlinedSubroutine,
      name: this.nameOf(unit, namings.get(entry.at) ?? namingOf(entry, '')),
      callFile: numberOf(entry, ATTRIBUTE.callFile),
      callLine: numberOf(entry, ATTRIBUTE.callLine),
    });
    return new Map([...around].map(([address, entries]) => [address, entries.map(scopeOf)]));
  }

  /** The name at the end of a chain of origins: the declaration knows its class, the definition often does not. */
  private nameOf(unit: DebugUnit, start: Naming): string | undefined {
    let current = start;
    for (let hops = 0; current.origin !== undefined && hops < MAX_ORIGINS; hops += 1) {
      const next = this.namingAt(unit, current.origin);
      if (next === undefined) break;
      current = next;
    }
    const name = current.name ?? start.name;
    return name === undefined ? undefined : current.qualifier + name;
  }

  private namingAt(unit: DebugUnit, at: number): Naming | undefined {
    const home = at >= unit.entryAt && at < unit.end ? unit : this.unitAround(at);
    if (home === undefined) return undefined;
    const namings = this.namings.get(home) ?? readFunctions(home, []).namings;
    this.namings.set(home, namings);
    return namings.get(at);
  }
}

function readFunctions(unit: DebugUnit, addresses: readonly number[]): UnitFunctions {
  const namings = new Map<number, Naming>();
  const around = new Map<number, DebugEntry[]>();
  /** For each open list of children, what its parent adds to the names below it. */
  const qualifiers: string[] = [];
  const cursor = new ByteCursor(unit.sections.info, unit.entryAt, unit.end);
  while (!cursor.isAtEnd) {
    const entry = readEntry(cursor, unit.abbreviations, unit);
    if (entry === undefined) {
      qualifiers.pop();
      continue;
    }
    const { tag, hasChildren } = entry.abbreviation;
    const isInlined = tag === TAG.inlinedSubroutine;
    if (tag === TAG.subprogram) namings.set(entry.at, namingOf(entry, qualifiers.join('')));
    if ((tag === TAG.subprogram || isInlined) && addresses.length > 0) {
      const ranges = rangesOf(unit, entry);
      for (const address of addresses) {
        if (!ranges.some(({ from, to }) => address >= from && address < to)) continue;
        // A function whose entry lies inside of another's is not called by it.
        const outer = isInlined ? (around.get(address) ?? []) : [];
        around.set(address, [...outer, entry]);
      }
    }
    if (hasChildren) qualifiers.push(qualifying.has(tag) ? qualifierOf(entry) : '');
  }
  return { namings, around };
}

const qualifierOf = (entry: DebugEntry): string =>
  `${textOf(entry, ATTRIBUTE.name) ?? '(anonymous namespace)'}::`;

const namingOf = (entry: DebugEntry, qualifier: string): Naming => ({
  name: textOf(entry, ATTRIBUTE.name),
  qualifier,
  origin: numberOf(entry, ATTRIBUTE.abstractOrigin) ?? numberOf(entry, ATTRIBUTE.specification),
});
