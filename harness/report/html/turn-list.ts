import { isSoundTurn, isTextTurn } from '../../measurement';
import type { ShownSoundTurn, ShownTurn } from '../judged-turn';
import type { Messages } from '../language';
import { callsInWords, heardInWords, measuredInWords } from '../wording';
import { partsBar, partsOf } from './breakdown-chart';
import { html, type Markup } from './markup';
import { textTurnRows } from './text-turn-list';
import { turnDetail, type InlineAudio } from './turn-detail';
import { turnEntry, turnListEnd, turnListOpening } from './turn-entry';
import type { TurnSoundSummary } from './turn-sound';

/** What of a turn's captures is shown; asked for once for each turn, when its row is written. */
export type SoundOfTurn = (turn: ShownSoundTurn) => TurnSoundSummary | undefined;

const filters = ['all', 'fail', 'not-judged', 'pass'] as const;
const orders = ['played', 'slowest', 'fastest', 'outcome', 'prompt'] as const;

/** Which turns to show and in which order; needs the script of the page. */
function toolbar(turns: readonly ShownTurn[], words: Messages): Markup {
  const own = words.turns;
  const count = (name: string): number =>
    name === 'all' ? turns.length : turns.filter(({ outcome }) => outcome === name).length;
  return html`<div class="toolbar" role="group" aria-label="${own.toolbar}">
    ${filters.map(
      (name) =>
        count(name) > 0 &&
        html`<button type="button" data-filter="${name}" aria-pressed="${name === 'all' ? 'true' : 'false'}">
          ${own.filters[name]} <b>${count(name)}</b>
        </button>`,
    )}
    <label class="field"
      ><span>${own.search}</span
      ><input type="search" data-search placeholder="${own.searchHint}" autocomplete="off"
    /></label>
    <label class="field"
      ><span>${own.sort}</span
      ><select data-sort>
        ${orders.map((order) => html`<option value="${order}">${own.orders[order]}</option>`)}
      </select></label
    >
    <output class="muted" data-shown="${own.shown('#', turns.length)}" aria-live="polite"></output>
    <button type="button" data-open="${own.closeAll}" class="quiet">${own.openAll}</button>
  </div>`;
}

/** All turns as rows that open, spoken ones first, piece by piece; works without scripts but for the toolbar. */
export function* turnList(
  turns: readonly ShownTurn[],
  soundOf: SoundOfTurn | undefined,
  inline: InlineAudio | undefined,
  words: Messages,
): Generator<Markup> {
  const spoken = turns.filter(isSoundTurn);
  const written = turns.filter(isTextTurn);
  yield toolbar(turns, words);
  if (spoken.length > 0) yield* soundTurnRows(spoken, soundOf, inline, words);
  if (written.length > 0) yield* textTurnRows(written, words);
}

function* soundTurnRows(
  turns: readonly ShownSoundTurn[],
  soundOf: SoundOfTurn | undefined,
  inline: InlineAudio | undefined,
  words: Messages,
): Generator<Markup> {
  const mostMs = turns.reduce(
    (most, turn) =>
      Math.max(
        most,
        partsOf(turn).reduce((sum, { ms }) => sum + ms, 0),
      ),
    1,
  );
  const { columns, asSaid } = words.turns;
  const titles = html`<div class="turn-row turn-titles" aria-hidden="true">
    <span></span><span>${columns.turn}</span><span>${columns.prompt}</span><span>${columns.heard}</span
    ><span>${columns.calls}</span><span class="num">${columns.voiceToVoice}</span><span>${columns.parts}</span
    ><span>${columns.outcome}</span>
  </div>`;
  yield turnListOpening(titles);
  for (const turn of turns) {
    const { record, measurement } = turn;
    const heard = heardInWords(turn, words);
    yield turnEntry(
      turn,
      measurement.measures.voiceToVoice,
      html`<span class="prompt" lang="${record.prompt.language}" dir="auto">${record.prompt.transcript}</span>
        <span class="${heard === '=' ? 'muted' : 'bad'}">${heard === '=' ? asSaid : heard}</span>
        <span class="calls">${callsInWords(turn, words)}</span>
        <span class="num">${measuredInWords(measurement.measures.voiceToVoice, words)}</span>
        <span>${partsBar(turn, mostMs)}</span>`,
      turnDetail(turn, soundOf?.(turn), inline, words),
      words,
    );
  }
  yield turnListEnd;
}
