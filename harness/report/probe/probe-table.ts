import pc from 'picocolors';
import { tableLines, type Cell, type Column } from '../console/table';
import { firstMeasure, type ProbedProvider, type ProbeReport, type ProbeSpread } from './probe-report';

const columns: readonly Column[] = [
  { title: 'provider', align: 'left', atMost: 24 },
  { title: 'answered', align: 'right', atMost: 9 },
  { title: 'first', align: 'left', atMost: 5 },
  { title: 'p50', align: 'right', atMost: 8 },
  { title: 'p90', align: 'right', atMost: 8 },
  { title: 'p95', align: 'right', atMost: 8 },
  { title: 'gap p50', align: 'right', atMost: 8 },
  { title: 'p95', align: 'right', atMost: 8 },
  { title: 'total p50', align: 'right', atMost: 9 },
  { title: 'p95', align: 'right', atMost: 8 },
  { title: 'speed p50', align: 'right', atMost: 12 },
  { title: 'connect', align: 'right', atMost: 8 },
];

/** Three digits at least, and no more behind the point than they say. */
const inShort = (value: number | undefined): string =>
  value === undefined ? '–' : value >= 100 ? value.toFixed(0) : value.toFixed(1);

const of = (spread: ProbeSpread | undefined, which: 'p50' | 'p90' | 'p95'): string =>
  inShort(spread?.[which]);

function speedOf({ measures }: ProbedProvider): string {
  if (measures.realTimeFactor !== undefined) return `${measures.realTimeFactor.p50.toFixed(1)} × real`;
  return measures.tokensPerS === undefined ? '–' : `${inShort(measures.tokensPerS.p50)} tok/s`;
}

function rowOf(provider: ProbedProvider, colours: ReturnType<typeof pc.createColors>): Cell[] {
  const { name, answered, wanted, measures } = provider;
  const first = measures[firstMeasure(provider)];
  const kind = firstMeasure(provider) === 'firstAudioMs' ? 'audio' : 'token';
  const colour = answered === wanted ? colours.green : answered === 0 ? colours.red : colours.yellow;
  return [
    name,
    { text: `${answered}/${wanted}`, colour },
    first === undefined ? '' : kind,
    of(first, 'p50'),
    of(first, 'p90'),
    of(first, 'p95'),
    of(measures.tokenGapMs, 'p50'),
    of(measures.tokenGapMs, 'p95'),
    of(measures.totalMs, 'p50'),
    of(measures.totalMs, 'p95'),
    speedOf(provider),
    of(measures.connectMs, 'p50'),
  ];
}

const times = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([code, count]) => `${code} × ${count}`)
    .join(', ');

function notesOf(provider: ProbedProvider): string[] {
  const { name, errors, retries, turns, wanted, measures } = provider;
  const lines: string[] = [];
  const missing = wanted - turns.length;
  if (Object.keys(errors).length > 0) lines.push(`${name}: failed: ${times(errors)}`);
  const [message] = turns.flatMap(({ error }) => error?.message ?? []);
  if (message !== undefined) lines.push(`  first: ${message}`);
  if (Object.keys(retries).length > 0) lines.push(`${name}: asked again after: ${times(retries)}`);
  if (missing > 0) lines.push(`${name}: ${missing} of ${wanted} turns were not asked`);
  const { firstThoughtMs } = measures;
  if (firstThoughtMs !== undefined) {
    lines.push(
      `${name}: reasoning begins after ${inShort(firstThoughtMs.p50)} ms (p50), before the first token`,
    );
  }
  return lines;
}

const stops = {
  interrupted: 'Interrupted: what was measured until then.',
  'spend-cap': 'The spend cap was reached: what was measured until then.',
} as const;

/** The comparison of all providers for a terminal; times in milliseconds. */
export function renderProbeTable(
  report: ProbeReport,
  { colours: on }: { readonly colours: boolean },
): string {
  const colours = pc.createColors(on);
  const { providers, comparison, stopped } = report;
  const lines = tableLines(
    columns,
    providers.map((provider) => rowOf(provider, colours)),
    colours.bold,
  );
  lines.push(
    colours.dim(
      'Milliseconds from the last byte of the question (of speech: its last sample); connecting is apart.',
    ),
  );
  for (const note of providers.flatMap(notesOf)) lines.push(colours.yellow(note));
  if (stopped !== undefined) lines.push(colours.yellow(stops[stopped]));
  if (comparison !== undefined) {
    const { runId, measure, board } = comparison;
    lines.push(
      '',
      `Run ${runId}: ${measure} p50 ${inShort(board.p50)}, p95 ${inShort(board.p95)} ms of ${board.n} turns. The board adds:`,
      ...comparison.added.map(
        ({ provider, p50Ms, p95Ms }) => `  over ${provider}: p50 ${inShort(p50Ms)}, p95 ${inShort(p95Ms)} ms`,
      ),
    );
  }
  return lines.join('\n');
}
