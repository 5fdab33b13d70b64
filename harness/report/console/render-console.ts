import pc from 'picocolors';
import { isSoundTurn, isTextTurn, measures, type Distribution } from '../../measurement';
import type { FinishedRun } from '../../run';
import type { Outcome, Verdict } from '../../verdict';
import { goalRows, goalTitles } from '../goals';
import { shownFindings, shownTurns, whyOf, type ShownSoundTurn, type ShownTextTurn } from '../judged-turn';
import { partsInWords, powerInWords } from '../shifts';
import { headlineOf, kindRows, latencyNotes, shownMeasures } from '../kinds';
import {
  answerInWords,
  callsInWords,
  heardInWords,
  inMs,
  measuredInShort,
  measuredInWords,
  outcomeInWords,
  plain,
  questionInWords,
  stopErrorsInWords,
} from '../wording';
import { tableLines, type Cell, type Column } from './table';

export interface ConsoleOptions {
  /** Default: false. */
  readonly colours?: boolean;
  /** Where the report is, as the reader may click it. */
  readonly reportPath?: string;
}

type Colours = ReturnType<typeof pc.createColors>;

const colourOf = (colours: Colours, outcome: Outcome): ((text: string) => string) =>
  outcome === 'pass' ? colours.green : outcome === 'fail' ? colours.red : colours.yellow;

const turnColumns: readonly Column[] = [
  { title: 'turn', align: 'left', atMost: 8 },
  { title: 'prompt', align: 'left', atMost: 18 },
  { title: 'heard as', align: 'left', atMost: 12 },
  { title: 'calls', align: 'left', atMost: 14 },
  { title: 'voice-to-voice', align: 'right', atMost: 14 },
  { title: 'up', align: 'right', atMost: 4 },
  { title: 'end', align: 'right', atMost: 4 },
  { title: 'ttfa', align: 'right', atMost: 4 },
  { title: 'lead', align: 'right', atMost: 4 },
  { title: 'down', align: 'right', atMost: 4 },
  { title: '', align: 'left', atMost: 4 },
];

const textColumns: readonly Column[] = [
  { title: 'turn', align: 'left', atMost: 8 },
  { title: 'question', align: 'left', atMost: 24 },
  { title: 'answer', align: 'left', atMost: 24 },
  { title: 'to answer', align: 'right', atMost: 14 },
  { title: 'ttft', align: 'right', atMost: 6 },
  { title: 'total', align: 'right', atMost: 6 },
  { title: 'first', align: 'right', atMost: 6 },
  { title: '', align: 'left', atMost: 4 },
];

const outcomeMark = { pass: 'pass', fail: 'FAIL', 'not-judged': 'n/j' } as const;

function turnRow(turn: ShownSoundTurn, colours: Colours): Cell[] {
  const { measures: of } = turn.measurement;
  return [
    plain(turn.record.turnId),
    plain(turn.record.prompt.transcript),
    plain(heardInWords(turn)),
    plain(callsInWords(turn)),
    measuredInWords(of.voiceToVoice),
    measuredInShort(of.uplink),
    measuredInShort(of.endpointing),
    measuredInShort(of.ttfa),
    measuredInShort(of.replyLeadIn),
    measuredInShort(of.downlink),
    { text: outcomeMark[turn.outcome], colour: colourOf(colours, turn.outcome) },
  ];
}

function textTurnRow(turn: ShownTextTurn, colours: Colours): Cell[] {
  const { measures: of } = turn.measurement;
  return [
    plain(turn.record.turnId),
    plain(questionInWords(turn)),
    plain(answerInWords(turn)),
    measuredInWords(of.questionToAnswer),
    measuredInShort(of.timeToFirstToken),
    measuredInShort(of.totalTime),
    measuredInShort(of.boardTimeToFirstText),
    { text: outcomeMark[turn.outcome], colour: colourOf(colours, turn.outcome) },
  ];
}

const measureColumns: readonly Column[] = [
  { title: 'measure (ms)', align: 'left', atMost: 27 },
  ...['n', 'p50', 'p90', 'p95', 'max'].map((title): Column => ({ title, align: 'right', atMost: 8 })),
  { title: '', align: 'left', atMost: 34 },
];

function distributionRow(title: string, distribution: Distribution): Cell[] {
  const { n, maxMs } = distribution;
  const open = (['p50', 'p90', 'p95'] as const).filter(
    (quantile) => distribution[quantile]?.judged === false,
  );
  const value = (valueMs: number | undefined): string => (valueMs === undefined ? '–' : inMs(valueMs));
  return [
    title,
    String(n),
    value(distribution.p50?.valueMs),
    value(distribution.p90?.valueMs),
    value(distribution.p95?.valueMs),
    value(maxMs),
    open.length === 0 ? '' : `${open.join(', ')} not judged at n = ${n}`,
  ];
}

/** Turns are interrupted only by suites that ask for it. */
const measureRows = (verdict: Verdict): Cell[][] =>
  shownMeasures(verdict)
    .filter((name) => name !== 'bargeInStop' || verdict.distributions[name].n > 0)
    .map((name) => distributionRow(measures[name].title, verdict.distributions[name]));

/** The headline measure by kind of turn, where the kinds tell turns apart. */
function kindLines(verdict: Verdict, colours: Colours): string[] {
  const rows = kindRows(verdict);
  if (rows.length === 0) return [];
  const [first, ...others] = measureColumns;
  const columns =
    first === undefined
      ? others
      : [{ ...first, title: `${measures[headlineOf(verdict)].title} of` }, ...others];
  return tableLines(
    columns,
    rows.map(({ title, distribution }) => distributionRow(title, distribution)),
    colours.dim,
  );
}

const goalColumns: readonly Column[] = goalTitles.map((title, index) => ({
  title,
  align: index === 2 || index === 3 ? 'right' : 'left',
  atMost: 32,
}));

function goalLines(run: FinishedRun, colours: Colours): string[] {
  const rows = goalRows(run).map(({ dialect, measure, value, goal, difference }) => [
    plain(dialect),
    measure,
    value,
    goal,
    difference,
  ]);
  return rows.length === 0 ? [] : tableLines(goalColumns, rows, colours.dim);
}

/** What stands among budgets and shifts already. */
const saidAsBounds: ReadonlySet<string> = new Set(['HIL_TURN_TOO_SLOW', 'HIL_TURN_SLOWER_THAN_BASELINE']);

const legend = [
  '= heard as said · n/j not judged',
  'up, end, ttfa, lead, down: uplink, endpointing, time to first audio, reply lead-in, downlink',
];

const textLegend = [
  'n/j not judged · ms; to answer: question to answer, ttft: time to first token, total: total time,',
  "first: the board's time to first text",
];

function budgetLines(verdict: Verdict, colours: Colours): string[] {
  return verdict.budgets.map(({ outcome, why }) => {
    const mark = colourOf(colours, outcome)(outcomeInWords[outcome].padEnd(12));
    return `  ${mark}  ${plain(why)}`;
  });
}

/** What came of holding the run against a baseline. */
function shiftLines(verdict: Verdict, colours: Colours): string[] {
  const lines = (verdict.comparison?.shifts ?? []).map(({ outcome, why }) => {
    const mark = colourOf(colours, outcome)(outcomeInWords[outcome].padEnd(12));
    return `  ${mark}  ${plain(why)}`;
  });
  const parts = partsInWords(verdict);
  const power = powerInWords(verdict);
  return [
    ...lines,
    ...(parts === undefined ? [] : [`  ${'of which'.padEnd(12)}  ${parts}`]),
    ...(power === undefined ? [] : [`  ${'power'.padEnd(12)}  ${power}`]),
  ];
}

/** Folds a sentence at blanks, so that nothing is wider than the terminal that CI logs assume. */
function folded(text: string, columns: number, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/**
 * The end of a run as text for a terminal of 110 columns: turns, quantiles, budgets, findings outside of turns, self-check,
 * verdict, report path. `=` under `heard as` says that the provider heard what was said. Lines end with LF.
 */
export function renderConsole(run: FinishedRun, options: ConsoleOptions = {}): string {
  const colours = pc.createColors(options.colours ?? false);
  const { verdict } = run;
  const shown = shownTurns(run);
  const turns = shown.filter(isSoundTurn);
  const textTurns = shown.filter(isTextTurn);
  const lines: string[] = [];
  const section = (content: readonly string[]): void => {
    if (content.length > 0) lines.push('', ...content);
  };

  if (turns.length > 0) {
    section(
      tableLines(
        turnColumns,
        turns.map((turn) => turnRow(turn, colours)),
        colours.dim,
      ).concat(legend.map((line) => colours.dim(line))),
    );
  }
  if (textTurns.length > 0) {
    section(
      tableLines(
        textColumns,
        textTurns.map((turn) => textTurnRow(turn, colours)),
        colours.dim,
      ).concat(textLegend.map((line) => colours.dim(line))),
    );
  }
  if (verdict !== undefined) {
    section(tableLines(measureColumns, measureRows(verdict), colours.dim));
    section(kindLines(verdict, colours));
    section(goalLines(run, colours));
    section(latencyNotes(run).flatMap((note) => folded(note, 108, '  ')));
    section(budgetLines(verdict, colours).flatMap((line) => folded(line, 108, ' '.repeat(16))));
    section(shiftLines(verdict, colours).flatMap((line) => folded(line, 108, ' '.repeat(16))));
  }
  const findings = shownFindings(run).filter(({ code }) => !saidAsBounds.has(code));
  section(
    findings.flatMap(({ code, origin, message, turnId }) =>
      folded(`  ${origin.padEnd(8)} ${turnId ?? '–'}  ${code}: ${plain(message)}`, 108, ' '.repeat(11)),
    ),
  );
  if (verdict?.selfCheck !== undefined) {
    const { n, p95AbsErrorMs, boundMs, ok } = verdict.selfCheck;
    const error = `p95 error ${p95AbsErrorMs.toFixed(3)} ms against counted truth over ${n} turns`;
    const { bargeInStop } = verdict.selfCheck;
    section([
      `self-check  ${ok ? 'ok' : 'MISSED'}: ${error}, bound ${boundMs} ms`,
      ...(bargeInStop === undefined ? [] : [`            barge-in stop: ${stopErrorsInWords(bargeInStop)}`]),
    ]);
  }
  const outcome = run.record.outcome ?? 'aborted';
  const badge = colourOf(colours, outcome)(outcomeInWords[outcome].toUpperCase());
  section(folded(`${badge}  ${plain(whyOf(run))}`, 108, '    '));
  if (options.reportPath !== undefined) lines.push(colours.dim(`report  ${options.reportPath}`));
  return `${lines.slice(1).join('\n')}\n`;
}
