import { evidenceInWords } from './judge-row';
import type { Cause, FaultRow, Recovery } from './fault-row';

const recoveries: Readonly<Record<Recovery, string>> = {
  none: 'goes on',
  reset: 'resets the board',
  session: 'opens a new session',
  ends: 'ends; what was recorded is whole',
  tested: 'as its test says',
};

const benches = {
  voice: 'WebSocket',
  call: 'WebRTC',
  sdk: 'WebRTC, embedded SDK',
  chat: 'in writing',
} as const;

const howTested = (cause: Cause): string => {
  switch (cause.by) {
    case 'board':
      return `virtual board (${benches[cause.bench]}), \`${cause.fault}\``;
    case 'provider':
      return `mock (${benches[cause.bench]}), ${cause.orders.fault === undefined ? 'its link' : `\`${cause.orders.fault}\``}`;
    case 'signal':
      return `SIGSTOP of its ${cause.to} (${benches[cause.bench]})`;
    case 'test':
      return `\`${cause.file.replace(/^harness\//, '')}\``;
  }
};

const cellsOf = (row: FaultRow): readonly string[] => [
  `\`${row.id}\``,
  row.what,
  `${row.origin ?? 'nobody'}${row.mayBeBorne === true ? ', or nobody' : ''}`,
  row.codes.map((code) => `\`${[code].flat().join('` or `')}\``).join(', ') || '–',
  row.cause.by === 'test'
    ? String(row.exitCode)
    : `turn ${row.turn}, ${row.exitCode}${row.mayBeBorne === true ? '; or pass, 0' : ''}`,
  evidenceInWords(row.evidence).join(', ') || '–',
  row.retaken === true ? `repeats the take, ${recoveries[row.recovery]}` : recoveries[row.recovery],
  howTested(row.cause),
];

const heads = [
  'fault',
  'what happens',
  'blamed',
  'findings',
  'outcome, exit code',
  'kept',
  'the harness',
  'tested by',
];
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const titles: readonly (readonly [part: FaultRow['part'], title: string])[] = [
  ['board', 'The board'],
  ['bench', 'The bench'],
  ['provider', 'The provider'],
];

/** The part of docs/reliability.md that the rows say: one table for each part. */
export const reliabilityPage = (rows: readonly FaultRow[]): string =>
  titles
    .flatMap(([part, title]) => [
      `### ${title}`,
      '',
      line(heads),
      line(heads.map(() => '---')),
      ...rows.filter((row) => row.part === part).map((row) => line(cellsOf(row))),
      '',
    ])
    .join('\n');
