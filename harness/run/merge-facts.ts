/** How names, times and counts of one run read in the merged run. */
export interface FactShift {
  /** Added to every host time. */
  readonly hostOffsetMs: number;
  /** New name of a turn; undefined: none of this run's. */
  turnIdOf(turnId: string): string | undefined;
  boardNameOf(name: string): string;
  /** New place of a file of the run, relative, with slashes; undefined: there is no such file. */
  pathOf(path: string): string | undefined;
  /** What the board had printed in earlier runs: its boots, lines and bytes are counted on. */
  readonly before: ConsoleCount;
}

/** How far a board's console is counted. */
export interface ConsoleCount {
  readonly boots: number;
  readonly lines: number;
  readonly bytes: number;
}

const isHostTime = (key: string): boolean => key === 'hostAtMs' || /Host(?:At)?Ms$/.test(key);

/**
 * The same facts in the merged run. All that is stored follows DESIGN section 4: a key that ends with `HostMs` or `HostAtMs` is an instant,
 * `turnId` and `boardName` are names, and a text that is the path of a file of the run is that file.
 */
export function shifted(facts: unknown, shift: FactShift): unknown {
  const ofNumber = (key: string, value: number, holder: object): number => {
    if (isHostTime(key)) return value + shift.hostOffsetMs;
    const { boots, lines, bytes } = shift.before;
    if (key === 'boot') return value + boots;
    if (key === 'lineIndex') return value + lines;
    if (!('byteOffset' in holder)) return value;
    return key === 'index' ? value + lines : key === 'byteOffset' ? value + bytes : value;
  };
  const ofText = (key: string, value: string): string => {
    if (key === 'turnId' || key === 'turnIds') return shift.turnIdOf(value) ?? value;
    if (key === 'boardName') return shift.boardNameOf(value);
    return shift.pathOf(value) ?? value;
  };
  const of = (key: string, value: unknown, holder: object): unknown => {
    if (typeof value === 'number') return ofNumber(key, value, holder);
    if (typeof value === 'string') return ofText(key, value);
    if (Array.isArray(value)) return value.map((one) => of(key, one, holder));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, of(name, inner, value)]));
  };
  return of('', facts, {});
}
