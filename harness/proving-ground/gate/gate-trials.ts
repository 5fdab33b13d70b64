import { derivedSeed, seededNormal, seededUniform } from '../../units';
import { compareArms, comparePairs, decide, looks, MOST_TURNS, type ArmTurn } from '../../verdict';
import { playArm, playArms, type LatencyModel } from './latency-model';

/** How often each answer was given in a cell of the simulation. */
export interface GateCell {
  readonly model: string;
  /** By how much the candidate was slower. */
  readonly shiftMs: number;
  readonly trials: number;
  readonly failed: number;
  readonly passed: number;
  readonly inconclusive: number;
  /** Turns of an arm at the decision. */
  readonly turnsMedian: number;
  readonly turnsP95: number;
  /** Failures of the ratio gates that this rule replaces, each on one run of 60 turns an arm. */
  readonly naive: Readonly<Record<string, number>>;
}

const MARGIN_MS = 30;
const NAIVE_TURNS = 60;
/** Turns of a block where the arms are played in turns: one session. */
const BLOCK = 8;

const quantileOf = (values: readonly number[], share: number): number => {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.floor(share * ascending.length))] ?? NaN;
};

const ratio = (reference: readonly ArmTurn[], candidate: readonly ArmTurn[], share: number): number => {
  const of = (arm: readonly ArmTurn[]): number =>
    quantileOf(
      arm.slice(0, NAIVE_TURNS).flatMap(({ valueMs }) => (Number.isFinite(valueMs) ? valueMs : [])),
      share,
    );
  return of(candidate) / of(reference);
};

/** What people write first. */
const naiveGates: Readonly<
  Record<string, (reference: readonly ArmTurn[], candidate: readonly ArmTurn[]) => boolean>
> = {
  'p95 ratio > 1.10': (reference, candidate) => ratio(reference, candidate, 0.95) > 1.1,
  'p50 ratio > 1.05': (reference, candidate) => ratio(reference, candidate, 0.5) > 1.05,
};

/** One candidate against one reference, with more turns of both until it is decided. */
function decideOne(
  reference: readonly ArmTurn[],
  candidate: readonly ArmTurn[],
  compare = compareArms,
): { outcome: string; turns: number } {
  for (const { turns } of looks) {
    // What is played in pairs ends with a whole one.
    const until = compare === comparePairs ? Math.ceil(turns / BLOCK) * BLOCK : turns;
    const comparison = compare(reference.slice(0, until), candidate.slice(0, until));
    const [outcome] = decide([comparison], MARGIN_MS);
    if (outcome === 'pass' || outcome === 'fail') return { outcome, turns };
  }
  return { outcome: 'inconclusive', turns: MOST_TURNS };
}

/** Plays both arms `trials` times, seeded by the cell's own name. */
export function tryGate(model: LatencyModel, shiftMs: number, trials: number): GateCell {
  const uniform = seededUniform(derivedSeed(20_261_121, `${model.name}/${shiftMs}`));
  const normal = seededNormal(uniform);
  const outcomes: string[] = [];
  const turns: number[] = [];
  const naive = Object.fromEntries(Object.keys(naiveGates).map((name) => [name, 0]));
  for (let trial = 0; trial < trials; trial += 1) {
    const reference = playArm(model, MOST_TURNS, 0, uniform, normal);
    const candidate = playArm(model, MOST_TURNS, shiftMs, uniform, normal);
    const decided = decideOne(reference, candidate);
    outcomes.push(decided.outcome);
    turns.push(decided.turns);
    for (const [name, fails] of Object.entries(naiveGates))
      if (fails(reference, candidate)) naive[name] = (naive[name] ?? 0) + 1;
  }
  const count = (outcome: string): number => outcomes.filter((one) => one === outcome).length;
  return {
    model: model.name,
    shiftMs,
    trials,
    failed: count('fail'),
    passed: count('pass'),
    inconclusive: count('inconclusive'),
    turnsMedian: quantileOf(turns, 0.5),
    turnsP95: quantileOf(turns, 0.95),
    naive,
  };
}

/** A candidate that was played in turns with its reference, beside the same rule on a candidate that came after it. */
export interface InTurnsCell extends Omit<GateCell, 'naive'> {
  /** Failures of the candidate that came after. */
  readonly failedAfter: number;
}

/** Plays both arms `trials` times in turns on one bench, and `trials` times one after the other, seeded by the cell's own name. */
export function tryInTurns(base: LatencyModel, shiftMs: number, trials: number): InTurnsCell {
  const model = { ...base, turnsPerSession: BLOCK };
  const uniform = seededUniform(derivedSeed(20_261_122, `${model.name}/${shiftMs}`));
  const random = { uniform, normal: seededNormal(uniform) };
  const decided = Array.from({ length: trials }, () => {
    const { reference, candidate } = playArms(model, MOST_TURNS, shiftMs, { order: 'turns', ...random });
    return decideOne(reference, candidate, comparePairs);
  });
  const after = Array.from({ length: trials }, () => {
    const { reference, candidate } = playArms(model, MOST_TURNS, shiftMs, { order: 'after', ...random });
    return decideOne(reference, candidate);
  });
  const count = (of: typeof decided, outcome: string): number =>
    of.filter((one) => one.outcome === outcome).length;
  const turns = decided.map((one) => one.turns);
  return {
    model: model.name,
    shiftMs,
    trials,
    failed: count(decided, 'fail'),
    passed: count(decided, 'pass'),
    inconclusive: count(decided, 'inconclusive'),
    turnsMedian: quantileOf(turns, 0.5),
    turnsP95: quantileOf(turns, 0.95),
    failedAfter: count(after, 'fail'),
  };
}
