import type { FinishedRun } from '../../run';
import { bootsOf } from '../boots';
import type { Messages } from '../language';
import { sampled, type Heap } from '../system-notes';
import { html, type Markup } from './markup';
import { linearScale, ticks } from './scale';

const WIDTH = 960;
const HEIGHT = 230;
const PLOT = { left: 72, right: 890, top: 16, bottom: 176 } as const;
/** More points than a line of pixels has would not be seen. */
const MOST_POINTS = 800;

/** What is drawn of a sample: the internal RAM on the left axis, the PSRAM, which is larger by far, on the right one. */
const series = [
  { key: 'internalBytes', name: 'internal', axis: 'left' },
  { key: 'leastInternalBytes', name: 'least', axis: 'left' },
  { key: 'psramBytes', name: 'psram', axis: 'right' },
] as const satisfies readonly { readonly key: keyof Heap; readonly name: string; readonly axis: string }[];

type Point = readonly [hostAtMs: number, bytes: number];

const size = (bytes: number): string =>
  bytes >= 1 << 20 ? `${(bytes / (1 << 20)).toFixed(2)} MiB` : `${(bytes / 1024).toFixed(1)} KiB`;

/** At most so many of the points, the least of each stretch: a dip is what people look for. */
function thinned(points: readonly Point[]): readonly Point[] {
  const stretch = Math.ceil(points.length / MOST_POINTS);
  if (stretch <= 1) return points;
  return Array.from({ length: Math.ceil(points.length / stretch) }, (_, index) =>
    points
      .slice(index * stretch, (index + 1) * stretch)
      .reduce((least, point) => (point[1] < least[1] ? point : least)),
  );
}

/** The free memory over a run with its boots, and how many samples it is of; undefined where the firmware printed none. */
export function heapChart(
  run: FinishedRun,
  words: Messages,
): { readonly chart: Markup; readonly samples: number } | undefined {
  const samples = sampled(run, 'heap');
  if (samples.length === 0) return undefined;
  const { startedAtHostMs } = run.record;
  const minutes = (hostAtMs: number): number => (hostAtMs - startedAtHostMs) / 60_000;
  const own = words.heap;
  const shown = series.flatMap(({ key, name, axis }) => {
    const points = samples.flatMap((sample): Point[] => {
      const bytes = sample[key];
      return bytes === undefined ? [] : [[sample.hostAtMs, bytes]];
    });
    return points.length === 0 ? [] : [{ name, axis, points, title: own[name] }];
  });
  const instants = samples.map(({ hostAtMs }) => hostAtMs);
  const boots = bootsOf(run).map(({ startedAtHostMs: at }) => at);
  const last = [...instants, run.record.endedAtHostMs ?? 0].reduce((a, b) => Math.max(a, b));
  const until = Math.max(minutes(last), 0.1);
  const x = linearScale([0, until], [PLOT.left, PLOT.right]);
  const scaleOf = (axis: 'left' | 'right') => {
    const most = shown
      .filter((one) => one.axis === axis)
      .flatMap(({ points }) => points.map(([, bytes]) => bytes))
      .reduce((a, b) => Math.max(a, b), 0);
    return { most, y: linearScale([0, most * 1.08], [PLOT.bottom, PLOT.top]) };
  };
  const scales = { left: scaleOf('left'), right: scaleOf('right') };
  const inWords = shown.map(({ title, points }) => {
    const lowest = points.reduce((least, [, bytes]) => Math.min(least, bytes), Infinity);
    return own.series(title, size(points[0]?.[1] ?? 0), size(points.at(-1)?.[1] ?? 0), size(lowest));
  });
  const chart = html`<div class="scroll">
      <svg
        class="chart heap"
        viewBox="0 0 ${WIDTH} ${HEIGHT}"
        role="img"
        aria-label="${own.alt(inWords.join(words.clause))}"
      >
        ${(['left', 'right'] as const).map((axis) => {
          const { most, y } = scales[axis];
          const unit = most >= 1 << 20 ? 1 << 20 : 1024;
          return (
            most > 0 &&
            ticks([0, most / unit], 4).map(
              (tick) =>
                html`${axis === 'left' && html`<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${y(tick * unit)}" y2="${y(tick * unit)}" />`}
                  <text
                    class="tick ${axis}"
                    x="${axis === 'left' ? PLOT.left - 8 : PLOT.right + 8}"
                    y="${y(tick * unit) + 4}"
                    text-anchor="${axis === 'left' ? 'end' : 'start'}"
                    >${Math.round(tick * 100) / 100} ${unit === 1024 ? 'KiB' : 'MiB'}</text
                  >`,
            )
          );
        })}
        ${boots.map(
          (at) =>
            html`<g class="boot-line"
              ><title>${own.boot}</title> <path d="M${x(minutes(at))} ${PLOT.top}V${PLOT.bottom}"
            /></g>`,
        )}
        ${shown.map(({ name, axis, points, title }) => {
          const { y } = scales[axis];
          const drawn = thinned(points);
          const path = drawn
            .map(([at, bytes], index) => `${index === 0 ? 'M' : 'L'}${x(minutes(at))} ${y(bytes)}`)
            .join('');
          return html`<g class="series ${name}"
            ><path d="${path}" /> ${
              drawn.length <= 120 &&
              drawn.map(
                ([at, bytes]) =>
                  html`<circle cx="${x(minutes(at))}" cy="${y(bytes)}" r="2.5"
                    ><title>${own.point(title, minutes(at).toFixed(2), size(bytes))}</title></circle
                  >`,
              )
            }</g
          >`;
        })}
        <line class="base" x1="${PLOT.left}" x2="${PLOT.right}" y1="${PLOT.bottom}" y2="${PLOT.bottom}" />
        ${ticks([0, until], 10).map(
          (tick) =>
            html`<text class="tick" x="${x(tick)}" y="${PLOT.bottom + 18}" text-anchor="middle"
              >${Math.round(tick * 100) / 100}</text
            >`,
        )}
        <text class="axis" x="${(PLOT.left + PLOT.right) / 2}" y="${HEIGHT - 10}" text-anchor="middle">
          ${own.axis}
        </text>
      </svg>
    </div>
    <ul class="legend">
      ${shown.map(({ name, title }) => html`<li><i class="swatch ${name}"></i>${title}</li>`)}
      ${boots.length > 0 && html`<li><i class="swatch boot-line"></i>${own.boot}</li>`}
    </ul>`;
  return { chart, samples: samples.length };
}
