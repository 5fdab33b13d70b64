import { isSoundTurn, isTextTurn, measures, type Distribution } from '../../measurement';
import type { FinishedRun } from '../../run';
import type { Outcome } from '../../verdict';
import { bootRows, bootsInWords, bootTitles } from '../boots';
import { conditionsInWords } from '../condition-words';
import { countInWords, crashNotes, shownCrashes } from '../crashes';
import { goalRows, goalTitles } from '../goals';
import { headlineOf, kindRows, latencyNotes, shownMeasures } from '../kinds';
import { remedyOf, shownFindings, shownTurns, whyOf } from '../judged-turn';
import { quarantineNotes } from '../quarantine-notes';
import { partsInWords, powerInWords, shiftRows, shiftTitles } from '../shifts';
import { en } from '../language';
import { surveyCurves } from '../survey-curves';
import { concealedInWords, lossInWords } from '../network-words';
import {
  answerInWords,
  callsInWords,
  heardInWords,
  inMs,
  measuredInWords,
  outcomeInWords,
  plain,
  questionInWords,
  quantileInWords,
  stopErrorsInWords,
} from '../wording';

const badge: Readonly<Record<Outcome, string>> = {
  pass: '✅',
  fail: '❌',
  inconclusive: '🔶',
  'not-judged': '⚪',
  aborted: '⏹️',
};

/** Text inside a table cell or a sentence: nothing in it is Markdown or HTML. */
const cell = (text: string): string =>
  plain(text).replace(/[\\`*_{}[\]<>|~#@!]/g, (sign) =>
    sign === '<' ? '&lt;' : sign === '>' ? '&gt;' : `\\${sign}`,
  );

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(
  titles: readonly string[],
  alignment: readonly ('l' | 'r')[],
  rows: readonly string[][],
): string[] {
  return [row(titles), row(alignment.map((side) => (side === 'l' ? '---' : '---:'))), ...rows.map(row), ''];
}

/** Most turns that a summary lists: GitHub cuts a step summary at 1 MiB, and nobody reads further. */
const MAX_TURNS = 200;

/** Most findings: what failed once in each of a thousand turns is one thing. */
const MAX_FINDINGS = 50;

/** Of GitHub's 1 MiB for a step, which other steps' words may share; the rest of this is for what is said last. */
const MAX_BYTES = 1_000_000;

/** Lines up to the limit, none of them cut in two, with what they have opened closed. */
export function withinStepSummary(lines: readonly string[]): string {
  const kept: string[] = [];
  let bytes = 0;
  let open = 0;
  for (const line of lines) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > MAX_BYTES) {
      // A table ends at a blank line.
      const closing = Array.from({ length: open }, () => '</details>');
      return [
        ...kept,
        '',
        ...closing,
        '',
        'The rest is in report.html: a step summary holds no more.',
        '',
      ].join('\n');
    }
    kept.push(line);
    open += (line.startsWith('<details>') ? 1 : 0) - (line === '</details>' ? 1 : 0);
  }
  return kept.join('\n');
}

/** `summary.md` of a run for a step summary: verdict first, then budgets, quantiles, findings and the turns, folded. */
export function renderMarkdown(run: FinishedRun): string {
  const { record, verdict } = run;
  const outcome = record.outcome ?? 'aborted';
  const boards = record.boards.map(({ name, model, firmware }) => {
    const version =
      firmware?.version === undefined ? '' : `, ${firmware.project ?? 'firmware'} ${firmware.version}`;
    return cell(`${name} (${model}${version})`);
  });
  const rig = record.rig === undefined ? '' : ` · **rig** ${cell(record.rig.name)} (${record.rig.topology})`;
  const lines = [
    `## ${badge[outcome]} Earshot: ${outcomeInWords[outcome]}`,
    '',
    cell(whyOf(run)),
    '',
    `**Board** ${boards.join(', ')} · **bench** ${cell(record.bench.name)}${rig} · **provider** ${cell(record.provider.name)} (${cell(record.provider.way ?? record.provider.protocol)}) · **run** ${cell(record.runId)}`,
    '',
  ];
  for (const note of quarantineNotes(run)) lines.push(cell(note), '');
  if (record.conditions !== undefined)
    lines.push(`**Prompts** ${cell(conditionsInWords(record.conditions) ?? 'as they are')}`, '');
  if (record.faults.length > 0)
    lines.push(`**Faults switched on:** ${record.faults.map(cell).join(', ')}`, '');
  if (verdict !== undefined) {
    if (verdict.budgets.length > 0) {
      const rows = verdict.budgets.map((budget) => [
        `${badge[budget.outcome]} ${outcomeInWords[budget.outcome]}`,
        cell(budget.why),
      ]);
      lines.push('### Budgets', '', ...table(['', 'budget'], ['l', 'l'], rows));
    }
    if (verdict.comparison !== undefined) {
      const rows = shiftRows(verdict).map((cells) => cells.map(cell));
      const { against, marginMs } = verdict.comparison;
      lines.push('### Against the baseline', '', cell(`${against}; ${marginMs} ms matter.`), '');
      lines.push(...table([...shiftTitles], ['l', 'l', 'r', 'r', 'r', 'r'], rows));
      for (const note of [partsInWords(verdict), powerInWords(verdict)])
        if (note !== undefined) lines.push(cell(note), '');
    }
    const distributionRow = (title: string, { n, p50, p90, p95, maxMs }: Distribution): string[] => {
      const quantiles = [p50, p90, p95].map((estimate) => quantileInWords(estimate, n));
      return [title, String(n), ...quantiles, maxMs === undefined ? '–' : inMs(maxMs)];
    };
    const distributionTable = (title: string, rows: readonly string[][]): string[] =>
      table([title, 'n', 'p50', 'p90', 'p95', 'max'], ['l', 'r', 'r', 'r', 'r', 'r'], rows);
    lines.push(
      '### Latency in milliseconds',
      '',
      ...distributionTable(
        'measure',
        shownMeasures(verdict).map((name) =>
          distributionRow(measures[name].title, verdict.distributions[name]),
        ),
      ),
    );
    const kinds = kindRows(verdict).map(({ title, distribution }) => distributionRow(title, distribution));
    if (kinds.length > 0)
      lines.push(...distributionTable(`${measures[headlineOf(verdict)].title} of`, kinds));
    const goals = goalRows(run).map(({ dialect, measure, value, goal, difference }) =>
      [dialect, measure, value, goal, difference].map(cell),
    );
    if (goals.length > 0) lines.push(...table([...goalTitles], ['l', 'l', 'r', 'r', 'l'], goals));
    for (const note of latencyNotes(run)) lines.push(cell(note), '');
    if (verdict.selfCheck !== undefined) {
      const { n, p95AbsErrorMs, boundMs, ok } = verdict.selfCheck;
      const seen = `p95 error ${p95AbsErrorMs.toFixed(3)} ms against counted truth over ${n} turns, bound ${boundMs} ms`;
      const { bargeInStop } = verdict.selfCheck;
      const stops = bargeInStop === undefined ? '' : ` Barge-in stop: ${stopErrorsInWords(bargeInStop)}.`;
      lines.push(`Self-check ${ok ? 'held' : '**missed**'}: ${seen}.${stops}`, '');
    }
  }
  for (const { axis, points } of surveyCurves(run)) {
    const rows = points.map(({ value, n, heard, medianMs }) => [
      String(value),
      `${heard} of ${n}`,
      medianMs === undefined ? '–' : inMs(medianMs),
    ]);
    const unit = axis === 'rt60Ms' ? 'ms' : 'dB';
    lines.push(
      `### ${en.survey.axes[axis].title}`,
      '',
      ...table([unit, 'heard', 'median, ms'], ['r', 'r', 'r'], rows),
    );
  }
  const findings = shownFindings(run);
  if (findings.length > 0) {
    lines.push('### Findings', '');
    for (const { code, origin, message, turnId } of findings.slice(0, MAX_FINDINGS)) {
      const where = turnId === undefined ? '' : ` · turn ${cell(turnId)}`;
      lines.push(
        `- \`${code}\` (${origin}${where}): ${cell(message)} ${cell(remedyOf(code) ?? '')}`.trimEnd(),
      );
    }
    if (findings.length > MAX_FINDINGS)
      lines.push('', `The first ${MAX_FINDINGS} of ${findings.length} findings.`);
    lines.push('');
  }
  const crashes = shownCrashes(run);
  const notes = crashNotes(run);
  if (crashes.length > 0 || notes.length > 0) lines.push('### Crashes', '');
  if (crashes.length > 0) {
    const rows = crashes.map((crash) => [
      `\`${cell(crash.signature)}\``,
      cell(crash.text),
      cell(countInWords(crash)),
    ]);
    lines.push(...table(['signature', 'crash', 'seen'], ['l', 'l', 'l'], rows));
  }
  for (const note of notes) lines.push(cell(note), '');
  const boots = bootRows(run);
  if (boots.length > 0) {
    lines.push(`<details><summary>${bootsInWords(run)}</summary>`, '');
    const rows = boots.map((cells) => cells.map(cell));
    lines.push(...table(bootTitles, ['r', 'l', 'l', 'r', 'l', 'l'], rows), '</details>', '');
  }
  const shown = shownTurns(run);
  const turns = shown.filter(isSoundTurn);
  const textTurns = shown.filter(isTextTurn);
  if (turns.length > 0) {
    const rows = turns
      .slice(0, MAX_TURNS)
      .map((turn) => [
        cell(turn.record.turnId),
        cell(turn.record.prompt.transcript),
        cell(heardInWords(turn)),
        cell(callsInWords(turn)),
        measuredInWords(turn.measurement.measures.voiceToVoice),
        `${badge[turn.outcome]} ${outcomeInWords[turn.outcome]}`,
      ]);
    const titles = ['turn', 'prompt', 'heard as', 'calls', 'voice-to-voice', ''];
    lines.push(`<details><summary>${turns.length} turns</summary>`, '');
    lines.push(...table(titles, ['l', 'l', 'l', 'l', 'r', 'l'], rows));
    if (turns.length > MAX_TURNS) lines.push(`The first ${MAX_TURNS} of ${turns.length} turns.`, '');
    lines.push('</details>', '');
  }
  const lossy = turns.flatMap(({ record, measurement }) => {
    const { network } = record;
    if (network === undefined || network.up.audioLost + network.down.audioLost === 0) return [];
    return [
      [
        cell(record.turnId),
        cell(lossInWords(network.up)),
        cell(lossInWords(network.down)),
        cell(concealedInWords({ record, measurement }) ?? 'not known'),
        measuredInWords(measurement.measures.voiceToVoice),
      ],
    ];
  });
  if (lossy.length > 0) {
    const titles = [
      'turn',
      'lost on the way up',
      'lost on the way down',
      'reply concealed',
      'voice-to-voice',
    ];
    lines.push(`<details><summary>${lossy.length} turns with lost packets</summary>`, '');
    lines.push(...table(titles, ['l', 'l', 'l', 'l', 'r'], lossy.slice(0, MAX_TURNS)), '</details>', '');
  }
  if (textTurns.length > 0) {
    const rows = textTurns
      .slice(0, MAX_TURNS)
      .map((turn) => [
        cell(turn.record.turnId),
        cell(questionInWords(turn)),
        cell(answerInWords(turn)),
        measuredInWords(turn.measurement.measures.questionToAnswer),
        measuredInWords(turn.measurement.measures.timeToFirstToken),
        measuredInWords(turn.measurement.measures.totalTime),
        `${badge[turn.outcome]} ${outcomeInWords[turn.outcome]}`,
      ]);
    const titles = [
      'turn',
      'question',
      'answer',
      'question to answer',
      'time to first token',
      'total time',
      '',
    ];
    lines.push(`<details><summary>${textTurns.length} turns in writing</summary>`, '');
    lines.push(...table(titles, ['l', 'l', 'l', 'r', 'r', 'r', 'l'], rows));
    if (textTurns.length > MAX_TURNS) lines.push(`The first ${MAX_TURNS} of ${textTurns.length} turns.`, '');
    lines.push('</details>', '');
  }
  return withinStepSummary(lines);
}
