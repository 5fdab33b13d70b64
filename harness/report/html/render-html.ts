import { createHash } from 'node:crypto';
import { isSoundTurn } from '../../measurement';
import type { FinishedRun } from '../../run';
import { bootsInWords } from '../boots';
import { shownFindings, shownTurns, type ShownTurn } from '../judged-turn';
import { headlineOf, latencyNotes } from '../kinds';
import { messagesOf, type Language, type Messages } from '../language';
import { surveyCurves } from '../survey-curves';
import { bootTable } from './boot-table';
import { breakdownChart, partsLegend } from './breakdown-chart';
import {
  budgetsTable,
  definitions,
  goalsTable,
  kindsTable,
  quantilesTable,
  shiftsTable,
} from './budgets-table';
import { crashList } from './crash-list';
import { findingList } from './findings';
import { header } from './header';
import { heapChart } from './heap-chart';
import { latencyChart, latencyLegend } from './latency-chart';
import { html, trusted, type Markup } from './markup';
import { script } from './script';
import { soakCard } from './soak-card';
import { style } from './style';
import { surveyChart } from './survey-chart';
import { tiles } from './tiles';
import type { InlineAudio } from './turn-detail';
import { turnList, type SoundOfTurn } from './turn-list';

export interface HtmlOptions {
  /** What is shown of the captures of a turn; turns without stay without waveforms. */
  readonly soundOf?: SoundOfTurn;
  /** Puts the WAVs into the page. Default: links relative to the run folder, where the page belongs. */
  readonly inlineAudio?: InlineAudio;
  /** Default: English. What boards, providers and people wrote stays as it is. */
  readonly language?: Language | undefined;
}

/** Nothing comes from the network and nothing runs but the script of this folder, whatever a board printed. */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  'img-src data:',
  "media-src 'self' data: file:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

// Whole elements, since a formatter that adds a blank inside would break the hash of the policy.
const scriptElement = trusted(`<script>${script}</script>`);
const styleElement = trusted(`<style>${style}</style>`);

/** Where the turns go: no text that was recorded can look like it, since its brackets are escaped. */
const turnsPlace = trusted('<!--turns-->');

const card = (title: string, note: Markup | string, content: Markup, kind = ''): Markup =>
  html`<section class="card ${kind}">
    <div class="card-head">
      <h2>${title}</h2>
      <span class="muted">${note}</span>
    </div>
    ${content}
  </section>`;

/** On which clocks the measures stand. */
const definitionsNote = ({ rig }: FinishedRun['record'], { definitions: own }: Messages): string =>
  rig === undefined ? own.hostClock : own.rigClock(rig.topology);

/** The hatching of bars without a number. */
const hatch = html`<svg width="0" height="0" aria-hidden="true" style="position:absolute">
  <defs>
    <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line x1="0" y1="0" x2="0" y2="5" stroke="var(--fail)" stroke-opacity=".55" stroke-width="1.6" />
    </pattern>
  </defs>
</svg>`;

function latencyCard(run: FinishedRun, words: Messages): Markup | undefined {
  const { verdict } = run;
  if (verdict === undefined) return undefined;
  const headline = headlineOf(verdict);
  const { title } = words.measures[headline];
  const { comparison } = verdict;
  const baseline = comparison?.reference?.[headline];
  return card(
    words.latency.title,
    words.latency.note(title),
    html`<div class="scroll">
        ${latencyChart(
          {
            distribution: verdict.distributions[headline],
            baseline,
            budgets: verdict.budgets.filter(
              ({ measure, kind }) => measure === headline && kind === undefined,
            ),
            title,
          },
          words,
        )}
      </div>
      ${comparison !== undefined && baseline !== undefined && latencyLegend(words.storedTitle(comparison.against), words)}
      <p class="muted">${words.latency.boxNote}</p>
      ${kindsTable(verdict, words)} ${goalsTable(run, words)}
      ${latencyNotes(run, words).map((note) => html`<p class="muted">${note}</p>`)}`,
  );
}

/** The page around its turns. */
function shell(run: FinishedRun, turns: readonly ShownTurn[], words: Messages): Markup {
  const { verdict, record } = run;
  const spoken = turns.filter(isSoundTurn);
  const findings = shownFindings(run);
  const surveys = surveyCurves(run);
  const crashes = crashList(run, words);
  const boots = bootTable(run, words);
  const heap = heapChart(run, words);
  const shifts = verdict === undefined ? undefined : shiftsTable(verdict, words);
  const { scenario, corpus, runId, earshotVersion } = record;
  return html`<!doctype html>
    <html lang="${words.tag}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${words.outcomes[record.outcome ?? 'aborted']} · ${runId} · earshot</title>
        ${styleElement}
      </head>
      <body>
        ${turns.length > 0 && html`<a class="skip" href="#turns">${words.header.skip}</a>`} ${hatch}
        ${header(run, words)}
        <main>
          ${tiles(run, turns, words)} ${latencyCard(run, words)}
          ${spoken.length > 0 && card(words.breakdown.title, partsLegend(words), html`<div class="scroll">${breakdownChart(spoken, words)}</div>`)}
          ${verdict !== undefined && card(words.budgets.title, words.budgets.note, budgetsTable(verdict, words))}
          ${verdict?.soak !== undefined && card(words.soak.title, words.soak.note(verdict.soak), soakCard(verdict.soak, words))}
          ${shifts !== undefined && card(words.baseline.title, words.baseline.note, shifts)}
          ${surveys.length > 0 && card(words.survey.title, words.survey.note, html`${surveys.map((survey) => surveyChart(survey, words))}`)}
          ${findings.length > 0 && card(words.findings.title, words.findings.note(findings.length), findingList(findings, true, words))}
          ${crashes !== undefined && card(words.crashList.title, words.crashList.note, crashes)}
          ${
            turns.length > 0 &&
            html`<section class="card turns-card" id="turns" tabindex="-1">
              <div class="card-head">
                <h2>${words.turns.title}</h2>
                <span class="muted">${spoken.length > 0 ? words.turns.noteSound : words.turns.noteText}</span>
              </div>
              ${turnsPlace}
            </section>`
          }
          ${verdict !== undefined && card(words.quantiles.title, words.quantiles.note, quantilesTable(verdict, words))}
          ${heap !== undefined && card(words.heap.title, words.heap.note(heap.samples), heap.chart)}
          ${boots !== undefined && card(words.bootTable.title, bootsInWords(run, words), boots)}
          ${card(words.definitions.title, definitionsNote(record, words), definitions(verdict, words))}
        </main>
        <footer>
          ${words.footer(earshotVersion, runId, scenario.sha256.slice(0, 12), corpus.sha256.slice(0, 12))}
        </footer>
        ${scriptElement}
      </body>
    </html> `;
}

/**
 * `report.html` of a run piece by piece, each of them at most one turn long, for whoever writes it into a file: with audio a report is
 * larger than what should lie in memory.
 */
export function* renderHtmlPieces(run: FinishedRun, options: HtmlOptions = {}): Generator<string> {
  const words = messagesOf[options.language ?? 'en'];
  const turns = shownTurns(run);
  const [before = '', after = ''] = shell(run, turns, words).text.split(turnsPlace.text);
  yield before;
  if (turns.length > 0)
    for (const piece of turnList(turns, options.soundOf, options.inlineAudio, words)) yield piece.text;
  yield after;
}

/**
 * `report.html` of a run: one file without any other, except for the captures that it links to. Pure: sound comes in as peaks and pictures.
 */
export const renderHtml = (run: FinishedRun, options: HtmlOptions = {}): string =>
  [...renderHtmlPieces(run, options)].join('');

/** A page of `renderHtml` without its players, and so without the sound that it holds: for whoever publishes no recordings. */
export const withoutRecordings = (page: string): string =>
  page.replace(/<div class="players">[\s\S]*?<\/div>/g, '');
