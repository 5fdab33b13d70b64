import { html, type Markup } from './markup';

/** Names with their values beside them, one pair a line. */
export const namedValues = (entries: readonly (readonly [string, string])[]): Markup =>
  html`<dl class="pairs">
    ${entries.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
