import { isSoundTurn, isTextTurn } from '../../measurement';
import type { ShownSoundTurn, ShownTurn } from '../judged-turn';
import { callsInWords, heardInWords, measuredInWords, outcomeInWords } from '../wording';
import { partsBar, partsOf } from './breakdown-chart';
import { html, type Markup } from './markup';
import { textTurnRows } from './text-turn-list';
import { turnDetail, type InlineAudio } from './turn-detail';
import type { TurnSoundSummary } from './turn-sound';

const filters = [
  ['all', 'All'],
  ['fail', 'Failed'],
  ['not-judged', 'Not judged'],
  ['pass', 'Passed'],
] as const;

/** All turns as rows that open, spoken ones first; works without scripts, filters need one. */
export function turnList(
  turns: readonly ShownTurn[],
  sounds: ReadonlyMap<string, TurnSoundSummary>,
  inline: InlineAudio | undefined,
): Markup {
  const spoken = turns.filter(isSoundTurn);
  const written = turns.filter(isTextTurn);
  const count = (name: string): number =>
    name === 'all' ? turns.length : turns.filter(({ outcome }) => outcome === name).length;
  return html`<div class="toolbar" role="group" aria-label="Which turns to show">
      ${filters.map(
        ([name, title]) =>
          count(name) > 0 &&
          html`<button
            type="button"
            data-filter="${name}"
            aria-pressed="${name === 'all' ? 'true' : 'false'}"
          >
            ${title} <b>${count(name)}</b>
          </button>`,
      )}
      <button type="button" data-open="all" class="quiet">Open all</button>
    </div>
    ${spoken.length > 0 && soundTurnRows(spoken, sounds, inline)}
    ${written.length > 0 && textTurnRows(written)}`;
}

function soundTurnRows(
  turns: readonly ShownSoundTurn[],
  sounds: ReadonlyMap<string, TurnSoundSummary>,
  inline: InlineAudio | undefined,
): Markup {
  const mostMs = Math.max(1, ...turns.map((turn) => partsOf(turn).reduce((sum, { ms }) => sum + ms, 0)));
  return html`<div class="turns">
    <div class="turn-row turn-titles" aria-hidden="true">
      <span></span><span>turn</span><span>prompt</span><span>heard as</span><span>calls</span
      ><span class="num">voice-to-voice, ms</span><span>parts</span><span>outcome</span>
    </div>
    ${turns.map((turn) => {
      const { record, measurement, outcome } = turn;
      const heard = heardInWords(turn);
      return html`<details class="turn ${outcome}" id="${record.turnId}" data-outcome="${outcome}">
        <summary class="turn-row">
          <span class="chevron" aria-hidden="true"></span><span class="id">${record.turnId}</span>
          <span class="prompt" lang="${record.prompt.language}">${record.prompt.transcript}</span>
          <span class="${heard === '=' ? 'muted' : 'bad'}">${heard === '=' ? 'as said' : heard}</span>
          <span class="calls">${callsInWords(turn)}</span>
          <span class="num">${measuredInWords(measurement.measures.voiceToVoice)}</span>
          <span>${partsBar(turn, mostMs)}</span>
          <span><span class="pill ${outcome}">${outcomeInWords[outcome]}</span></span>
        </summary>
        ${turnDetail(turn, sounds.get(record.turnId), inline)}
      </details>`;
    })}
  </div>`;
}
