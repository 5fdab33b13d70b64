import { derivedSeed, seededUniform } from '../../units';

/** When the writer of a run is killed. JSON. */
export interface KillPlan {
  readonly seed: number;
  /**
   * `in-write`: by itself, in the middle of this write of the store (from 0), behind so many of its bytes, 0 to 1.
   * `outside`: by its parent, which has just read so many acknowledgements; wherever it is by then.
   */
  readonly when:
    | { readonly kind: 'in-write'; readonly write: number; readonly share: number }
    | { readonly kind: 'outside'; readonly acknowledgements: number };
  /** Console lines of each turn: a long turn takes many pages of the system's memory, between which a kill comes in. */
  readonly linesPerTurn: number;
}

/** Writes with which a store opens its run: a kill there leaves no turn, and is wanted now and then. */
const WRITES = 60;
const ACKNOWLEDGEMENTS = 12;

/** The same for the same seed. */
export function killPlan(seed: number): KillPlan {
  const random = seededUniform(derivedSeed(seed, 'kill'));
  const linesPerTurn = random() < 0.3 ? 2000 : 20;
  const when =
    random() < 0.6
      ? { kind: 'in-write' as const, write: Math.floor(random() * WRITES), share: random() }
      : { kind: 'outside' as const, acknowledgements: 1 + Math.floor(random() * ACKNOWLEDGEMENTS) };
  return { seed, when, linesPerTurn };
}
