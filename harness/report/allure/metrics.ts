import { measures } from '../../measurement';
import type { FinishedRun } from '../../run';
import { headlineOf, shownMeasures } from '../kinds';

const quantiles = ['p50', 'p95'] as const;

interface Metric {
  readonly id: string;
  readonly key: string;
  /** In milliseconds. */
  readonly value: number;
  readonly start: number;
  readonly stop: number;
}

/** Quantiles of a run as Allure's metrics, which it draws over the runs of a history; without those that are unknown or above every number. */
export function metricsOf({ record, verdict }: FinishedRun): Metric[] {
  if (verdict === undefined) return [];
  const start = Date.parse(record.startedAt);
  const stop = start + Math.round((record.endedAtHostMs ?? record.startedAtHostMs) - record.startedAtHostMs);
  return shownMeasures(verdict).flatMap((measure) =>
    quantiles.flatMap((quantile) => {
      const value = verdict.distributions[measure][quantile]?.valueMs;
      const key = `${measure}.${quantile}`;
      return value === undefined || !Number.isFinite(value)
        ? []
        : [{ id: `${record.runId}-${key}`, key, value: Math.round(value * 100) / 100, start, stop }];
    }),
  );
}

/** How the generator is to call those metrics. */
export const performanceOf = ({ verdict }: FinishedRun): object => {
  if (verdict === undefined) return {};
  const headline = headlineOf(verdict);
  const named = shownMeasures(verdict).flatMap((measure) =>
    quantiles.map((quantile) => [
      `${measure}.${quantile}`,
      {
        title: `${measures[measure].title} ${quantile}`,
        unit: 'ms',
        better: 'lower',
        group: measure === headline ? 'headline' : 'parts',
      },
    ]),
  );
  return {
    groups: { headline: { title: 'Latency' }, parts: { title: 'Where the time goes' } },
    metrics: Object.fromEntries(named) as object,
  };
};
