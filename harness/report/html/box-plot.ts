import { quantile, type Distribution } from '../../measurement';
import { inMs } from '../wording';
import type { Messages } from '../language';
import { html, type Markup } from './markup';
import type { Scale } from './scale';

const HEIGHT = 12;
/** Of what is said of a box, from its left whisker to its right. */
const PROBABILITIES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** A box with its whiskers, of turns whose missing answers lie above every number: what reaches beyond `right` ends there. */
export function boxPlot(
  { valuesMs, censored }: Distribution,
  {
    x,
    y,
    right,
    kind,
    whose,
  }: {
    readonly x: Scale;
    /** Of its middle. */
    readonly y: number;
    readonly right: number;
    readonly kind: 'candidate' | 'baseline';
    /** Whose box it is, in words. */
    readonly whose: string;
  },
  words: Messages,
): Markup | undefined {
  if (valuesMs.length === 0) return undefined;
  const ascending = [...valuesMs, ...Array.from({ length: censored }, () => Infinity)];
  const five = PROBABILITIES.map((probability) => quantile(ascending, probability));
  const [low, first, middle, third, high] = five.map((value) =>
    Number.isFinite(value) ? Math.min(right, x(value)) : right,
  ) as [number, number, number, number, number];
  return html`<g class="box ${kind}"
    ><title>
      ${words.latency.box(
        whose,
        five.map((value) => inMs(value, words)),
      )}
    </title>
    <path
      class="whisker"
      d="M${low} ${y - 4}v8M${low} ${y}H${first}M${third} ${y}H${high}M${high} ${y - 4}v8"
    />
    <rect
      x="${first}"
      width="${Math.max(1, third - first)}"
      y="${y - HEIGHT / 2}"
      height="${HEIGHT}"
      rx="2"
    />
    <path class="median" d="M${middle} ${y - HEIGHT / 2}v${HEIGHT}" />
  </g>`;
}
