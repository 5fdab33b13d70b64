import type { Finding } from '../../ports';
import type { Messages } from '../language';
import { html, type Markup } from './markup';
import { storedText } from './stored-text';

/** Findings with what to do about them; `linked` names the turn of each as a link. */
export function findingList(findings: readonly Finding[], linked: boolean, words: Messages): Markup {
  return html`<ul class="findings">
    ${findings.map(
      ({ code, origin, message, turnId, test }) =>
        html`<li class="finding ${origin}">
          <div class="finding-head">
            <span class="origin ${origin}">${words.origins[origin]}</span>
            <code>${code}</code> ${linked && turnId !== undefined && html`<a href="#${turnId}">${turnId}</a>`}
            ${test !== undefined && html`<span class="muted" lang="en">${test}</span>`}
          </div>
          <p>${storedText(message, words)}</p>
          <p class="remedy">${words.remedyOf(code) ?? ''}</p>
        </li>`,
    )}
  </ul>`;
}
