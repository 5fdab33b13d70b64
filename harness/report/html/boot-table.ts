import type { FinishedRun } from '../../run';
import { bootRows } from '../boots';
import type { Messages } from '../language';
import { html, type Markup } from './markup';

/** Every boot with why it began, how long the application took, and what ended it; undefined where none was recorded. */
export function bootTable(run: FinishedRun, words: Messages): Markup | undefined {
  const rows = bootRows(run, words);
  if (rows.length === 0) return undefined;
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          ${words.boots.titles.map((title) => html`<th>${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (cells) =>
            html`<tr>
              ${cells.map((cell) => html`<td class="nowrap">${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
