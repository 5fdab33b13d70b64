/** A suite and how long it takes. */
export interface SuiteLength {
  readonly suite: string;
  readonly expectedMs: number;
  /** Turns that it may be cut between. Absent: it goes as a whole. */
  readonly turns?: number;
}

/** What one unit is to play. */
export interface UnitShare {
  readonly suites: readonly string[];
  readonly expectedMs: number;
  /** Of the suite that is cut. Absent: none is among them. */
  readonly turns?: number;
}

/** A bench is opened for each unit, which takes some ten seconds; a unit that is lost is played again. Between the two lies a minute. */
export const UNIT_MS = 60_000;

/** A session's first turn is slower than the others: no part is to be of such alone. */
const FEWEST_TURNS = 4;

function partsOf({ suite, expectedMs, turns }: SuiteLength, unitMs: number): readonly UnitShare[] {
  if (turns === undefined) return [{ suites: [suite], expectedMs }];
  const most = Math.max(1, Math.floor(turns / FEWEST_TURNS));
  const count = Math.min(most, Math.ceil(expectedMs / unitMs));
  return Array.from({ length: count }, (_, index) => {
    const share = Math.floor(turns / count) + (index < turns % count ? 1 : 0);
    return { suites: [suite], expectedMs: (expectedMs * share) / turns, turns: share };
  });
}

const isRoomFor = (unit: UnitShare, part: UnitShare, unitMs: number): boolean =>
  unit.expectedMs + part.expectedMs <= unitMs &&
  !unit.suites.some((suite) => part.suites.includes(suite)) &&
  (unit.turns === undefined || part.turns === undefined);

const joined = (unit: UnitShare, part: UnitShare): UnitShare => {
  const turns = unit.turns ?? part.turns;
  return {
    suites: [...unit.suites, ...part.suites],
    expectedMs: unit.expectedMs + part.expectedMs,
    ...(turns === undefined ? {} : { turns }),
  };
};

/**
 * Units of about this length, the longest first, so that boards end at about the same time. Every suite is in one of them, a suite that
 * may be cut in several, with as many turns as it has together.
 */
export function splitSuites(suites: readonly SuiteLength[], unitMs = UNIT_MS): readonly UnitShare[] {
  const parts = suites.flatMap((suite) => partsOf(suite, unitMs));
  const units: UnitShare[] = [];
  for (const part of [...parts].sort((a, b) => b.expectedMs - a.expectedMs)) {
    const place = units.findIndex((unit) => isRoomFor(unit, part, unitMs));
    const unit = units[place];
    if (unit === undefined) units.push(part);
    else units[place] = joined(unit, part);
  }
  return units.sort((a, b) => b.expectedMs - a.expectedMs);
}
