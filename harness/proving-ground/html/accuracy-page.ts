import type { Condition } from '../accuracy/conditions';
import type { AccuracyReport, ConditionReport } from '../accuracy/report';
import { errorsOf, errorStatistics, type ErrorStatistics, type Trial } from '../accuracy/statistics';
import { readableMs, readablePercent } from '../accuracy/readable';
import { hasReply, isBleed, snrOf, trialsOf, type Target, type Trials } from '../accuracy/targets';
import { methodTitles, type MethodName } from '../methods/method';
import { lineChart, type Series } from './chart';
import { escaped } from './markup';
import { style } from './style';

const ERROR_MS = { from: 1e-4, to: 1e4 } as const;
const decades = (from: number, to: number): (readonly [number, string])[] =>
  Array.from({ length: Math.round(Math.log10(to / from)) + 1 }, (_, n) => {
    const value = from * 10 ** n;
    return [value, String(Number(value.toPrecision(1)))] as const;
  });
const errorAxis = { ...ERROR_MS, log: true, ticks: decades(ERROR_MS.from, ERROR_MS.to) } as const;

/** Points of a cumulative share: many enough for the eye. */
const CURVE_POINTS = 200;

/** Cumulative share of `total` by value: ends below 1 when numbers are missing. */
function cumulative(values: readonly number[], total: number): [number, number][] {
  const ascending = [...values].sort((a, b) => a - b);
  const every = Math.max(1, Math.floor(ascending.length / CURVE_POINTS));
  return ascending.flatMap((value, rank) =>
    rank % every === 0 || rank === ascending.length - 1
      ? [[value, (rank + 1) / total] as [number, number]]
      : [],
  );
}

const legend = (series: readonly Series[]): string =>
  `<ul class="legend">${series
    .map(
      ({ title, name }) =>
        `<li class="series ${escaped(name)}"><svg viewBox="0 0 30 10" aria-hidden="true"><path d="M0 5H30"/></svg>${escaped(title)}</li>`,
    )
    .join('')}</ul>`;

const card = (title: string, text: string, body: string): string =>
  `<section class="card"><h2>${escaped(title)}</h2><p>${escaped(text)}</p>${body}</section>`;

const shares = [0, 0.25, 0.5, 0.75, 1].map((share) => [share, `${100 * share} %`] as const);

function distributionChart(trials: Trials, methods: readonly MethodName[]): string {
  const which = (one: Condition): boolean => one.expects === 'number' && !isBleed(one);
  const series = methods.map((method): Series => {
    const tried = trialsOf(trials, method, which);
    return {
      name: method,
      title: methodTitles[method],
      points: cumulative(errorsOf(tried).map(Math.abs), tried.length),
    };
  });
  const chart = lineChart({
    label: 'Cumulative share of turns by absolute error, for each method',
    x: { title: '|error|, ms', ...errorAxis },
    y: { title: 'share of the turns', from: 0, to: 1, ticks: shares },
    series,
    marks: [[0.1, '0.1 ms']],
  });
  return card(
    'How far off, over all conditions with a reply',
    'Every turn counts: where a curve stays below 100 %, the rest has no number.',
    legend(series) + chart,
  );
}

const isDry = ({ group }: Condition): boolean => group === 'noise, dry';

function snrChart(trials: Trials, methods: readonly MethodName[]): string {
  const snrs = [...new Set(trials.conditions.filter(isDry).map(snrOf))].sort((a, b) => b - a);
  const series = methods.map((method): Series => ({
    name: method,
    title: methodTitles[method],
    dots: true,
    points: snrs.map((snrDb) => {
      const tried = trialsOf(trials, method, (one) => isDry(one) && snrOf(one) === snrDb);
      // With half of the turns missing, a quantile of the rest says nothing.
      const { missRate, p95AbsErrorMs } = errorStatistics(tried);
      return [-snrDb, missRate > 0.5 ? undefined : p95AbsErrorMs] as const;
    }),
  }));
  const chart = lineChart({
    label: 'p95 of the absolute error by signal-to-noise ratio, for each method',
    x: {
      title: 'speech over noise, dB',
      from: -Math.max(40, ...snrs),
      to: -Math.min(0, ...snrs),
      ticks: snrs.map((snrDb) => [-snrDb, String(snrDb)] as const),
    },
    y: { title: 'p95 of |error|, ms', ...errorAxis },
    series,
  });
  return card(
    'By noise',
    'White noise, babble and hum together, dry. No point: more than half of the turns have no number.',
    legend(series) + chart,
  );
}

/** Share of a normal distribution within k standard deviations (Abramowitz and Stegun 7.1.26, to 1.5e-7). */
function withinNormal(k: number): number {
  const x = k / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const polynomial =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return 1 - polynomial * Math.exp(-x * x);
}

function coverageChart(trials: Trials, methods: readonly MethodName[]): string {
  const ratiosOf = (tried: readonly Trial[]): number[] =>
    tried.flatMap(({ truthMs, estimate }) =>
      'valueMs' in estimate && estimate.uncertaintyMs !== undefined
        ? Math.abs(estimate.valueMs - truthMs) / estimate.uncertaintyMs
        : [],
    );
  const stated = methods.flatMap((method): Series[] => {
    const ratios = ratiosOf(trialsOf(trials, method, hasReply));
    return ratios.length === 0
      ? []
      : [
          {
            name: method,
            title: methodTitles[method],
            points: [[0, 0], ...cumulative(ratios, ratios.length)],
          },
        ];
  });
  const ideal: Series = {
    name: 'ideal',
    title: 'normal distribution',
    points: Array.from({ length: 41 }, (_, n) => [n / 10, withinNormal(n / 10)] as const),
  };
  const series = [...stated, ideal];
  const chart = lineChart({
    label: 'Share of the errors within k stated uncertainties',
    x: {
      title: '|error| over stated uncertainty u',
      from: 0,
      to: 4,
      ticks: [0, 1, 2, 3, 4].map((k) => [k, `${k} u`] as const),
    },
    y: { title: 'share of the numbers', from: 0, to: 1, ticks: shares },
    series,
    marks: [[2, '2 u']],
    band: [0.95, 0.995],
  });
  return card(
    'Is the stated uncertainty honest?',
    'At 2 u the curve should lie in the band of 95 to 99.5 %: below it u is too small, above it too large.',
    legend(series) + chart,
  );
}

const targetValue = ({ value, unit }: Target): string =>
  !Number.isFinite(value)
    ? 'nothing to judge'
    : unit === 'ms'
      ? `${readableMs(value)} ms`
      : `${Number(value.toPrecision(3))} ${unit}`;

function targetsTable(targets: readonly Target[]): string {
  const rows = targets.map(
    (target) =>
      `<tr><td><span class="pill${target.ok ? '' : ' missed'}">${target.ok ? 'ok' : 'missed'}</span></td><td class="text">${escaped(target.name)}</td><td class="num">${escaped(targetValue(target))}</td><td class="num">${escaped(`${target.bound} ${target.unit}`)}</td></tr>`,
  );
  return `<div class="scroll"><table><thead><tr><th></th><th>target</th><th class="num">value</th><th class="num">bound</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

function cell(statistics: ErrorStatistics | undefined, expects: ConditionReport['expects']): string {
  if (statistics === undefined) return '<td class="num none">–</td>';
  const { turns, numbers, missRate, medianAbsErrorMs, p95AbsErrorMs, biasMs } = statistics;
  if (expects === 'none')
    return numbers === 0
      ? '<td class="num none">no number</td>'
      : `<td class="num false">${numbers} of ${turns} false</td>`;
  if (medianAbsErrorMs === undefined || p95AbsErrorMs === undefined)
    return '<td class="num none">none found</td>';
  const notes = [
    biasMs === undefined ? '' : `bias ${biasMs > 0 ? '+' : ''}${readableMs(biasMs)}`,
    missRate === 0 ? '' : `${readablePercent(missRate)} without`,
  ].filter((note) => note !== '');
  return `<td class="num">${readableMs(medianAbsErrorMs)} / ${readableMs(p95AbsErrorMs)} <small>${escaped(notes.join(', '))}</small></td>`;
}

function conditionsTable({ conditions, methods }: AccuracyReport): string {
  const head = methods.map((method) => `<th class="num">${escaped(methodTitles[method])}</th>`).join('');
  const rows = conditions.map(({ name, title, group, methods: found, expects }, index) => {
    const heading =
      conditions[index - 1]?.group === group
        ? ''
        : `<tr class="group"><td colspan="${methods.length + 3}">${escaped(group)}</td></tr>`;
    const known = found.known;
    const coverage =
      known?.coverage === undefined || expects === 'none' ? '' : readablePercent(known.coverage);
    const u =
      known?.medianUncertaintyMs === undefined || expects === 'none'
        ? ''
        : readableMs(known.medianUncertaintyMs);
    return `${heading}<tr><td>${escaped(title)} <small><code>${escaped(name)}</code></small></td>${methods
      .map((method) => cell(found[method], expects))
      .join('')}<td class="num">${u}</td><td class="num">${coverage}</td></tr>`;
  });
  return `<div class="scroll"><table><thead><tr><th>condition</th>${head}<th class="num">median u</th><th class="num">within 2 u</th></tr></thead><tbody>${rows.join('')}</tbody></table></div>`;
}

/** The accuracy report as one HTML page that needs no other file. */
export function accuracyPage(report: AccuracyReport, trials: Trials): string {
  const { methods, targets, turnsPerCondition } = report;
  const missed = targets.filter(({ ok }) => !ok).length;
  const lead = `${trials.results.length} simulated turns, ${turnsPerCondition} for each of ${report.conditions.length} conditions. The truth of each was counted while it was made and is shown to no method. ${missed === 0 ? 'Every target holds.' : `${missed} of ${targets.length} targets are missed.`}`;
  const charts = [distributionChart, snrChart, coverageChart].map((chart) => chart(trials, methods)).join('');
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>Earshot: accuracy</title><style>${style}</style></head><body><main><h1>How far off is a latency?</h1><p class="lead">${escaped(lead)}</p><div class="charts">${charts}${card('Targets', 'Over the conditions that each names.', targetsTable(targets))}</div>${card('Conditions', '|error| of voice-to-voice latency, median / p95 in ms; bias is the median of estimate minus truth. u is what Earshot states for the known reply. A turn alone: npm run bench:accuracy -- --case NAME/INDEX', conditionsTable(report))}</main></body></html>\n`;
}
