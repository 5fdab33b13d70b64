import type { TurnResult } from '../../host';
import { suiteBridge } from '../suite-bridge';
import { misused, type Judgement } from './judgement';
import { judgeAnsweredWithin, judgeMeasured } from './turn-matchers';

/** A limit on one turn. */
export interface TurnLimit {
  readonly maxMs: number;
}

/** Limits on the latency of several turns; at least one. */
export interface TurnsLimits {
  readonly p50Ms?: number;
  readonly p90Ms?: number;
  readonly p95Ms?: number;
  /** On every single turn. */
  readonly maxMs?: number;
}

export const quantiles = { p50Ms: 'p50', p90Ms: 'p90', p95Ms: 'p95', maxMs: 'max' } as const;
type LimitName = keyof typeof quantiles;

const isLimitName = (name: string): name is LimitName => name in quantiles;

/** @throws ConfigError `HIL_CONFIG_MATCHER` when no limit, an unknown one or no positive number is given. */
export function checkedLimits(limits: unknown, allowed: readonly LimitName[]): [LimitName, number][] {
  const entries = Object.entries((limits ?? {}) as Record<string, unknown>).filter(
    ([, value]) => value !== undefined,
  );
  const example = allowed.map((name) => `${name}: 800`).join(' or ');
  if (entries.length === 0) throw misused(`toAnswerWithin needs a limit: { ${example} }.`);
  return entries.map(([name, value]) => {
    if (!isLimitName(name) || !allowed.includes(name)) {
      const hint = isLimitName(name)
        ? `${name} is of no meaning for one turn; expect it of a list: expect(turns).toAnswerWithin({ ${name}: … })`
        : `toAnswerWithin knows no limit "${name}"; it takes ${allowed.join(', ')}`;
      throw misused(`${hint}.`);
    }
    if (typeof value !== 'number' || !(value > 0)) {
      throw misused(`toAnswerWithin takes ${name} in milliseconds above 0, not ${JSON.stringify(value)}.`);
    }
    return [name, value];
  });
}

/** Voice-to-voice latency of one turn against a limit. */
export function judgeAnswer(turn: TurnResult, limit: TurnLimit): Judgement {
  const [[, maxMs]] = checkedLimits(limit, ['maxMs']) as [[LimitName, number]];
  return judgeAnsweredWithin(turn, maxMs);
}

/** What the limits say of several turns. The verdict has the finding: it judges the same bounds over the same turns. */
export interface TurnsJudgement {
  readonly pass: boolean;
  readonly message: string;
}

/**
 * Voice-to-voice latency of several turns against limits, each judged on its interval as a budget is: it fails only where the
 * whole interval lies above. What is inconclusive or has too few turns does not throw, since it is no fault that was seen, and is
 * no pass either: it stands in the run's budgets as such, and an inconclusive one makes the run inconclusive.
 * @throws ConfigError `HIL_CONFIG_MATCHER` for limits that make no sense.
 */
export function judgeAnswers(turns: readonly TurnResult[], limits: TurnsLimits): TurnsJudgement | Judgement {
  const checked = checkedLimits(limits, ['p50Ms', 'p90Ms', 'p95Ms', 'maxMs']);
  const [first] = turns;
  const silent = turns.every(({ measurement }) => measurement.measures.voiceToVoice.state === 'not-measured');
  if (first !== undefined && silent) return judgeMeasured(first, 'voiceToVoice');
  const results = checked.map(([name, boundMs]) =>
    suiteBridge().judgeBound({ quantile: quantiles[name], boundMs }, turns),
  );
  const failed = results.filter(({ outcome }) => outcome === 'fail');
  return { pass: failed.length === 0, message: failed.map(({ why }) => why).join(' ') };
}
