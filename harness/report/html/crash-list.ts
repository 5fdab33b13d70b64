import type { FinishedRun } from '../../run';
import { countInWords, crashNotes, shownCrashes } from '../crashes';
import type { Messages } from '../language';
import { html, type Markup } from './markup';
import { storedText } from './stored-text';

/** Crashes by signature, each with the first backtrace of its kind; undefined of a run without any word about crashes. */
export function crashList(run: FinishedRun, words: Messages): Markup | undefined {
  const crashes = shownCrashes(run, words);
  const notes = crashNotes(run, words);
  if (crashes.length === 0 && notes.length === 0) return undefined;
  return html`${
    crashes.length > 0 &&
    html`<ul class="findings">
      ${crashes.map(
        (crash) =>
          html`<li class="finding board" data-signature="${crash.signature}">
            <div class="finding-head">
              <code>${crash.signature}</code> <strong lang="en">${crash.text}</strong>
              <span class="muted">${countInWords(crash, words)}</span>
            </div>
            <pre
              class="frames"
              lang="en"
              tabindex="0"
              aria-label="${words.crashList.backtrace} ${crash.signature}"
            >
${crash.frames.join('\n')}</pre>
            ${crash.note !== undefined && html`<p class="remedy">${storedText(crash.note, words)}</p>`}
          </li>`,
      )}
    </ul>`
  }
  ${notes.map((note) => html`<p class="muted">${note}</p>`)}`;
}
