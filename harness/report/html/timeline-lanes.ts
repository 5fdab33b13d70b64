import { html, type Markup } from './markup';
import { linearScale, ticks, type Scale } from './scale';

const WIDTH = 960;
/** Where the time axis begins; the lanes' names stand before it. */
export const LEFT = 138;
export const RIGHT = 948;
export const LANE_HEIGHT = 46;

/** A lane of the picture: one part of the bench, and what is seen of it there. */
export interface Lane {
  /** In the picture's units, as are all positions. */
  readonly top: number;
  readonly title: string;
  readonly sub: string;
}

/** A stretch of host time that the axis shows, and the instant that it counts from. */
export interface TimeAxis {
  readonly fromMs: number;
  readonly toMs: number;
  readonly zeroMs: number;
  /** What happened at zero. */
  readonly zeroIs: string;
}

/** An instant with its name. */
export interface Dot {
  readonly hostAtMs: number;
  readonly label: string;
}

/** From an instant on the host's clock to its place on the axis. */
export const placeOn = ({ fromMs, toMs }: TimeAxis): Scale => linearScale([fromMs, toMs], [LEFT, RIGHT]);

const laneMarkup = ({ top, title, sub }: Lane): Markup =>
  html`<rect class="lane" x="${LEFT}" width="${RIGHT - LEFT}" y="${top}" height="${LANE_HEIGHT}" rx="4" />
    <text class="lane-title" x="0" y="${top + 20}">${title}</text
    ><text class="lane-sub" x="0" y="${top + 36}">${sub}</text>`;

/** The picture of one turn: lanes from top to bottom on one time axis, and what happened drawn over them. */
export function timelineOf(turnId: string, axis: TimeAxis, lanes: readonly Lane[], content: Markup): Markup {
  const { fromMs, toMs, zeroMs, zeroIs } = axis;
  const tops = lanes.map(({ top }) => top);
  const bottom = Math.max(...tops) + LANE_HEIGHT;
  const height = bottom + 32;
  const shown = [fromMs - zeroMs, toMs - zeroMs] as const;
  const x = linearScale(shown, [LEFT, RIGHT]);
  return html`<div class="scroll">
    <svg
      class="chart timeline"
      viewBox="0 0 ${WIDTH} ${height}"
      role="img"
      aria-label="Timeline of ${turnId}"
    >
      ${lanes.map(laneMarkup)}
      ${ticks(shown, 12).map(
        (tick) =>
          html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${Math.min(...tops)}" y2="${bottom}" />
            <text class="tick" x="${x(tick)}" y="${height - 14}" text-anchor="middle">${tick}</text>`,
      )}
      <text class="tick" x="0" y="${height - 14}">ms after ${zeroIs}</text>
      ${content}
    </svg>
  </div>`;
}

/** Circles with a name each; the last one of a lane shows it, the others on pointing at them. */
export const dotsOn = (top: number, kind: string, entries: readonly Dot[], x: Scale): Markup[] =>
  entries.map(({ hostAtMs, label }, index) => {
    const at = x(hostAtMs);
    const leftwards = at > WIDTH - 200;
    const last = index === entries.length - 1;
    const times =
      entries.length > 1 && entries.every((entry) => entry.label === label) ? ` ×${entries.length}` : '';
    return html`<g class="dot ${kind}">
      <circle cx="${at}" cy="${top + LANE_HEIGHT / 2}" r="4.5"><title>${label}</title></circle>
      ${last && html`<text x="${at + (leftwards ? -9 : 9)}" y="${top + LANE_HEIGHT / 2 + 4}" text-anchor="${leftwards ? 'end' : 'start'}">${label}${times}</text>`}
    </g>`;
  });
