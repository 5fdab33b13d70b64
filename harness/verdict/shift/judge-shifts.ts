import {
  distributionOf,
  measures,
  notMeasured,
  type Distribution,
  type Measured,
  type MeasureName,
} from '../../measurement';
import type { Finding, Topology } from '../../ports';
import { topologyOf, type CountedTurn } from '../distributions';
import { judgeTurn, type JudgedTurn } from '../turn-outcome';
import {
  compareArms,
  comparePairs,
  decide,
  FEWEST_SESSIONS,
  type Comparison,
  type ShiftOutcome,
} from './decide';
import type { ShiftEstimate } from './shift-estimate';
import { PairedShift } from './paired-shift';
import { FEWEST_TURNS, looks, MOST_TURNS, type Look } from './looks';
import { RankShift, type ArmTurn } from './rank-shift';
import { studentQuantile } from './student-t';

/** What a person waits for. The parts of a turn say where its time went, and are judged by nobody. */
export const comparedMeasures = ['voiceToVoice', 'timeToFunctionCall', 'questionToAnswer'] as const;
const parts = ['uplink', 'endpointing', 'ttfa', 'replyLeadIn', 'downlink'] as const;

/** Turns of one arm by measure, in the order in which they were played. */
export type Arms = Readonly<Partial<Record<MeasureName, readonly ArmTurn[]>>>;

/** What a candidate is held against. */
export interface Reference {
  /** For sentences: `the baseline of 2026-11-20, firmware 1.4.2`. */
  readonly title: string;
  readonly arms: Arms;
  /** The smallest change that matters. */
  readonly marginMs: number;
  /**
   * The pair of blocks that a turn of the candidate was played in; the reference's turns name theirs themselves. Absent: the arms were
   * not played in turns.
   */
  readonly pairOf?: (turnId: string) => string | undefined;
}

/** One measure of a candidate against its reference. */
export interface ShiftResult {
  readonly measure: MeasureName;
  readonly outcome: ShiftOutcome;
  readonly marginMs: number;
  /** Turns that were compared, in prompts that both have. */
  readonly turns: { readonly reference: number; readonly candidate: number };
  readonly sessions: { readonly reference: number; readonly candidate: number };
  /** Pairs of blocks that were compared, each within itself; absent: the arms were not played in turns. */
  readonly pairs?: number;
  /** Median difference; Infinity where missing answers decide. Absent: nothing to compare. */
  readonly estimateMs?: number;
  /** Between two one-sided bounds, each wrong in 2.5 % of cases at this number of turns. Absent with the estimate. */
  readonly interval?: { readonly lowerMs: number; readonly upperMs: number };
  /** Turns of an arm with which a change of 100 ms is found in 95 % of cases, by the spread seen here. */
  readonly turnsToDetect100Ms?: number;
  /** Turns of an arm with which the rule would decide, were the shift as it is seen here. Absent: it has, or there is no number. */
  readonly turnsToDecide?: number;
  /** Where the difference is: medians of the parts of a turn, those with turns in both arms. */
  readonly parts?: readonly { readonly measure: MeasureName; readonly estimateMs: number }[];
  /** One sentence. */
  readonly why: string;
}

/** One-sided, of the interval that is shown. */
const SHOWN_TAIL = 0.025;
const DETECTED = { shiftMs: 100, missed: 0.05 } as const;
/** Of a normal variable; the degrees of freedom at the number asked for are not known. */
const MANY = 1_000;

/** The turns that count for one measure: those that are in its distribution. */
function armOf(
  name: MeasureName,
  turns: readonly CountedTurn[],
  topology: Topology | undefined,
  pairOf: Reference['pairOf'],
): ArmTurn[] {
  // Boards differ as prompts do, and arms need not have as many turns of each.
  const several = new Set(turns.map(({ turn }) => turn.record.boardName)).size > 1;
  return turns.flatMap(({ turn, judgement }): ArmTurn[] => {
    const { topology: own, measures: of } = turn.measurement;
    const measured: Measured = of[name] ?? notMeasured('not-taken');
    const counts = judgement.goodTake && (own === undefined || own === topology);
    if (!counts || measured.state === 'not-measured') return [];
    const { turnId, session = 0, prompt, turnInSession, boardName } = turn.record;
    const pair = pairOf?.(turnId);
    return [
      {
        valueMs: measured.state === 'measured' ? measured.valueMs : Infinity,
        session: String(session),
        stratum: `${several ? `${boardName ?? ''}: ` : ''}${prompt?.id ?? ''}${turnInSession === 1 ? ' (cold)' : ''}`,
        ...(pair === undefined ? {} : { pair }),
      },
    ];
  });
}

/** What a run has to be compared by, or with: turns of good takes, of every measure that any of them has. */
export function armsOf(
  turns: readonly CountedTurn[],
  topology: Topology | undefined,
  pairOf?: Reference['pairOf'],
): Arms {
  const names: readonly MeasureName[] = [...comparedMeasures, ...parts];
  const arms = names.map((name) => [name, armOf(name, turns, topology, pairOf)] as const);
  return Object.fromEntries(arms.filter(([, arm]) => arm.length > 0));
}

/**
 * The same of a finished run, whose findings say which takes were good: what a baseline keeps of it.
 * @param findings - All of the run.
 * @param pairOf - The pair of blocks that a turn was played in. Absent: it was played in none.
 */
export function armsOfTurns(
  turns: readonly JudgedTurn[],
  findings: readonly Finding[],
  pairOf?: Reference['pairOf'],
): Arms {
  const counted = turns.map((turn) => ({ turn, judgement: judgeTurn(turn, findings) }));
  return armsOf(counted, topologyOf(counted)?.counted, pairOf);
}

/** Distributions of the compared measures that an arm has; an answer that never came is censored. */
export const distributionsOfArms = (arms: Arms): Partial<Record<MeasureName, Distribution>> =>
  Object.fromEntries(
    comparedMeasures.flatMap((name) => {
      const measured = arms[name]?.map(({ valueMs }): Measured => {
        if (Number.isFinite(valueMs)) return { state: 'measured', valueMs, uncertaintyMs: 0 };
        return { state: 'censored', aboveMs: 0, reason: 'no-onset' };
      });
      return measured === undefined ? [] : [[name, distributionOf(measured)] as const];
    }),
  );

/** A difference with its sign: `+12.3 ms`; what missing answers decide has no number. */
export function shiftInWords(valueMs: number): string {
  if (!Number.isFinite(valueMs)) return valueMs > 0 ? 'above every number' : 'below every number';
  const rounded = Math.abs(valueMs).toFixed(1);
  return `${valueMs >= 0 || rounded === '0.0' ? '+' : '−'}${rounded} ms`;
}

const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

type NamedComparison = Comparison & { readonly measure: MeasureName };

/** Standard error of a shift in ms, from the interval that is shown. */
function errorOf(shift: ShiftEstimate): number {
  const { lowerMs, upperMs } = shift.bounds(SHOWN_TAIL);
  return (upperMs - lowerMs) / 2 / studentQuantile(SHOWN_TAIL, shift.degrees);
}

/** Turns of an arm with which the rule finds it, by the spread of these: a look that sees enough, or what the last one would need. */
function turnsToDetect(shift: ShiftEstimate, marginMs: number): number | undefined {
  const errorMs = errorOf(shift);
  const seen = Math.min(shift.turns.reference, shift.turns.candidate);
  const neededAt = ({ failTail }: Look): number => {
    const deviations = studentQuantile(failTail, MANY) + studentQuantile(DETECTED.missed, MANY);
    return Math.ceil(seen * ((errorMs * deviations) / (DETECTED.shiftMs - marginMs)) ** 2);
  };
  const enough = looks.find((look) => look.turns >= neededAt(look));
  const last = looks.at(-1);
  const turns = enough?.turns ?? (last === undefined ? NaN : neededAt(last));
  return Number.isFinite(turns) ? turns : undefined;
}

/**
 * Turns of an arm with which the rule would decide as often as not, were the shift the one that is seen here; undefined where missing
 * answers, or a shift that is just the margin, leave no number.
 */
function turnsToDecide(shift: ShiftEstimate, marginMs: number): number | undefined {
  const apartMs = shift.estimateMs - marginMs;
  const errorMs = errorOf(shift);
  const seen = Math.min(shift.turns.reference, shift.turns.candidate);
  const neededAt = ({ failTail, passTail }: Look): number =>
    Math.ceil(seen * ((errorMs * studentQuantile(apartMs > 0 ? failTail : passTail, MANY)) / apartMs) ** 2);
  const enough = looks.find((look) => look.turns > seen && look.turns >= neededAt(look));
  const last = looks.at(-1);
  const turns = enough?.turns ?? (last === undefined ? NaN : neededAt(last));
  return Number.isFinite(turns) ? turns : undefined;
}

function describe(
  { measure, shift, look, waiting }: NamedComparison,
  reference: Reference,
  outcome: ShiftResult['outcome'],
): string {
  const { marginMs, title } = reference;
  const what = measures[measure].title;
  if (look === undefined) {
    const unit = reference.pairOf === undefined ? 'session' : 'pair';
    const seen = (n: number, sessions: number) => `${counted(n, 'turn')} in ${counted(sessions, unit)}`;
    const { turns, sessions } = shift;
    if (turns.candidate === 0 || turns.reference === 0)
      return `${what} against ${title}: not judged, no prompt was measured in both.`;
    const first = waiting > 0 ? 'the first ' : '';
    return (
      `${what} against ${title}: not judged with ${first}${seen(turns.candidate, sessions.candidate)} against ` +
      `${seen(turns.reference, sessions.reference)}; ${FEWEST_TURNS} turns in ${FEWEST_SESSIONS} ${unit}s each are the fewest.`
    );
  }
  const { lowerMs, upperMs } = shift.bounds(SHOWN_TAIL);
  const inPairs =
    reference.pairOf === undefined ? '' : ` in ${counted(shift.sessions.candidate, 'pair')} of blocks`;
  const seen =
    `${what} is ${shiftInWords(shift.estimateMs)} against ${title} (95 % interval ${shiftInWords(lowerMs)} to ${shiftInWords(upperMs)}, ` +
    `n = ${shift.turns.candidate} against ${shift.turns.reference}${inPairs}), ${marginMs} ms matter`;
  if (outcome !== 'inconclusive') return `${seen}.`;
  const needed = turnsToDecide(shift, marginMs);
  const about =
    needed === undefined ? 'nobody can say how many turns decide it' : `needs about ${needed} turns per arm`;
  const next = looks.find(({ turns }) => turns > look.turns);
  if (next === undefined)
    return `${seen}: undecided at ${MOST_TURNS} turns, the most that are asked for; ${about}.`;
  const beyond =
    needed !== undefined && needed > MOST_TURNS ? `, more than the ${MOST_TURNS} that are asked for` : '';
  return `${seen}: undecided, ${about}${beyond}; looked at again with ${next.turns}.`;
}

/** Medians of the parts, to say where a difference comes from. */
const partsOf = (reference: Arms, candidate: Arms, inPairs: boolean): NonNullable<ShiftResult['parts']> =>
  parts.flatMap((measure) => {
    const shift = new (inPairs ? PairedShift : RankShift)(reference[measure] ?? [], candidate[measure] ?? []);
    return shift.comparable ? [{ measure, estimateMs: shift.estimateMs }] : [];
  });

/**
 * Holds a candidate against its reference, by one rule for each measure: it *fails* where the lower bound of its shift exceeds the
 * smallest change that matters, *passes* where the upper bound lies below it, and is *inconclusive* in between. All failures of a
 * comparison together, at all looks, are wrong in at most 2.5 % of cases even where the true change is the smallest that matters
 * (Holm over the measures, `looks` over the number of turns), and each pass in at most 5 %. With too few turns or sessions a measure is
 * `not-judged`; measures that neither arm has are absent.
 */
export function judgeShifts(reference: Reference, candidate: Arms): ShiftResult[] {
  const { marginMs } = reference;
  const inPairs = reference.pairOf !== undefined;
  const compare = inPairs ? comparePairs : compareArms;
  const all = comparedMeasures
    .filter((name) => reference.arms[name] !== undefined || candidate[name] !== undefined)
    .map((name) => ({ measure: name, ...compare(reference.arms[name] ?? [], candidate[name] ?? []) }));
  const outcomes = decide(all, marginMs);
  return all.map((one, index): ShiftResult => {
    const { measure, shift } = one;
    const outcome = outcomes[index] ?? 'not-judged';
    const { turns, sessions } = shift;
    const base = {
      measure,
      outcome,
      marginMs,
      turns,
      sessions,
      ...(inPairs ? { pairs: sessions.candidate } : {}),
      why: describe(one, reference, outcome),
    };
    if (!shift.comparable) return base;
    const turnsToDetect100Ms = turnsToDetect(shift, marginMs);
    const needed = outcome === 'inconclusive' ? turnsToDecide(shift, marginMs) : undefined;
    return {
      ...base,
      estimateMs: shift.estimateMs,
      interval: shift.bounds(SHOWN_TAIL),
      ...(turnsToDetect100Ms === undefined ? {} : { turnsToDetect100Ms }),
      ...(needed === undefined ? {} : { turnsToDecide: needed }),
      ...(measure === 'voiceToVoice' ? { parts: partsOf(reference.arms, candidate, inPairs) } : {}),
    };
  });
}
