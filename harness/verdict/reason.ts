import { measures, type SelfCheckSummary } from '../measurement';
import type { Finding } from '../ports';
import type { ExitCode } from './exit-code';
import type { ShiftResult } from './shift/judge-shifts';
import { lacksTurns } from './shift/shift-findings';
import type { LossResult } from './soak/judge-soak';
import type { BudgetResult, TurnOutcome } from './verdict';

/** What decided, sorted by who is at fault. */
export interface ReasonInput {
  readonly turns: readonly TurnOutcome[];
  readonly config: readonly Finding[];
  /** Findings that count against the board. */
  readonly blames: readonly Finding[];
  readonly bench: readonly Finding[];
  readonly provider: readonly Finding[];
  /** Findings against the board on bad takes. */
  readonly uncounted: readonly Finding[];
  readonly budgets: readonly BudgetResult[];
  /** Undefined: the run is held against no baseline. */
  readonly shifts: readonly ShiftResult[] | undefined;
  /** What became of the bounds on lost memory; none but of a soak. */
  readonly losses: readonly LossResult[];
  readonly selfCheck: SelfCheckSummary | undefined;
}

/** `3 turns`, `1 turn`. */
const counted = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;

/** The first finding in words, and how many more there are. */
function firstOf(findings: readonly Finding[]): string {
  const [first] = findings;
  if (first === undefined) return 'nothing was recorded';
  const message = first.message.replace(/\s+/g, ' ').replace(/\.$/, '');
  const more = findings.length - 1;
  return more === 0 ? message : `${message} (and ${counted(more, 'more finding')})`;
}

function whyFailed({ turns, blames, budgets }: ReasonInput): string {
  const failed = turns.filter((turn) => turn.outcome === 'fail').length;
  const judged = turns.filter((turn) => turn.outcome !== 'not-judged').length;
  const rate = budgets.find((result) => result.measure === 'successRate' && result.outcome === 'fail');
  if (blames.length === 0 && rate !== undefined) return rate.why;
  const share = failed === 0 ? '' : ` in ${failed} of ${counted(judged, 'judged turn')}`;
  return `The board failed${share}: ${firstOf(blames)}.`;
}

function whyInconclusive({ turns, uncounted, budgets, shifts, losses }: ReasonInput): string {
  if (!turns.some((turn) => turn.outcome !== 'not-judged')) {
    return turns.length === 0
      ? 'No turn was judged: the tests that ran play no prompt; latency, conversation and function-calls do, and text-chat on boards that are asked in writing.'
      : 'No turn was judged: none of the takes was good.';
  }
  const open = [
    ...[...budgets, ...(shifts ?? []), ...losses].filter(({ outcome }) => outcome === 'inconclusive'),
    // Where nothing was judged, that is said instead.
    ...(shifts?.some(({ outcome }) => outcome !== 'not-judged') === true ? shifts.filter(lacksTurns) : []),
  ];
  const [first] = open;
  if (first === undefined && uncounted.length === 0 && shifts !== undefined) {
    return `Not compared: ${shifts[0]?.why ?? 'the baseline and the run have no measure in common.'}`;
  }
  if (first === undefined) {
    return `Findings against the board come from takes that do not count: ${firstOf(uncounted)}.`;
  }
  const more = open.length === 1 ? '' : ` (and ${open.length - 1} more)`;
  if (losses.some((loss) => loss === first))
    return `A longer soak is needed: ${first.why.replace(/\.$/, '')}${more}.`;
  return `More turns are needed: ${first.why.replace(/\.$/, '')}${more}.`;
}

function whyPassed({ turns, budgets, shifts, losses }: ReasonInput): string {
  const judged = turns.filter((turn) => turn.outcome !== 'not-judged').length;
  const held = budgets.filter((result) => result.outcome === 'pass').length;
  const open = budgets.filter((result) => result.outcome === 'not-judged').length;
  const turnsPart = judged === 1 ? 'The one judged turn passed' : `All ${judged} judged turns passed`;
  const heldPart = held === 0 ? '' : `, ${counted(held, 'budget')} held`;
  const openPart = open === 0 ? '' : `, ${counted(open, 'budget')} not judged at this number of turns`;
  const slower = shifts?.filter(({ outcome }) => outcome === 'pass')[0];
  const shiftPart = slower === undefined ? '' : `; ${slower.why.replace(/\.$/, '')}`;
  const unseen = shifts?.filter(({ outcome }) => outcome === 'not-judged') ?? [];
  const unseenPart =
    unseen.length === 0
      ? ''
      : `, not compared for want of turns: ${unseen.map(({ measure }) => measures[measure].title).join(', ')}`;
  const kept = losses.filter(({ outcome }) => outcome === 'pass')[0];
  const lossPart = kept === undefined ? '' : `; ${kept.why.replace(/\.$/, '')}`;
  return `${turnsPart}${heldPart}${openPart}${unseenPart}${shiftPart}${lossPart}.`;
}

/** One sentence: what decided the exit code. */
export function reasonOf(exitCode: ExitCode, input: ReasonInput): string {
  switch (exitCode) {
    case 2:
      return input.config.length === 0
        ? 'The arguments or the configuration cannot be used.'
        : `The configuration cannot be used: ${firstOf(input.config)}.`;
    case 130:
      return `The run was interrupted after ${counted(input.turns.length, 'turn')}.`;
    case 1:
      return whyFailed(input);
    case 3: {
      const { selfCheck } = input;
      if (input.bench.length === 0 && selfCheck !== undefined) {
        const seen = `p95 error ${selfCheck.p95AbsErrorMs.toFixed(3)} ms, bound ${selfCheck.boundMs} ms`;
        return `Not judged, the self-check of the measurement missed its bound: ${seen}.`;
      }
      return `Not judged, the bench or the harness failed: ${firstOf(input.bench)}.`;
    }
    case 4:
      return `Not judged, the provider failed: ${firstOf(input.provider)}.`;
    case 5:
      return whyInconclusive(input);
    case 0:
      return whyPassed(input);
  }
}
