import type { Finding } from '../../ports';
import { remedyOf } from '../judged-turn';
import { html, type Markup } from './markup';

/** Findings with what to do about them; `linked` names the turn of each as a link. */
export function findingList(findings: readonly Finding[], linked: boolean): Markup {
  return html`<ul class="findings">
    ${findings.map(
      ({ code, origin, message, turnId, test }) =>
        html`<li class="finding ${origin}">
          <div class="finding-head">
            <span class="origin ${origin}">${origin}</span>
            <code>${code}</code> ${linked && turnId !== undefined && html`<a href="#${turnId}">${turnId}</a>`}
            ${test !== undefined && html`<span class="muted">${test}</span>`}
          </div>
          <p>${message}</p>
          <p class="remedy">${remedyOf(code) ?? ''}</p>
        </li>`,
    )}
  </ul>`;
}
