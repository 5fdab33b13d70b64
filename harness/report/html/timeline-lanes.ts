import type { Messages } from '../language';
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
  /** Default: `LANE_HEIGHT`. */
  readonly height?: number;
  readonly title: string;
  readonly sub: string;
}

/** A stretch of host time that the axis shows, and the instant that it counts from. */
export interface TimeAxis {
  readonly fromMs: number;
  readonly toMs: number;
  readonly zeroMs: number;
  /** What the figures on the axis are, in words. */
  readonly title: string;
}

/** An instant with its name. */
export interface Dot {
  readonly hostAtMs: number;
  readonly label: string;
}

export const laneOf = (
  name: keyof Messages['timeline']['lanes'],
  top: number,
  { timeline }: Messages,
  height = LANE_HEIGHT,
): Lane => {
  const [title, sub] = timeline.lanes[name];
  return { top, height, title, sub };
};

/** From an instant on the host's clock to its place on the axis. */
export const placeOn = ({ fromMs, toMs }: TimeAxis): Scale => linearScale([fromMs, toMs], [LEFT, RIGHT]);

const laneMarkup = ({ top, height = LANE_HEIGHT, title, sub }: Lane): Markup =>
  html`<rect class="lane" x="${LEFT}" width="${RIGHT - LEFT}" y="${top}" height="${height}" rx="4" />
    ${title !== '' && html`<text class="lane-title" x="0" y="${top + 20}">${title}</text>`}
    <text class="lane-sub" x="0" y="${top + (title === '' ? height / 2 + 4 : 36)}">${sub}</text>`;

/** The picture of one turn: lanes from top to bottom on one time axis, and what happened drawn over them. `label` says it in words. */
export function timelineOf(label: string, axis: TimeAxis, lanes: readonly Lane[], content: Markup): Markup {
  const { fromMs, toMs, zeroMs, title } = axis;
  const top = Math.min(...lanes.map((lane) => lane.top));
  const bottom = Math.max(...lanes.map((lane) => lane.top + (lane.height ?? LANE_HEIGHT)));
  const height = bottom + 32;
  const shown = [fromMs - zeroMs, toMs - zeroMs] as const;
  const x = linearScale(shown, [LEFT, RIGHT]);
  return html`<div class="scroll">
    <svg class="chart timeline" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
      ${lanes.map(laneMarkup)}
      ${ticks(shown, 12).map(
        (tick) =>
          html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}" />
            <text class="tick" x="${x(tick)}" y="${height - 14}" text-anchor="middle">${tick}</text>`,
      )}
      <text class="tick" x="0" y="${height - 14}">${title}</text>
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

/** Short strokes at the lower edge of a lane, one for each instant: everything that was logged there, named or not. */
export function ticksOn(
  top: number,
  instants: readonly number[],
  x: Scale,
  title: string,
): Markup | undefined {
  const places = [...new Set(instants.map((hostAtMs) => Math.round(x(hostAtMs) * 2) / 2))].filter(
    (at) => at >= LEFT && at <= RIGHT,
  );
  if (places.length === 0) return undefined;
  const bottom = top + LANE_HEIGHT;
  return html`<path class="log-ticks" d="${places.map((at) => `M${at} ${bottom - 8}v7`).join('')}"
    ><title>${title}</title></path
  >`;
}
