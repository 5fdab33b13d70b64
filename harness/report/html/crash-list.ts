import type { FinishedRun } from '../../run';
import { countInWords, crashNotes, shownCrashes } from '../crashes';
import { html, type Markup } from './markup';

/** Crashes by signature, each with the first backtrace of its kind; undefined of a run without any word about crashes. */
export function crashList(run: FinishedRun): Markup | undefined {
  const crashes = shownCrashes(run);
  const notes = crashNotes(run);
  if (crashes.length === 0 && notes.length === 0) return undefined;
  return html`${
    crashes.length > 0 &&
    html`<ul class="findings">
      ${crashes.map(
        (crash) =>
          html`<li class="finding board" data-signature="${crash.signature}">
            <div class="finding-head">
              <code>${crash.signature}</code> <strong>${crash.text}</strong>
              <span class="muted">${countInWords(crash)}</span>
            </div>
            <pre class="frames">${crash.frames.join('\n')}</pre>
            ${crash.note !== undefined && html`<p class="remedy">${crash.note}</p>`}
          </li>`,
      )}
    </ul>`
  }
  ${notes.map((note) => html`<p class="muted">${note}</p>`)}`;
}
