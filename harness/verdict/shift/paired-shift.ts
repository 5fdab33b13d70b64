import type { ArmTurn } from './rank-shift';
import { whereFalls, type ShiftEstimate } from './shift-estimate';
import { signFlipTail } from './sign-flips';

/** Turns of one arm in one pair. */
interface Block {
  readonly values: readonly number[];
  /** Index of the prompt of each. */
  readonly strata: readonly number[];
}

interface Pair {
  readonly reference: Block;
  readonly candidate: Block;
  /** As many turns as count of an average of both. */
  readonly weight: number;
}

/** Pairs that both arms have, in the order of the candidate. */
export function commonPairs(reference: readonly ArmTurn[], candidate: readonly ArmTurn[]): string[] {
  const known = new Set(reference.map(({ pair }) => pair));
  return [...new Set(candidate.flatMap(({ pair }) => (pair !== undefined && known.has(pair) ? pair : [])))];
}

/** Of two ascending lists, the second moved by an offset, what lies in the middle of both together. */
function middleOf(first: readonly number[], second: readonly number[], offset: number): number {
  const half = (first.length + second.length - 1) / 2;
  const [low, high] = [Math.floor(half), Math.ceil(half)];
  let [i, j] = [0, 0];
  let [atLow, value] = [0, 0];
  for (let rank = 0; rank <= high; rank += 1) {
    const one = first[i] ?? Infinity;
    const other = (second[j] ?? Infinity) + offset;
    if (j >= second.length || (i < first.length && one <= other)) {
      value = one;
      i += 1;
    } else {
      value = other;
      j += 1;
    }
    if (rank === low) atLow = value;
  }
  return (atLow + value) / 2;
}

/** What is left of a value without its prompt's own length; a missing answer is longer than all whatever its prompt. */
const without = (centre: number, value: number): number =>
  value === Infinity ? Infinity : centre === Infinity ? -Infinity : value - centre;

/** P(one of the second list is larger) − P(smaller). */
function ahead(first: readonly number[], second: readonly number[]): number {
  let sum = 0;
  for (const one of first) for (const other of second) sum += other > one ? 1 : other < one ? -1 : 0;
  return sum / (first.length * second.length);
}

/**
 * By how much a candidate is slower than its reference where both were played in pairs of blocks, one right after the other, in an order
 * that was drawn: the shift at which neither block is ahead of the other. Whatever a bench did from one pair to the next is in both blocks
 * of a pair alike and cancels; what it did within a pair is as often for the candidate as against it, since the order was drawn, so that
 * flipping the signs of the pairs says exactly how rare a shift is, however the latencies are spread.
 * Turns are ranked within their pair, each less the middle of its prompt; turns without a value count as slower than all with one.
 * @see Hodges and Lehmann, Ann. Math. Stat. 33 (1962), 482-497, for ranks after alignment; Fisher, The Design of Experiments, § 21.
 */
export class PairedShift implements ShiftEstimate {
  readonly turns: { readonly reference: number; readonly candidate: number };
  /** The pairs. */
  readonly sessions: { readonly reference: number; readonly candidate: number };
  private readonly pairs: readonly Pair[];
  /** Values of each prompt, ascending. */
  private readonly prompts: readonly {
    readonly reference: readonly number[];
    readonly candidate: readonly number[];
  }[];

  /** Turns of pairs, and of prompts, that the other arm lacks are left out. */
  constructor(reference: readonly ArmTurn[], candidate: readonly ArmTurn[]) {
    const pairs = commonPairs(reference, candidate);
    const strata = [...new Set(reference.map(({ stratum }) => stratum))].filter((name) =>
      candidate.some(({ stratum }) => stratum === name),
    );
    const [pairIndex, stratumIndex] = [pairs, strata].map(
      (names) => new Map(names.map((name, index) => [name, index])),
    );
    const known = (arm: readonly ArmTurn[]): readonly ArmTurn[] =>
      arm.filter(
        ({ pair = '', stratum }) => pairIndex?.has(pair) === true && stratumIndex?.has(stratum) === true,
      );
    const blocksOf = (arm: readonly ArmTurn[]): Block[] =>
      pairs.map((name) => {
        const own = arm.filter(({ pair }) => pair === name);
        return {
          values: own.map(({ valueMs }) => valueMs),
          strata: own.map(({ stratum }) => stratumIndex?.get(stratum) ?? 0),
        };
      });
    const [ofReference, ofCandidate] = [known(reference), known(candidate)];
    const candidates = blocksOf(ofCandidate);
    this.pairs = blocksOf(ofReference).flatMap((block, index): Pair[] => {
      const other = candidates[index];
      const [m, n] = [block.values.length, other?.values.length ?? 0];
      if (other === undefined || m === 0 || n === 0) return [];
      return [{ reference: block, candidate: other, weight: (m * n) / (m + n) }];
    });
    const ascending = (arm: readonly ArmTurn[], name: string): number[] =>
      arm
        .flatMap(({ stratum, valueMs }) => (stratum === name ? valueMs : []))
        .sort((a, b) => (a === b ? 0 : a - b));
    this.prompts = strata.map((name) => ({
      reference: ascending(ofReference, name),
      candidate: ascending(ofCandidate, name),
    }));
    this.turns = { reference: ofReference.length, candidate: ofCandidate.length };
    this.sessions = { reference: this.pairs.length, candidate: this.pairs.length };
  }

  get degrees(): number {
    return this.pairs.length - 1;
  }

  get comparable(): boolean {
    return this.pairs.length >= 2;
  }

  get estimateMs(): number {
    const theta = (shift: number): number => this.scores(shift).reduce((sum, score) => sum + score, 0);
    return (whereFalls((shift) => theta(shift) > 0) + whereFalls((shift) => theta(shift) >= 0)) / 2;
  }

  bounds(tail: number): { readonly lowerMs: number; readonly upperMs: number } {
    return {
      lowerMs: whereFalls((shift) => this.pOver(shift) <= tail),
      upperMs: whereFalls((shift) => this.pUnder(shift) > tail),
    };
  }

  pOver(shiftMs: number): number {
    return signFlipTail(this.scores(shiftMs));
  }

  pUnder(shiftMs: number): number {
    return signFlipTail(this.scores(shiftMs).map((score) => -score));
  }

  /** Of each pair, positive where the true shift is larger. */
  private scores(shiftMs: number): number[] {
    const centres = this.prompts.map(({ reference, candidate }) => middleOf(reference, candidate, -shiftMs));
    const left = ({ values, strata }: Block, offset: number): number[] =>
      values.map((value, index) => without(centres[strata[index] ?? 0] ?? 0, value + offset));
    return this.pairs.map(
      ({ reference, candidate, weight }) => weight * ahead(left(reference, 0), left(candidate, -shiftMs)),
    );
  }
}
