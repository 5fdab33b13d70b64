import type { Measured } from '../../measurement';
import type { ShownTurn } from '../judged-turn';
import type { Messages } from '../language';
import { html, trusted, type Markup } from './markup';

/** What a list of turns begins with: its titles. Rows follow, then `turnListEnd`. */
export const turnListOpening = (titles: Markup, kind = ''): Markup =>
  html`${trusted(`<div class="turns ${kind}">`)}${titles}`;

export const turnListEnd: Markup = trusted('</div>');

/** By which turns are put in order: the latency, a missing answer longer than any; empty where there is no number. */
const sortKey = (headline: Measured): string =>
  headline.state === 'measured' ? headline.valueMs.toFixed(3) : headline.state === 'censored' ? '1e12' : '';

/** A turn as a row that opens: its number, the cells of its kind, its outcome, and below them all there is to say. */
export const turnEntry = (
  { record, outcome }: ShownTurn,
  headline: Measured,
  cells: Markup,
  detail: Markup,
  words: Messages,
): Markup =>
  html`<details
    class="turn ${outcome}"
    id="${record.turnId}"
    data-outcome="${outcome}"
    data-ms="${sortKey(headline)}"
    data-prompt="${record.prompt?.id ?? ''}"
  >
    <summary class="turn-row">
      <span class="chevron" aria-hidden="true"></span><span class="id">${record.turnId}</span>
      ${cells}
      <span><span class="pill ${outcome}">${words.outcomes[outcome]}</span></span>
    </summary>
    ${detail}
  </details>`;
