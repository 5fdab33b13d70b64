import type { FaultRow, RowResult } from './fault-row';

const seconds = (ms: number | undefined): string => (ms === undefined ? '–' : String(Math.round(ms)));

const detectedIn = ({ detectedMs, codes }: RowResult): string => {
  if (detectedMs === undefined) return 'no';
  return codes.length === 0 ? 'borne' : `${seconds(detectedMs)} ms`;
};

/** One row of the table in words; `recovered` with the time to the end of the next good turn. */
const cells = (row: FaultRow, result: RowResult): readonly string[] => [
  row.part,
  row.id,
  detectedIn(result),
  result.origins.join(', ') || '–',
  result.exitCode === undefined ? '–' : `${result.turn}, exit ${result.exitCode}`,
  result.recovered ? seconds(result.recoveredMs) : 'NO',
  seconds(result.ms),
  result.ok ? 'ok' : 'WRONG',
];

const heads = ['part', 'fault', 'detected', 'origin', 'outcome', 'recovered', 'ms', ''];

/** The table as plain text in columns, and below it what is wrong. */
export function tableText(rows: readonly FaultRow[], results: readonly RowResult[]): string {
  const lines = rows.flatMap((row) => {
    const result = results.find(({ id }) => id === row.id);
    return result === undefined ? [] : [cells(row, result)];
  });
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...lines.map((line) => line[column]?.length ?? 0)),
  );
  const inColumns = (line: readonly string[]): string =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const complaints = results.flatMap(({ id, wrong, message }) =>
    wrong.length === 0
      ? []
      : [`${id}: ${wrong.join('; ')}${message === undefined ? '' : `\n    it said: ${message}`}`],
  );
  return [
    inColumns(heads),
    ...lines.map(inColumns),
    ...(complaints.length === 0 ? [] : ['', ...complaints]),
  ].join('\n');
}

/** The same as a table of Markdown. */
export function tableMarkdown(rows: readonly FaultRow[], results: readonly RowResult[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(heads),
    line(heads.map(() => '---')),
    ...rows.flatMap((row) => {
      const result = results.find(({ id }) => id === row.id);
      return result === undefined ? [] : [line(cells(row, result))];
    }),
    '',
  ].join('\n');
}
