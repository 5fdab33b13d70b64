import { methodTitles, type MethodName } from '../methods/method';
import { readableMs, readablePercent } from './readable';
import type { AccuracyReport, ConditionReport } from './report';
import type { ErrorStatistics } from './statistics';
import type { Target } from './targets';

/** One cell: `median / p95 (misses)`, or the numbers that should not be. */
export function cellOf(statistics: ErrorStatistics | undefined, expects: ConditionReport['expects']): string {
  if (statistics === undefined) return '';
  const { turns, numbers, missRate, medianAbsErrorMs, p95AbsErrorMs } = statistics;
  if (expects === 'none') return numbers === 0 ? 'no number' : `${numbers} of ${turns} false`;
  if (medianAbsErrorMs === undefined || p95AbsErrorMs === undefined) return 'none found';
  const misses =
    missRate === 0 ? '' : `, ${readablePercent(missRate)} ${expects === 'number' ? 'missed' : 'none'}`;
  return `${readableMs(medianAbsErrorMs)} / ${readableMs(p95AbsErrorMs)}${misses}`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const valueOf = ({ value, unit }: Target): string => {
  if (!Number.isFinite(value)) return 'nothing to judge';
  return unit === 'ms' ? `${readableMs(value)} ms` : `${Number(value.toPrecision(3))}${unit && ` ${unit}`}`;
};

/** Targets, one a line. */
export const targetLines = (targets: readonly Target[]): string[] =>
  table(
    targets.map((target) => [
      target.ok ? 'ok' : 'MISSED',
      target.name,
      valueOf(target),
      `(${target.bound}${target.unit && ` ${target.unit}`})`,
    ]),
  );

/** The report for a terminal: conditions as rows, methods as columns, then the targets. */
export function accuracyTable({ conditions, methods, targets, turnsPerCondition }: AccuracyReport): string {
  const head = ['condition', ...methods.map((method: MethodName) => methodTitles[method])];
  const rows = conditions.map(({ title, methods: found, expects }) => [
    title,
    ...methods.map((method) => cellOf(found[method], expects)),
  ]);
  const lines = table([head, ...rows]);
  const grouped = conditions.flatMap(({ group }, index) => [
    ...(conditions[index - 1]?.group === group ? [] : ['', group]),
    `  ${lines[index + 1] ?? ''}`,
  ]);
  return [
    `|error| of voice-to-voice latency, median / p95 in ms; ${turnsPerCondition} turns for each condition`,
    `  ${lines[0] ?? ''}`,
    ...grouped,
    '',
    'targets',
    ...targetLines(targets).map((line) => `  ${line}`),
  ].join('\n');
}
