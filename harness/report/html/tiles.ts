import type { MeasureName, QuantileEstimate } from '../../measurement';
import type { FinishedRun } from '../../run';
import type { Verdict } from '../../verdict';
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

function interval({ lowerMs, upperMs }: QuantileEstimate): string {
  const upper = upperMs !== undefined && Number.isFinite(upperMs) ? inMs(upperMs) : '∞';
  return `95 % interval ${lowerMs === undefined ? '–' : inMs(lowerMs)} to ${upper} ms`;
}

function quantileTile(verdict: Verdict, title: string, name: MeasureName, quantile: 'p50' | 'p95'): Markup {
  const { n, [quantile]: estimate } = verdict.distributions[name];
  if (estimate === undefined) return tile(title, '–', '', 'no turn has a value');
  const note = estimate.judged ? interval(estimate) : `not judged at n = ${n}`;
  return tile(title, inMs(estimate.valueMs), ' ms', note, estimate.judged ? '' : 'open');
}

/** The figures that a person looks for first. */
export function tiles({ verdict }: FinishedRun, turns: readonly ShownTurn[]): Markup {
  const of = (outcome: ShownTurn['outcome']): number =>
    turns.filter((turn) => turn.outcome === outcome).length;
  const name = verdict === undefined ? 'voiceToVoice' : headlineOf(verdict);
  const inWriting = name === 'questionToAnswer';
  const headline = inWriting ? 'Question to answer' : 'Voice-to-voice';
  const judged = of('pass') + of('fail');
  const unjudged = of('not-judged');
  return html`<section class="tiles" aria-label="Key figures">
    ${verdict !== undefined && quantileTile(verdict, `${headline}, median`, name, 'p50')}
    ${verdict !== undefined && quantileTile(verdict, `${headline}, p95`, name, 'p95')}
    ${tile('Turns passed', `${of('pass')}`, ` of ${judged}`, unjudged === 0 ? 'all turns judged' : `${unjudged} more not judged`, of('fail') > 0 ? 'fail' : '')}
    ${verdict !== undefined && quantileTile(verdict, inWriting ? 'Time to first token' : 'Time to function call', inWriting ? 'timeToFirstToken' : 'timeToFunctionCall', 'p50')}
    ${
      verdict?.selfCheck !== undefined &&
      tile(
        'Measurement error, p95',
        verdict.selfCheck.p95AbsErrorMs.toFixed(3),
        ' ms',
        `against counted truth, bound ${verdict.selfCheck.boundMs} ms`,
        verdict.selfCheck.ok ? '' : 'fail',
      )
    }
  </section>`;
}
