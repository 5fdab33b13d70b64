import { createHash } from 'node:crypto';
import { isSoundTurn, measures } from '../../measurement';
import type { FinishedRun } from '../../run';
import { shownFindings, shownTurns } from '../judged-turn';
import { headlineOf, latencyNotes } from '../kinds';
import { breakdownChart, partsLegend } from './breakdown-chart';
import {
  budgetsTable,
  definitions,
  goalsTable,
  kindsTable,
  quantilesTable,
  shiftsTable,
} from './budgets-table';
import { bootsInWords } from '../boots';
import { bootTable } from './boot-table';
import { crashList } from './crash-list';
import { findingList } from './findings';
import { header } from './header';
import { latencyChart } from './latency-chart';
import { html, trusted, type Markup } from './markup';
import { script } from './script';
import { style } from './style';
import { surveyCurves } from '../survey-curves';
import { surveyChart } from './survey-chart';
import { tiles } from './tiles';
import type { InlineAudio } from './turn-detail';
import { turnList } from './turn-list';
import type { TurnSoundSummary } from './turn-sound';

export interface HtmlOptions {
  /** Peaks of the captures; turns without stay without waveforms. */
  readonly sounds?: readonly TurnSoundSummary[];
  /** Puts the WAVs into the page. Default: links relative to the run folder, where the page belongs. */
  readonly inlineAudio?: InlineAudio;
}

/** Nothing comes from the network and nothing runs but the script of this folder, whatever a board printed. */
const policy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "media-src 'self' data: file:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

// Whole elements, since a formatter that adds a blank inside would break the hash of the policy.
const scriptElement = trusted(`<script>${script}</script>`);
const styleElement = trusted(`<style>${style}</style>`);

const card = (title: string, note: Markup | string, content: Markup, kind = ''): Markup =>
  html`<section class="card ${kind}">
    <div class="card-head">
      <h2>${title}</h2>
      <span class="muted">${note}</span>
    </div>
    ${content}
  </section>`;

/** On which clocks the measures stand. */
const definitionsNote = ({ rig }: FinishedRun['record']): string =>
  rig === undefined
    ? "instants of the host's clock; console lines by the board's own stamps where they are better"
    : `prompts and replies are located in samples of one clock, topology ${rig.topology}`;

/** The hatching of bars without a number. */
const hatch = html`<svg width="0" height="0" aria-hidden="true" style="position:absolute">
  <defs>
    <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <line x1="0" y1="0" x2="0" y2="5" stroke="var(--fail)" stroke-opacity=".55" stroke-width="1.6" />
    </pattern>
  </defs>
</svg>`;

/**
 * `report.html` of a run: one file without any other, except for the captures that it links to. Pure: sound comes in as peaks.
 */
export function renderHtml(run: FinishedRun, options: HtmlOptions = {}): string {
  const { verdict, record } = run;
  const turns = shownTurns(run);
  const spoken = turns.filter(isSoundTurn);
  const headline = verdict === undefined ? 'voiceToVoice' : headlineOf(verdict);
  const findings = shownFindings(run);
  const surveys = surveyCurves(run);
  const crashes = crashList(run);
  const boots = bootTable(run);
  const shifts = verdict === undefined ? undefined : shiftsTable(verdict);
  const sounds = new Map(options.sounds?.map((sound) => [sound.turnId, sound]));
  const title = measures[headline].title;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${policy}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${record.outcome ?? 'aborted'} · ${record.runId} · earshot</title>
        ${styleElement}
      </head>
      <body>
        ${hatch} ${header(run)}
        <main>
          ${tiles(run, turns)}
          ${
            verdict !== undefined && [
              card(
                'Latency',
                `${title}: bars count turns, the line is their cumulative share`,
                html`<div class="scroll">
                    ${latencyChart(
                      verdict.distributions[headline],
                      verdict.budgets.filter(
                        ({ measure, kind }) => measure === headline && kind === undefined,
                      ),
                      title,
                    )}
                  </div>
                  ${kindsTable(verdict)} ${goalsTable(run)}
                  ${latencyNotes(run).map((note) => html`<p class="muted">${note}</p>`)}`,
              ),
            ]
          }
          ${spoken.length > 0 && card('Where the time goes', partsLegend(), html`<div class="scroll">${breakdownChart(spoken)}</div>`)}
          ${verdict !== undefined && card('Budgets', 'absolute bounds, judged by 95 % confidence bounds', budgetsTable(verdict))}
          ${shifts !== undefined && card('Against the baseline', 'median differences, with the session as the unit', shifts)}
          ${surveys.length > 0 && card('How far it hears', 'surveys: shown, and neither judged nor counted', html`${surveys.map(surveyChart)}`)}
          ${findings.length > 0 && card('Findings', `${findings.length} in this run`, findingList(findings, true))}
          ${crashes !== undefined && card('Crashes', 'by signature; the same crash of another board or build has the same', crashes)}
          ${turns.length > 0 && card('Turns', spoken.length > 0 ? 'open one for its timeline, sound and logs' : 'open one for its timeline and logs', turnList(turns, sounds, options.inlineAudio), 'turns-card')}
          ${verdict !== undefined && card('All measures', 'milliseconds', quantilesTable(verdict))}
          ${boots !== undefined && card('Boots', bootsInWords(run), boots)}
          ${card('Definitions', definitionsNote(record), definitions(verdict))}
        </main>
        <footer>
          earshot ${record.earshotVersion} · ${record.runId} · scenario ${record.scenario.sha256.slice(0, 12)}
          · corpus ${record.corpus.sha256.slice(0, 12)}
        </footer>
        ${scriptElement}
      </body>
    </html> `;
  return page.text;
}
