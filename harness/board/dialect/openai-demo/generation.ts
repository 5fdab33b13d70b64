/**
 * Generations of openai_demo (device.md section 9.4): B0 (with the M5Stack fork) and B1 number their events the old way, all later
 * ones the new way; B2 still talks to the beta API, G0 signs in to the GA one and sends it beta messages, G1 is GA throughout.
 */
export const generations = ['B0', 'B1', 'B2', 'G0', 'G1'] as const;

export type Generation = (typeof generations)[number];

/** What the number of an event means. */
export type Numbering = 'old' | 'new';

const withNumbering: Readonly<Record<Numbering, readonly Generation[]>> = {
  old: ['B0', 'B1'],
  new: ['B2', 'G0', 'G1'],
};

/** What was printed, and the generations that print it. */
const evidence = {
  'signs-in': ['G0', 'G1'],
  'prints-answer': ['B0', 'B1', 'B2'],
  'prints-answer-size': ['G0', 'G1'],
  'prints-errors': ['G0', 'G1'],
  'prints-call-as-json': ['B0', 'B1', 'B2'],
  'prints-call-in-fields': ['G1'],
  'session-updated': ['G1'],
  'declares-for-beta': ['B0', 'B1', 'B2', 'G0'],
  'declares-for-ga': ['G1'],
  'declares-volume': ['B1', 'B2', 'G0', 'G1'],
  // The fault of B0: its list of tools loses one.
  'declares-no-volume': ['B0', 'B2', 'G0', 'G1'],
} as const satisfies Record<string, readonly Generation[]>;

export type Evidence = keyof typeof evidence;

/**
 * Narrows the generation down by what a boot prints. Evidence that no generation fits leaves it unknown for good: such firmware
 * is none of those that the table knows.
 */
export class GenerationJudge {
  private proven: ReadonlySet<Generation> = new Set(generations);
  /** The first number after 1; a session that failed early can look like the other numbering, so proof overrules it. */
  private likely: Numbering | undefined;
  private latestNumber: number | undefined;

  /** The generations that are still possible; none: it is none of the known ones. */
  get possible(): ReadonlySet<Generation> {
    if (this.likely === undefined) return this.proven;
    const both = withNumbering[this.likely].filter((generation) => this.proven.has(generation));
    return both.length > 0 ? new Set(both) : this.proven;
  }

  /** Undefined: not decided. */
  get generation(): Generation | undefined {
    const [only, ...others] = this.possible;
    return others.length === 0 ? only : undefined;
  }

  /** Undefined: not decided. */
  get numbering(): Numbering | undefined {
    const fits = (numbering: Numbering): boolean =>
      [...this.possible].every((generation) => withNumbering[numbering].includes(generation));
    if (this.possible.size === 0) return undefined;
    return fits('old') ? 'old' : fits('new') ? 'new' : undefined;
  }

  see(seen: Evidence): void {
    this.keep(evidence[seen]);
  }

  /** The number of an event as it was printed. */
  seeNumber(number: number): void {
    const isFirst = this.latestNumber === 1;
    this.latestNumber = number;
    if (number === 8 || number === 9 || (isFirst && number === 2)) this.keep(withNumbering.new);
    else if (isFirst && number === 4) this.likely = 'old';
  }

  private keep(these: readonly Generation[]): void {
    this.proven = new Set([...this.proven].filter((generation) => these.includes(generation)));
  }
}
