import type { FinishedRun } from '../../run';
import type { Outcome } from '../../verdict';
import { conditionsInWords } from '../condition-words';
import type { Messages } from '../language';
import { inMs, plusMinus } from '../wording';
import { html, type Markup, type MarkupValue } from './markup';
import { storedText } from './stored-text';

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

function duration(
  { startedAtHostMs, endedAtHostMs }: FinishedRun['record'],
  { header: words }: Messages,
): string | undefined {
  if (endedAtHostMs === undefined) return undefined;
  const seconds = Math.round((endedAtHostMs - startedAtHostMs) / 1000);
  return words.duration(Math.floor(seconds / 60), seconds % 60);
}

/** What the rig is, which card it heard with, and the calibration that its times come from. */
function rigFacts({ rig }: FinishedRun['record'], words: Messages): MarkupValue {
  if (rig === undefined) return undefined;
  const { name, topology, rateHz, card, calibration } = rig;
  const own = words.header;
  const roundTrip = calibration?.roundTrip;
  return [
    fact(own.rig, name, `${topology}, ${rateHz / 1000} kHz`),
    card !== undefined && fact(own.card, card.name, card.stableId),
    calibration !== undefined &&
      fact(own.calibration, readable(calibration.measuredAt), [
        roundTrip !== undefined && own.roundTrip(inMs(roundTrip.ms), plusMinus(roundTrip.uncertaintyMs)),
        html`<br />${calibration.path}`,
      ]),
  ];
}

/** What was found, in one line a person reads first, and what was tested with what. */
export function header(run: FinishedRun, words: Messages): Markup {
  const { record, verdict } = run;
  const own = words.header;
  const outcome = record.outcome ?? 'aborted';
  const why = verdict?.why ?? record.why;
  const exitCode = record.exitCode ?? verdict?.exitCode;
  return html`<header class="page-head">
    <div class="brand">
      <span class="logo" aria-hidden="true"></span>earshot<span class="muted"
        >${own.run} ${record.runId}</span
      >
    </div>
    <div class="hero ${outcome}">
      <div class="badge">
        <span class="sign" aria-hidden="true">${sign[outcome]}</span>
        <h1>${words.headlines[outcome]}</h1>
        ${exitCode !== undefined && html`<span class="exit">${own.exit} ${exitCode}</span>`}
      </div>
      <p class="why">${why === undefined ? words.neverEnded(run.turns.length) : storedText(why, words)}</p>
    </div>
    <dl class="facts">
      ${record.boards.map(({ name, model, dialect, firmware }) => [
        fact(own.board, name, model),
        fact(
          own.firmware,
          [firmware?.project, firmware?.version].filter((part) => part !== undefined).join(' ') ||
            own.notPrinted,
          [
            firmware?.generation !== undefined && html`${own.generation} ${firmware.generation} · `,
            firmware?.elfSha256Prefix !== undefined && html`ELF ${firmware.elfSha256Prefix}… `,
            firmware?.idf !== undefined && html`· IDF ${firmware.idf} `,
            firmware?.compiled !== undefined && html`· ${firmware.compiled}`,
          ],
        ),
        fact(own.dialect, dialect.name, html`<span lang="en">${dialect.firmware}</span>`),
      ])}
      ${(record.quarantined ?? []).map(({ board, reason }) =>
        fact(own.quarantine, board, html`<span lang="en">${reason}</span>`),
      )}
      ${rigFacts(record, words)}
      ${fact(own.provider, record.provider.name, record.provider.way ?? record.provider.protocol)}
      ${fact(own.scenario, record.scenario.name, own.prompts(record.corpus.prompts))}
      ${fact(own.bench, record.bench.name, `earshot ${record.earshotVersion}`)}
      ${fact(own.started, readable(record.startedAt), duration(record, words))}
      ${record.conditions !== undefined && fact(own.conditions, conditionsInWords(record.conditions, words), own.conditionsNote)}
      ${record.faults.length > 0 && fact(own.faults, record.faults.join(', '), own.faultsNote)}
    </dl>
  </header>`;
}
