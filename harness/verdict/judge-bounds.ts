import { distributionOf, notMeasured, type Measured } from '../measurement';
import type { LatencyBound } from '../ports';
import { judgeQuantile } from './budget';
import { judgeTurn, type JudgedTurn, type TurnJudgement } from './turn-outcome';
import type { Finding } from '../ports';
import type { BudgetResult } from './verdict';

/** What a suite's bound says of these turns; a bad take stays out, as from every distribution. */
export function judgeBound(
  { quantile, boundMs, test }: Pick<LatencyBound, 'quantile' | 'boundMs' | 'test'>,
  turns: readonly { readonly voiceToVoice: Measured; readonly goodTake: boolean }[],
): BudgetResult {
  const distribution = distributionOf(
    turns.map(({ voiceToVoice, goodTake }) => (goodTake ? voiceToVoice : notMeasured('bad-take'))),
  );
  const result = judgeQuantile('voiceToVoice', quantile, boundMs, distribution);
  return test === undefined ? result : { ...result, why: `${test}: ${result.why}` };
}

/** The same for turns as a suite holds them, each with its own findings. */
export const judgeBoundOfTurns = (
  bound: Pick<LatencyBound, 'quantile' | 'boundMs'>,
  turns: readonly (JudgedTurn & { readonly findings: readonly Finding[] })[],
): BudgetResult =>
  judgeBound(
    bound,
    turns.map((turn) => ({
      voiceToVoice: turn.measurement.measures.voiceToVoice,
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
      turns.flatMap(({ record, measurement }, index) =>
        bound.turnIds.includes(record.turnId)
          ? {
              voiceToVoice: measurement.measures.voiceToVoice,
              goodTake: judgements[index]?.goodTake === true,
            }
          : [],
      ),
    ),
  );
