import { distributionOf, notMeasured, type Measured } from '../measurement';
import type { LatencyBound } from '../ports';
import { judgeQuantile } from './budget';
import { judgeTurn, type JudgedTurn, type TurnJudgement } from './turn-outcome';
import type { Finding } from '../ports';
import type { BudgetResult } from './verdict';

/** What a suite's bound says of these turns; a bad take stays out, as from every distribution. */
export function judgeBound(
  { measure = 'voiceToVoice', quantile, boundMs, test }: Omit<LatencyBound, 'turnIds' | 'hostAtMs'>,
  turns: readonly { readonly turn: JudgedTurn; readonly goodTake: boolean }[],
): BudgetResult {
  const measured = turns.map(({ turn, goodTake }): Measured => {
    if (!goodTake) return notMeasured('bad-take');
    return turn.measurement.measures[measure] ?? notMeasured('not-taken');
  });
  const result = judgeQuantile(measure, quantile, boundMs, distributionOf(measured));
  return test === undefined ? result : { ...result, why: `${test}: ${result.why}` };
}

/** The same for turns as a suite holds them, each with its own findings. */
export const judgeBoundOfTurns = (
  bound: Pick<LatencyBound, 'measure' | 'quantile' | 'boundMs'>,
  turns: readonly (JudgedTurn & { readonly findings: readonly Finding[] })[],
): BudgetResult =>
  judgeBound(
    bound,
    turns.map((turn) => ({
      turn,
      goodTake: judgeTurn(
        turn,
        turn.findings.map((finding) => ({ ...finding, turnId: turn.record.turnId })),
      ).goodTake,
    })),
  );

/** Judges the bounds that suites set during a run, each over its own turns. */
export const judgeBounds = (
  bounds: readonly LatencyBound[],
  turns: readonly JudgedTurn[],
  judgements: readonly TurnJudgement[],
): BudgetResult[] =>
  bounds.map((bound) =>
    judgeBound(
      bound,
      turns.flatMap((turn, index) =>
        bound.turnIds.includes(turn.record.turnId)
          ? { turn, goodTake: judgements[index]?.goodTake === true }
          : [],
      ),
    ),
  );
