import { html, type Markup } from './markup';

/** One thin bar with the parts of a turn side by side, each in its colour, on a scale that all turns share: `mostMs` fills it. */
export function barStrip(
  parts: readonly { readonly colour: string; readonly ms: number }[],
  mostMs: number,
): Markup {
  let at = 0;
  return html`<svg class="bar-strip" viewBox="0 0 200 10" preserveAspectRatio="none" aria-hidden="true">
    ${parts.map(({ colour, ms }) => {
      const width = (ms / mostMs) * 200;
      const left = at;
      at += width;
      return html`<rect
        class="part ${colour}"
        x="${left.toFixed(2)}"
        width="${width.toFixed(2)}"
        y="0"
        height="10"
      />`;
    })}
  </svg>`;
}
