import type { FinishedRun } from '../../run';
import type { Outcome } from '../../verdict';
import { conditionsInWords } from '../condition-words';
import { whyOf } from '../judged-turn';
import { html, type Markup, type MarkupValue } from './markup';

const headline: Readonly<Record<Outcome, string>> = {
  pass: 'Passed',
  fail: 'Failed',
  inconclusive: 'Inconclusive',
  'not-judged': 'Not judged',
  aborted: 'Aborted',
};

const sign: Readonly<Record<Outcome, string>> = {
  pass: '✓',
  fail: '✕',
  inconclusive: '?',
  'not-judged': '–',
  aborted: '■',
};

const fact = (name: string, value: MarkupValue, note?: MarkupValue): Markup | undefined =>
  value === undefined || value === ''
    ? undefined
    : html`<div class="fact">
        <dt>${name}</dt>
        <dd>${value}${note !== undefined && html`<small>${note}</small>`}</dd>
      </div>`;

/** Wall time as people read it: `2026-03-14 09:15 UTC`. */
const readable = (iso: string): string => `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function duration({ startedAtHostMs, endedAtHostMs }: FinishedRun['record']): string | undefined {
  if (endedAtHostMs === undefined) return undefined;
  const seconds = Math.round((endedAtHostMs - startedAtHostMs) / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** What was found, in one line a person reads first, and what was tested with what. */
export function header(run: FinishedRun): Markup {
  const { record, verdict } = run;
  const outcome = record.outcome ?? 'aborted';
  const exitCode = record.exitCode ?? verdict?.exitCode;
  return html`<header class="page-head">
    <div class="brand">
      <span class="logo" aria-hidden="true"></span>earshot<span class="muted">run ${record.runId}</span>
    </div>
    <div class="hero ${outcome}">
      <div class="badge">
        <span class="sign" aria-hidden="true">${sign[outcome]}</span>
        <h1>${headline[outcome]}</h1>
        ${exitCode !== undefined && html`<span class="exit">exit ${exitCode}</span>`}
      </div>
      <p class="why">${whyOf(run)}</p>
    </div>
    <dl class="facts">
      ${record.boards.map(({ name, model, dialect, firmware }) => [
        fact('Board', name, model),
        fact(
          'Firmware',
          [firmware?.project, firmware?.version].filter((part) => part !== undefined).join(' ') ||
            'not printed',
          [
            firmware?.generation !== undefined && html`generation ${firmware.generation} · `,
            firmware?.elfSha256Prefix !== undefined && html`ELF ${firmware.elfSha256Prefix}… `,
            firmware?.idf !== undefined && html`· IDF ${firmware.idf} `,
            firmware?.compiled !== undefined && html`· ${firmware.compiled}`,
          ],
        ),
        fact('Dialect', dialect.name, dialect.firmware),
      ])}
      ${record.rig !== undefined && fact('Rig', record.rig.name, `${record.rig.topology}, ${record.rig.rateHz / 1000} kHz`)}
      ${fact('Provider', record.provider.name, record.provider.way ?? record.provider.protocol)}
      ${fact('Scenario', record.scenario.name, `${record.corpus.prompts} prompts`)}
      ${fact('Bench', record.bench.name, `earshot ${record.earshotVersion}`)}
      ${fact('Started', readable(record.startedAt), duration(record))}
      ${record.conditions !== undefined && fact('Prompts', conditionsInWords(record.conditions), 'added when they were played')}
      ${record.faults.length > 0 && fact('Faults on', record.faults.join(', '), 'switched on with --fault')}
    </dl>
  </header>`;
}
