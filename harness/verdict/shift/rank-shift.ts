import { whereFalls, type ShiftEstimate } from './shift-estimate';
import { studentQuantile, studentTail } from './student-t';

/** One turn of an arm, of one measure. */
export interface ArmTurn {
  /** Infinity where the board owed an answer and gave none: above every number. */
  readonly valueMs: number;
  /** The session, which turns share more than their prompt: the unit that is drawn at random. */
  readonly session: string;
  /** What is compared with its like only: the prompt, and whether the turn was the first of its session. */
  readonly stratum: string;
  /** The pair of blocks that it was played in, one block of either arm. Absent: the arms were not played in turns. */
  readonly pair?: string;
}

/** Turns of one prompt, ascending. */
interface Column {
  readonly values: Float64Array;
  /** Index of the session of each. */
  readonly sessions: Int32Array;
}

interface Stratum {
  readonly reference: Column;
  readonly candidate: Column;
  /** Of all strata: 1. */
  readonly weight: number;
}

/** What the strata say of one shift that the candidate may have. */
interface Score {
  /** P(candidate − shift > reference) − P(candidate − shift < reference): positive where the true shift is larger. */
  readonly theta: number;
  readonly standardError: number;
}

function columnOf(turns: readonly ArmTurn[], indexOf: ReadonlyMap<string, number>): Column {
  const sorted = [...turns].sort((a, b) => a.valueMs - b.valueMs);
  return {
    values: Float64Array.from(sorted, ({ valueMs }) => valueMs),
    sessions: Int32Array.from(sorted, ({ session }) => indexOf.get(session) ?? 0),
  };
}

const bySession = (turns: readonly ArmTurn[]): ReadonlyMap<string, number> =>
  new Map([...new Set(turns.map(({ session }) => session))].map((session, index) => [session, index]));

/** For each value, the share of `others` (moved by `offset`) above it less the share below; ascending values. */
function sides(values: Float64Array, others: Float64Array, offset: number): Float64Array {
  const result = new Float64Array(values.length);
  let below = 0;
  let through = 0;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] ?? 0;
    while (below < others.length && (others[below] ?? 0) + offset < value) below += 1;
    through = Math.max(through, below);
    while (through < others.length && (others[through] ?? 0) + offset <= value) through += 1;
    result[index] = (others.length - through - below) / others.length;
  }
  return result;
}

const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};

/** n choose k as a number; Infinity beyond its range. */
function choose(n: number, k: number): number {
  let result = 1;
  for (let i = 1; i <= Math.min(k, n - k); i += 1) result *= (n - Math.min(k, n - k) + i) / i;
  return result;
}

/**
 * By how much a candidate is slower than its reference: the Hodges–Lehmann shift, which is the median of all differences between a
 * turn of the one and a turn of the other, within each prompt. Its bounds invert the rank test, with a variance that takes the
 * session as the unit: turns of one session are alike, and to count them as so many witnesses gave 9 to 23 % false alarms.
 * Turns without a value count as slower than all with one. With sessions of one turn each this is the test of Brunner and Munzel.
 * @see Hodges and Lehmann, Ann. Math. Stat. 34 (1963), 598-611; Datta and Satten, JASA 100 (2005), 908-915, for ranks of clusters.
 */
export class RankShift implements ShiftEstimate {
  /** Of each arm, in strata that both arms have. */
  readonly turns: { readonly reference: number; readonly candidate: number };
  readonly sessions: { readonly reference: number; readonly candidate: number };
  private readonly strata: readonly Stratum[];
  readonly degrees: number;
  /** No ordering of so few sessions is rarer than this. */
  private readonly rarest: number;

  /** Any number of turns in each; those of a stratum that the other arm lacks are left out. */
  constructor(reference: readonly ArmTurn[], candidate: readonly ArmTurn[]) {
    const shared = new Set(reference.map(({ stratum }) => stratum));
    const both = new Set(candidate.map(({ stratum }) => stratum).filter((name) => shared.has(name)));
    const used = [reference, candidate].map((arm) => arm.filter(({ stratum }) => both.has(stratum)));
    const [ofReference = [], ofCandidate = []] = used;
    const [referenceIndex, candidateIndex] = [bySession(ofReference), bySession(ofCandidate)];
    this.turns = { reference: ofReference.length, candidate: ofCandidate.length };
    this.sessions = { reference: referenceIndex.size, candidate: candidateIndex.size };
    const columns = [...both].map((name) => {
      const of = (arm: readonly ArmTurn[], index: ReadonlyMap<string, number>): Column =>
        columnOf(
          arm.filter(({ stratum }) => stratum === name),
          index,
        );
      return { reference: of(ofReference, referenceIndex), candidate: of(ofCandidate, candidateIndex) };
    });
    const weights = columns.map(({ reference: { values: x }, candidate: { values: y } }) => {
      return (x.length * y.length) / (x.length + y.length);
    });
    const total = sum(weights);
    this.strata = columns.map((column, index) => ({ ...column, weight: (weights[index] ?? 0) / total }));
    const { reference: m, candidate: n } = this.sessions;
    this.degrees = m + n - 2;
    this.rarest = 1 / choose(m + n, n);
  }

  /** Whether there is anything to say: two sessions in each arm, with a prompt that both know. */
  get comparable(): boolean {
    return this.sessions.reference >= 2 && this.sessions.candidate >= 2;
  }

  /** The median difference in ms; Infinity where missing answers decide it. */
  get estimateMs(): number {
    return (
      (whereFalls((shift) => this.score(shift).theta > 0) +
        whereFalls((shift) => this.score(shift).theta >= 0)) /
      2
    );
  }

  /** Two one-sided bounds in ms, each wrong with this probability; infinite where the turns set none. */
  bounds(tail: number): { readonly lowerMs: number; readonly upperMs: number } {
    const critical = tail < this.rarest ? Infinity : studentQuantile(tail, this.degrees);
    return {
      lowerMs: whereFalls((shift) => this.statistic(shift) > critical),
      upperMs: whereFalls((shift) => this.statistic(shift) >= -critical),
    };
  }

  /** Probability of turns that speak as loudly for a larger shift, were the shift no larger than this. */
  pOver(shiftMs: number): number {
    return Math.max(this.rarest, studentTail(this.statistic(shiftMs), this.degrees));
  }

  /** The same of a smaller shift, were it no smaller than this. */
  pUnder(shiftMs: number): number {
    return Math.max(this.rarest, studentTail(-this.statistic(shiftMs), this.degrees));
  }

  private statistic(shiftMs: number): number {
    const { theta, standardError } = this.score(shiftMs);
    return theta === 0 ? 0 : theta / standardError;
  }

  private score(shiftMs: number): Score {
    const referenceSums = new Float64Array(this.sessions.reference);
    const candidateSums = new Float64Array(this.sessions.candidate);
    let theta = 0;
    for (const { reference, candidate, weight } of this.strata) {
      const above = sides(reference.values, candidate.values, -shiftMs);
      const below = sides(candidate.values, reference.values, shiftMs);
      const mean = sum(above) / above.length;
      theta += weight * mean;
      reference.sessions.forEach((session, index) => {
        referenceSums[session] =
          (referenceSums[session] ?? 0) + (weight * ((above[index] ?? 0) - mean)) / above.length;
      });
      candidate.sessions.forEach((session, index) => {
        candidateSums[session] =
          (candidateSums[session] ?? 0) + (weight * (-(below[index] ?? 0) - mean)) / below.length;
      });
    }
    const variance = [referenceSums, candidateSums].reduce(
      (total, sums) => total + (sums.length / (sums.length - 1)) * sum(sums.map((value) => value * value)),
      0,
    );
    return { theta, standardError: Math.sqrt(variance) };
  }
}
