import type { MeasureName, QuantileEstimate } from '../../measurement';
import type { FinishedRun } from '../../run';
import type { Verdict } from '../../verdict';
import type { Messages } from '../language';
import type { ShownTurn } from '../judged-turn';
import { headlineOf } from '../kinds';
import { inMs } from '../wording';
import { html, type Markup, type MarkupValue } from './markup';

const tile = (title: string, value: MarkupValue, unit: string, note: MarkupValue, kind = ''): Markup =>
  html`<div class="tile ${kind}">
    <h3>${title}</h3>
    <p class="value">${value}<small>${unit}</small></p>
    <p class="note">${note}</p>
  </div>`;

function interval({ lowerMs, upperMs }: QuantileEstimate, words: Messages): string {
  const upper = upperMs !== undefined && Number.isFinite(upperMs) ? inMs(upperMs) : '∞';
  return words.tiles.interval(lowerMs === undefined ? '–' : inMs(lowerMs, words), upper);
}

function quantileTile(verdict: Verdict, name: MeasureName, quantile: 'p50' | 'p95', words: Messages): Markup {
  const { n, [quantile]: estimate } = verdict.distributions[name];
  const measure = words.capital(words.measures[name].title);
  const title = quantile === 'p50' ? words.tiles.median(measure) : words.tiles.p95(measure);
  if (estimate === undefined) return tile(title, '–', '', words.tiles.noValue);
  const note = estimate.judged ? interval(estimate, words) : words.notJudgedAt(n);
  return tile(title, inMs(estimate.valueMs, words), ' ms', note, estimate.judged ? '' : 'open');
}

/** The figures that a person looks for first. */
export function tiles({ verdict }: FinishedRun, turns: readonly ShownTurn[], words: Messages): Markup {
  const of = (outcome: ShownTurn['outcome']): number =>
    turns.filter((turn) => turn.outcome === outcome).length;
  const name = verdict === undefined ? 'voiceToVoice' : headlineOf(verdict);
  const inWriting = name === 'questionToAnswer';
  const own = words.tiles;
  const judged = of('pass') + of('fail');
  const unjudged = of('not-judged');
  return html`<section class="tiles" aria-label="${own.label}">
    ${verdict !== undefined && quantileTile(verdict, name, 'p50', words)}
    ${verdict !== undefined && quantileTile(verdict, name, 'p95', words)}
    ${tile(own.passed, `${of('pass')}`, own.of(judged), unjudged === 0 ? own.allJudged : own.unjudged(unjudged), of('fail') > 0 ? 'fail' : '')}
    ${verdict !== undefined && quantileTile(verdict, inWriting ? 'timeToFirstToken' : 'timeToFunctionCall', 'p50', words)}
    ${
      verdict?.selfCheck !== undefined &&
      tile(
        own.error,
        verdict.selfCheck.p95AbsErrorMs.toFixed(3),
        ' ms',
        own.bound(verdict.selfCheck.boundMs),
        verdict.selfCheck.ok ? '' : 'fail',
      )
    }
  </section>`;
}
