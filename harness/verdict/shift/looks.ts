/** A number of turns at which a comparison may be decided. */
export interface Look {
  /** Of the candidate. */
  readonly turns: number;
  /** What may be wrong with the decision here that the candidate is slower. */
  readonly failTail: number;
  /** The same of the decision that it is not. */
  readonly passTail: number;
}

/** Of either arm: five sessions of eight. */
export const FEWEST_TURNS = 40;
/** DESIGN section 11: turns of an arm at most. */
export const MOST_TURNS = 600;
/**
 * Over all looks together. Boole's inequality holds whatever the looks have in common, so the shares need only add up; boundaries
 * worked out from their correlation would save few turns and hold for equal steps only.
 */
const TOTAL = { failTail: 0.025, passTail: 0.05 } as const;
/** Each look has half as many turns more than the one before it, and the late ones, which see most, may spend most. */
const TURNS = [FEWEST_TURNS, 60, 90, 135, 200, 300, 450, MOST_TURNS] as const;

const shares = TURNS.map((turns) => turns / TURNS.reduce((all, one) => all + one, 0));

/** All that the decisions to fail may be wrong together, of one measure. */
export const failTailOfAll: number = TOTAL.failTail;

/** In order. A comparison is made with as many turns as a look has and not in between: who looks more often finds more by chance. */
export const looks: readonly Look[] = TURNS.map((turns, index) => ({
  turns,
  failTail: TOTAL.failTail * (shares[index] ?? 0),
  passTail: TOTAL.passTail * (shares[index] ?? 0),
}));
