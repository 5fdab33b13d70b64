import type { Budgets } from '../config';
import { summariseSelfCheck, type SelfCheckSummary } from '../measurement';
import type { Finding, LatencyBound } from '../ports';
import { crashGroups } from './crash-groups';
import { distributionsByKind, distributionsOf, topologyOf, type CountedTurn } from './distributions';
import { exitCodeOf, outcomeOfExitCode } from './exit-code';
import { judgeBounds } from './judge-bounds';
import type { BudgetSubject } from './budget-scopes';
import {
  findingsOfBudgets,
  findingsOfUnknownBudgets,
  judgeBudgets,
  type BudgetedTurns,
} from './judge-budgets';
import { reasonOf } from './reason';
import { armsOf, distributionsOfArms, judgeShifts, type Reference } from './shift/judge-shifts';
import { findingsOfShifts, isUndecided } from './shift/shift-findings';
import { findingsOfSoak, judgeSoak, lossesOf, type SoakInput } from './soak/judge-soak';
import {
  findingsOfFaults,
  judgeTurn,
  standsWithoutTake,
  type JudgedTurn,
  type TurnJudgement,
} from './turn-outcome';
import type { Verdict } from './verdict';

export interface JudgeRunInput {
  readonly turns: readonly JudgedTurn[];
  /** Everything that matchers and monitors recorded, in order. */
  readonly findings: readonly Finding[];
  /** Undefined: no absolute bounds, the findings alone decide. */
  readonly budgets: Budgets | undefined;
  /** What was tested: budgets may be for some boards. Absent: those for all are taken. */
  readonly subject?: BudgetSubject;
  /** Bounds that suites set on the turns that they played. Absent: none. */
  readonly bounds?: readonly LatencyBound[];
  /** What the run is held against besides its budgets. Absent: nothing. */
  readonly reference?: Reference;
  /** What a run for hours is judged by besides. Absent: it was none. */
  readonly soak?: SoakInput;
  /** A person or a signal stopped the run. */
  readonly interrupted: boolean;
  /** The arguments were wrong, before anything could be found. */
  readonly usageError?: boolean;
}

function selfCheckOf(
  turns: readonly JudgedTurn[],
  judgements: readonly TurnJudgement[],
): SelfCheckSummary | undefined {
  const checks = turns
    .filter((_, index) => judgements[index]?.goodTake === true)
    .flatMap((turn) => turn.measurement.selfCheck ?? []);
  return checks.length === 0 ? undefined : summariseSelfCheck(checks);
}

/** Turns of some boards of a run, which may be measured in another way than those of the others. */
function turnsOfBoards(counted: readonly CountedTurn[], boards: readonly string[]): BudgetedTurns {
  const own = counted.filter(({ turn }) => boards.includes(turn.record.boardName ?? ''));
  const topology = topologyOf(own)?.counted;
  const of = (outcome: string): number => own.filter(({ judgement }) => judgement.outcome === outcome).length;
  return {
    distributions: distributionsOf(own, topology),
    byKind: distributionsByKind(own, topology),
    passed: of('pass'),
    judged: of('pass') + of('fail'),
  };
}

/**
 * The verdict of a run, from findings, measurements and budgets alone; Jest's pass or fail is not an input.
 *
 * Only findings against the board can fail it: those of turns with a good take, those without a turn, those that the board
 * printed itself (a panic), latency budgets whose lower confidence bound lies outside, and a shift against the reference that matters. Findings against the board on a bad
 * take are kept and shown, and where nothing else decides they make the run inconclusive, never passed. A budget with too few
 * turns is `not-judged` and by itself changes nothing; a judged budget between its bounds makes the run inconclusive. A take
 * that was repeated with success leaves no finding, so the host records a rig fault only when it gives up.
 */
export function judgeRun(input: JudgeRunInput): Verdict {
  const { turns, budgets } = input;
  const endedAtHostMs = Math.max(0, ...turns.map((turn) => turn.record.endedAtHostMs));
  const recorded = [
    ...input.findings,
    ...turns.flatMap((turn) => findingsOfFaults(turn, input.findings)),
    ...findingsOfUnknownBudgets(budgets, endedAtHostMs),
  ];
  const judgements = turns.map((turn) => judgeTurn(turn, recorded));
  const judged = judgements.filter(({ outcome }) => outcome !== 'not-judged');
  const passed = judged.filter(({ outcome }) => outcome === 'pass').length;

  const countedTurns = turns.flatMap((turn, index): CountedTurn[] => {
    const judgement = judgements[index];
    return judgement === undefined ? [] : [{ turn, judgement }];
  });
  const topology = topologyOf(countedTurns);
  const distributions = distributionsOf(countedTurns, topology?.counted);
  const byKind = distributionsByKind(countedTurns, topology?.counted);
  const budgeted = judgeBudgets(budgets, input.subject, (boards) => {
    if (boards === undefined) return { distributions, byKind, passed, judged: judged.length };
    return turnsOfBoards(countedTurns, boards);
  });
  const budgetResults = [...budgeted.budgets, ...judgeBounds(input.bounds ?? [], turns, judgements)];
  const { goals } = budgeted;
  const { reference } = input;
  const shifts =
    reference && judgeShifts(reference, armsOf(countedTurns, topology?.counted, reference.pairOf));
  const soak = input.soak && judgeSoak(input.soak, turns, budgets?.memory);
  const losses = lossesOf(soak);
  const selfCheck = selfCheckOf(turns, judgements);
  const crashes = crashGroups(recorded);
  const budgetFindings = [
    ...findingsOfBudgets(budgetResults, endedAtHostMs),
    ...findingsOfShifts(shifts ?? [], endedAtHostMs),
    ...findingsOfSoak(soak, endedAtHostMs),
  ];
  const findings = [...recorded, ...budgetFindings];

  const counted = new Set<Finding>([
    ...judgements.flatMap(({ countedFindings }) => countedFindings),
    ...recorded.filter(standsWithoutTake),
    ...budgetFindings,
  ]);
  const blames = findings.filter((finding) => counted.has(finding));
  const uncounted = findings.filter((finding) => finding.origin === 'board' && !counted.has(finding));
  const of = (...origins: string[]): Finding[] => findings.filter(({ origin }) => origins.includes(origin));
  const rateFailed = budgetResults.some(
    (result) => result.measure === 'successRate' && result.outcome === 'fail',
  );

  const exitCode = exitCodeOf({
    config: input.usageError === true || of('config').length > 0,
    interrupted: input.interrupted,
    boardFailed: blames.length > 0 || rateFailed,
    benchFault: of('bench', 'harness').length > 0 || selfCheck?.ok === false,
    providerFault: of('provider').length > 0,
    inconclusive:
      judged.length === 0 ||
      uncounted.length > 0 ||
      [...budgetResults, ...losses].some((result) => result.outcome === 'inconclusive') ||
      (shifts !== undefined && isUndecided(shifts)),
  });
  const why = reasonOf(exitCode, {
    turns: judgements,
    config: of('config'),
    blames,
    bench: of('bench', 'harness'),
    provider: of('provider'),
    uncounted,
    budgets: budgetResults,
    shifts,
    losses,
    selfCheck,
  });
  return {
    schema: 'earshot/verdict@1',
    outcome: outcomeOfExitCode[exitCode],
    exitCode,
    why,
    turns: judgements.map(({ turnId, outcome, findings: own }) => ({ turnId, outcome, findings: own })),
    findings,
    ...(crashes.length === 0 ? {} : { crashes }),
    budgets: budgetResults,
    ...(goals.length === 0 ? {} : { goals }),
    ...(reference === undefined || shifts === undefined
      ? {}
      : {
          comparison: {
            against: reference.title,
            marginMs: reference.marginMs,
            shifts,
            reference: distributionsOfArms(reference.arms),
          },
        }),
    ...(soak === undefined ? {} : { soak }),
    distributions,
    distributionsByKind: byKind,
    ...(topology === undefined ? {} : { topology }),
    selfCheck,
  };
}
