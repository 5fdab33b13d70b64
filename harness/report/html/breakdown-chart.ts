import { partNames as parts } from '../../measurement';
import type { ShownSoundTurn } from '../judged-turn';
import type { Messages } from '../language';
import { plain } from '../wording';
import { barStrip } from './bar-strip';
import { html, type Markup } from './markup';
import { linearScale, ticks } from './scale';

const WIDTH = 960;
const HEIGHT = 260;
const PLOT = { left: 48, right: 948, top: 12, bottom: 222 };

/** Milliseconds of each part; a part without a number takes none, and a negative one (both ends uncertain) is drawn as none. */
export function partsOf({
  measurement,
}: ShownSoundTurn): { readonly name: (typeof parts)[number]; readonly ms: number }[] {
  return parts.map((name) => {
    const measured = measurement.measures[name];
    return { name, ms: measured.state === 'measured' ? Math.max(0, measured.valueMs) : 0 };
  });
}

function column(
  turn: ShownSoundTurn,
  left: number,
  width: number,
  y: (ms: number) => number,
  words: Messages,
): Markup {
  const { voiceToVoice } = turn.measurement.measures;
  const { turnId, prompt } = turn.record;
  const known = partsOf(turn);
  const said = known
    .map(({ name, ms }) => words.breakdown.part(words.measures[name].title, ms.toFixed(0)))
    .join(words.list);
  let ms = 0;
  const bars = known.map((part) => {
    const top = y(ms + part.ms);
    const height = y(ms) - top;
    ms += part.ms;
    return height > 0
      ? html`<rect class="part ${part.name}" x="${left}" width="${width}" y="${top}" height="${height}" />`
      : undefined;
  });
  const measured = voiceToVoice.state === 'measured';
  return html`<a href="#${turnId}" tabindex="-1" aria-label="${turnId}">
    <title>${words.breakdown.column(turnId, plain(prompt.transcript), said)}</title>
    <rect
      class="hit"
      x="${left - 1}"
      width="${width + 2}"
      y="${PLOT.top}"
      height="${PLOT.bottom - PLOT.top}"
    />
    ${!measured && html`<rect class="part none" x="${left}" width="${width}" y="${PLOT.top}" height="${PLOT.bottom - PLOT.top}" />`}
    ${bars}
    <circle
      class="mark ${turn.outcome}"
      cx="${left + width / 2}"
      cy="${PLOT.bottom + 10}"
      r="${Math.min(3.5, width / 2)}"
    />
  </a>`;
}

/** One stacked column per turn, from the prompt's end at the bottom to the reply's onset at the top; each leads to its turn. */
export function breakdownChart(turns: readonly ShownSoundTurn[], words: Messages): Markup {
  const totals = turns.map((turn) => partsOf(turn).reduce((sum, { ms }) => sum + ms, 0));
  const most = Math.max(100, ...totals) * 1.05;
  const y = linearScale([0, most], [PLOT.bottom, PLOT.top]);
  const step = (PLOT.right - PLOT.left) / Math.max(1, turns.length);
  const width = Math.max(0.8, Math.min(26, step * 0.72));
  const every = Math.ceil(turns.length / 30);
  return html`<svg
    class="chart"
    viewBox="0 0 ${WIDTH} ${HEIGHT}"
    role="group"
    aria-label="${words.breakdown.alt}"
  >
    ${ticks([0, most], 5).map(
      (tick) =>
        html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick)}" y2="${y(tick)}" />
          <text class="tick" x="${PLOT.left - 8}" y="${y(tick) + 4}" text-anchor="end">${tick}</text>`,
    )}
    ${turns.map((turn, index) => column(turn, PLOT.left + step * (index + 0.5) - width / 2, width, y, words))}
    ${turns.map(
      ({ record }, index) =>
        index % every === 0 &&
        html`<text
          class="tick small"
          x="${PLOT.left + step * (index + 0.5)}"
          y="${HEIGHT - 10}"
          text-anchor="middle"
          >${record.turnId.split('@')[0]}</text
        >`,
    )}
  </svg>`;
}

/** The colours of the parts in words. */
export const partsLegend = (words: Messages): Markup =>
  html`<ul class="legend">
    ${parts.map((name) => html`<li><i class="part ${name}"></i>${words.measures[name].title}</li>`)}
    <li><i class="part none"></i>${words.breakdown.noNumber}</li>
  </ul>`;

/** One thin bar with the parts of a turn, on a scale that all turns share. */
export const partsBar = (turn: ShownSoundTurn, mostMs: number): Markup =>
  barStrip(
    partsOf(turn).map(({ name, ms }) => ({ colour: name, ms })),
    mostMs,
  );
